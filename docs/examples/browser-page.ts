import { type Client, createClient, statePath, type XmppError } from 'xstate-xmpp';
import { type MessageApi, messageProtocol } from 'xstate-xmpp/message';
import { presenceProtocol } from 'xstate-xmpp/presence';

let client: Client | undefined;
let messages: MessageApi | undefined;

onSubmit('login', async ({ jid = '', password = '', websocket }) => {
  show('error', '');
  // The password was refused: another one for the same client.
  if (client?.jid.bare === jid && client.actor.getSnapshot().hasTag('failed')) return client.start({ password });
  await client?.stop();
  // Without `websocket` the host-meta of the domain has to name one (XEP-0156).
  client = createClient({ jid, password, ...(websocket ? { websocket } : {}) });
  client.actor.subscribe(({ value }) => show('state', statePath(value)));
  client.on('failed', ({ error }) => showError(error));
  client.on('reconnecting', ({ error }) => showError(error));
  client.on('online', () => show('error', ''));
  client.on('message', ({ message: { from, body } }) => addMessage(`${from?.bare}: ${body}`));
  client.use(presenceProtocol()).available();
  messages = client.use(messageProtocol());
  client.start();
});
onSubmit('send', ({ to = '', body = '' }) => {
  messages?.send({ to, body });
  addMessage(`to ${to}: ${body}`);
});
byId('logout').addEventListener('click', () => void client?.stop());

function onSubmit(id: string, act: (fields: Record<string, string>) => unknown): void {
  const form = byId(id);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (!(form instanceof HTMLFormElement)) return;
    const fields = [...new FormData(form)].map(([name, value]) => [name, String(value)] as const);
    try {
      await act(Object.fromEntries(fields));
    } catch (error) {
      show('error', String(error));
    }
  });
}

function showError(error: XmppError | undefined): void {
  show('error', error ? `${error.code}: ${error.message}. ${error.hint ?? ''}` : '');
}

function addMessage(text: string): void {
  const line = document.createElement('li');
  // Never as HTML: others wrote it.
  line.textContent = text;
  byId('messages').append(line);
}

function show(id: string, text: string): void {
  byId(id).textContent = text;
}

function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no #${id}`);
  return found;
}
