import { type FormEvent, useState } from 'react';
import { type ClientInput, clientInput, parseJid, XmppError } from 'xstate-xmpp';
import { messageProtocol } from 'xstate-xmpp/message';

interface LoginProps {
  /** What was typed last time, and why that came to nothing. */
  readonly account: string;
  readonly contact: string;
  readonly error: XmppError | undefined;
  readonly onLogin: (account: ClientInput, contact: string) => void;
}

/** Asks who logs in, and whom to chat with. */
export function Login({ account, contact, error, onLogin }: LoginProps) {
  const [problem, setProblem] = useState(error);
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const text = (name: string): string => String(fields.get(name));
    try {
      const websocket = text('websocket');
      const contact = parseJid(text('contact')).bare;
      const options = { jid: text('jid'), password: text('password'), subprotocols: [messageProtocol()] };
      // From here on the password is in a function, and in no state, event or snapshot.
      onLogin(clientInput(websocket ? { ...options, websocket } : options), contact);
    } catch (cause) {
      if (!(cause instanceof XmppError)) throw cause;
      setProblem(cause);
    }
  }
  return (
    <form className="login" onSubmit={submit}>
      <h1>Verona</h1>
      <label>
        Your address <input name="jid" inputMode="email" defaultValue={account} autoComplete="username" required />
      </label>
      <label>
        Password <input name="password" type="password" autoComplete="current-password" required />
      </label>
      <label>
        Whom to talk to <input name="contact" inputMode="email" defaultValue={contact} required />
      </label>
      <label>
        WebSocket <input name="websocket" type="url" placeholder="wss://… where the domain does not tell" />
      </label>
      <p role="alert">{problem && `${problem.message}. ${problem.hint ?? ''}`}</p>
      <button type="submit">Log in</button>
    </form>
  );
}
