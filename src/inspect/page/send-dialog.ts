import type { LiveAnswer, LiveCommand } from '../live/protocol.ts';
import { button, make } from './elements.ts';
import type { History } from './history.ts';

/** Where somebody types a stanza. */
export interface SendDialog {
  open(client: History): void;
}

/** Sends what is typed; what is wrong with it is shown, and the dialog stays. */
export function createSendDialog(send: (command: LiveCommand) => Promise<LiveAnswer>): SendDialog {
  const examples = make('select', { 'aria-label': 'Example' });
  const field = make('textarea', { rows: '9', spellcheck: 'false', 'aria-label': 'Stanza as XML' });
  const wrong = make('p', { class: 'wrong', role: 'alert' });
  const submit = make('button', { type: 'submit', class: 'primary' }, 'Send');
  const cancel = button('Cancel', () => dialog.close());
  const form = make('form', {}, field, wrong, make('div', { class: 'dialog-buttons' }, cancel, submit));
  const head = make('div', { class: 'dialog-head' }, make('h2', { id: 'send-title' }, 'Send a stanza'), examples);
  const dialog = make('dialog', { class: 'send-dialog', 'aria-labelledby': 'send-title' }, head, form);
  document.body.append(dialog);
  let client = '';
  let offered: readonly Example[] = [];

  examples.addEventListener('change', () => fill(examples.selectedIndex));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void give();
  });
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });

  return {
    open({ id, name }) {
      if (client !== id) {
        client = id;
        offered = examplesFor(name);
        examples.replaceChildren(...offered.map((example) => make('option', {}, example.name)));
        fill(0);
      }
      wrong.textContent = '';
      dialog.showModal();
      field.focus();
    },
  };

  function fill(index: number): void {
    field.value = offered[index]?.xml ?? '';
    wrong.textContent = '';
  }

  async function give(): Promise<void> {
    const answer = await send({ type: 'send', client, xml: field.value.trim() });
    wrong.textContent = answer.ok ? '' : answer.message;
    if (answer.ok) dialog.close();
  }
}

interface Example {
  readonly name: string;
  readonly xml: string;
}

/** Ready to be sent: to the account itself, or to its server. */
function examplesFor(name: string): Example[] {
  const account = /^[^@/\s"'<>&]+@[^@/\s"'<>&]+$/.test(name) ? name : 'somebody@example.org';
  const domain = account.slice(account.indexOf('@') + 1);
  return [
    {
      name: 'Message to myself',
      xml: `<message to="${account}" type="chat">\n  <body>Hello from the inspector</body>\n</message>`,
    },
    {
      name: 'Presence',
      xml: '<presence>\n  <show>away</show>\n  <status>Looking at the inspector</status>\n</presence>',
    },
    {
      name: 'Ping of the server',
      xml: `<iq to="${domain}" type="get" id="inspector-ping">\n  <ping xmlns="urn:xmpp:ping"/>\n</iq>`,
    },
    {
      name: 'Features of the server',
      xml: `<iq to="${domain}" type="get" id="inspector-disco">\n  <query xmlns="http://jabber.org/protocol/disco#info"/>\n</iq>`,
    },
    { name: 'Roster', xml: '<iq type="get" id="inspector-roster">\n  <query xmlns="jabber:iq:roster"/>\n</iq>' },
  ];
}
