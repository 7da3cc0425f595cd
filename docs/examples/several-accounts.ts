// Several accounts in one actor system: an actor for each account, and above them a machine that knows who is online and
// carries messages from one account to another. An account that fails does not harm the others.
// Put in your accounts and run it: `node several-accounts.ts` (before Node 22.18: `npx tsx several-accounts.ts`).

import { assign, createActor, log, sendParent, sendTo, setup } from 'xstate';
import { type ClientInput, clientInput, clientMachine, element, type XmppEvent } from 'xstate-xmpp';
import { messageProtocol } from 'xstate-xmpp/message';

interface Account {
  readonly name: string;
  readonly client: ClientInput;
}

/** What an account tells the house, with its name. */
type Report =
  | { type: 'account.online' | 'account.offline'; name: string }
  | { type: 'account.failed'; name: string; reason: string }
  | { type: 'account.heard'; name: string; from: string | undefined; body: string };

const accountMachine = setup({
  types: {} as { input: Account; context: Account; events: XmppEvent | { type: 'say'; to: string; body: string } },
  actors: { xmpp: clientMachine },
  actions: {
    report: sendParent(({ context: { name } }, type: 'account.online' | 'account.offline') => ({ type, name })),
  },
}).createMachine({
  id: 'account',
  context: ({ input }) => input,
  invoke: { id: 'xmpp', src: 'xmpp', input: ({ context }) => context.client },
  initial: 'connecting',
  on: {
    // Also while it is not online: the client keeps what it is given.
    say: {
      actions: sendTo('xmpp', ({ event: { to, body } }) => ({
        type: 'stanza.send',
        stanza: element('{jabber:client}message', { to, type: 'chat' }, element('body', {}, body)),
      })),
    },
    'xmpp.failed': {
      target: '.failed',
      actions: sendParent(({ context: { name }, event: { error } }) => ({
        type: 'account.failed',
        name,
        reason: error.code,
      })),
    },
  },
  states: {
    connecting: { on: { 'xmpp.online': 'online' } },
    online: {
      entry: [
        { type: 'report', params: 'account.online' },
        sendTo('xmpp', { type: 'stanza.send', stanza: element('{jabber:client}presence') }),
      ],
      exit: { type: 'report', params: 'account.offline' },
      on: {
        'xmpp.reconnecting': 'connecting',
        'xmpp.message': {
          guard: ({ event: { message } }) => message.type === 'chat' && message.body !== undefined,
          actions: sendParent(({ context: { name }, event: { message } }) => ({
            type: 'account.heard',
            name,
            from: message.from?.bare,
            body: message.body,
          })),
        },
      },
    },
    failed: { description: 'It needs somebody who looks at it: a wrong password, for example.' },
  },
});

const houseMachine = setup({
  types: {} as { input: readonly Account[]; context: { online: readonly string[] }; events: Report },
  actors: { account: accountMachine },
  guards: { isForTheNurse: (_, name: string) => name === 'nurse' },
  actions: { showOnline: log(({ context: { online } }) => `Online: ${online.toSorted().join(', ') || 'nobody'}`) },
}).createMachine({
  id: 'house',
  context: ({ input, spawn }) => {
    for (const account of input) spawn('account', { id: account.name, input: account });
    return { online: [] };
  },
  on: {
    'account.online': {
      actions: [assign({ online: ({ context, event }) => [...context.online, event.name] }), 'showOnline'],
    },
    'account.offline': {
      actions: [
        assign({ online: ({ context, event }) => context.online.filter((name) => name !== event.name) }),
        'showOnline',
      ],
    },
    'account.failed': { actions: log(({ event: { name, reason } }) => `${name} failed: ${reason}`) },
    // What the nurse hears, the friar carries to Romeo.
    'account.heard': {
      guard: { type: 'isForTheNurse', params: ({ event }) => event.name },
      actions: sendTo('friar', ({ event: { from, body } }) => ({
        type: 'say',
        to: 'romeo@capulet.example',
        body: `${from} says: ${body}`,
      })),
    },
  },
});

const passwords = { nurse: 'angelica', friar: 'herbs', county: 'no longer this one' };
const accounts = Object.entries(passwords).map(([name, password]): Account => {
  const client = clientInput({ jid: `${name}@capulet.example`, password, subprotocols: [messageProtocol()] });
  return { name, client };
});
const house = createActor(houseMachine, { input: accounts }).start();
process.once('SIGINT', () => house.stop());
