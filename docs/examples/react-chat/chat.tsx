import { useMachine, useSelector } from '@xstate/react';
import { useEffect, useRef } from 'react';
import { type ClientActor, statePath } from 'xstate-xmpp';
import { type ChatContext, chatMachine } from './chat-machine.ts';
import { Login } from './login.tsx';

/** The whole page: all that there is to know is in the snapshot of its machine, and all that happens is an event to it. */
export function Chat() {
  const [{ context, value, children }, send] = useMachine(chatMachine);
  if (value === 'loggedOut') {
    return <Login {...context} onLogin={(account, contact) => send({ type: 'login', account, contact })} />;
  }
  return (
    <>
      <header>
        <h1>{context.contact}</h1>
        <button type="button" onClick={() => send({ type: 'logout' })}>
          Log out
        </button>
        <p role="status" className={value.loggedIn}>
          {STATUS[value.loggedIn]}
        </p>
        {children.xmpp && <ClientState actor={children.xmpp} />}
      </header>
      <Lines lines={context.lines} />
      <Composer onSay={(body) => send({ type: 'say', body })} />
    </>
  );
}

const STATUS = {
  connecting: 'Connecting …',
  online: 'Online',
  reconnecting: 'The connection is lost. What you write is sent when it is back.',
};

/** The client is an actor as any other: whoever is curious looks at its snapshot. */
function ClientState({ actor }: { readonly actor: ClientActor }) {
  const path = useSelector(actor, (snapshot) => statePath(snapshot.value));
  return <code title="The state of the client">{path}</code>;
}

function Lines({ lines }: Pick<ChatContext, 'lines'>) {
  return (
    <ol role="log" aria-label="Messages">
      {lines.map(({ id, by, body }) => (
        <li key={id} ref={showLine} className={by}>
          <span className="speaker">{by === 'me' ? 'You' : 'They'}: </span>
          {body}
        </li>
      ))}
    </ol>
  );
}

/** Called once for each line, when it is there. */
function showLine(line: HTMLElement | null): void {
  line?.scrollIntoView({ block: 'nearest' });
}

function Composer({ onSay }: { readonly onSay: (body: string) => void }) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  // React empties the form when its action is over.
  return (
    <form className="composer" action={(fields) => onSay(String(fields.get('body')))}>
      <input ref={field} name="body" aria-label="Message" autoComplete="off" required />
      <button type="submit">Send</button>
    </form>
  );
}
