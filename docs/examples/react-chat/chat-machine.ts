// The page as a machine: logged out, or logged in with a client of its own. The client is invoked when somebody logs in, and
// logs out when that state is left.

import { assertEvent, assign, fromCallback, sendTo, setup } from 'xstate';
import { type ClientInput, clientMachine, element, type XmppError, type XmppEvent } from 'xstate-xmpp';
import type {} from 'xstate-xmpp/message'; // for the type of its event

type ChatEvent =
  /** The password is where `clientInput` hid it, in a function: no event, context or inspector has it. */
  | { type: 'login'; account: ClientInput; contact: string }
  | { type: 'logout' }
  | { type: 'say'; body: string }
  | { type: 'network.online' | 'network.offline' }
  | XmppEvent;

interface Line {
  readonly id: number;
  readonly by: 'me' | 'contact';
  readonly body: string;
}

export interface ChatContext {
  /** Bare addresses of the two who talk. */
  readonly account: string;
  readonly contact: string;
  readonly lines: readonly Line[];
  /** Why the page is not online. */
  readonly error: XmppError | undefined;
}

/** The browser is the first to know that the network is back: nobody has to wait for the next attempt. */
const network = fromCallback(({ sendBack }) => {
  const tell = ({ type }: Event): void => sendBack({ type: `network.${type}` });
  for (const type of ['online', 'offline']) addEventListener(type, tell);
  return () => {
    for (const type of ['online', 'offline']) removeEventListener(type, tell);
  };
});

export const chatMachine = setup({
  types: {} as { context: ChatContext; events: ChatEvent; children: { xmpp: 'xmpp' } },
  actors: { xmpp: clientMachine, network },
  guards: {
    isFromContact: ({ context, event }) => {
      assertEvent(event, 'xmpp.message');
      return event.message.from?.bare === context.contact && event.message.body !== undefined;
    },
  },
  actions: {
    begin: assign(({ event }) => {
      assertEvent(event, 'login');
      return { account: event.account.jid.bare, contact: event.contact, lines: [], error: undefined };
    }),
    tellPresence: sendTo('xmpp', { type: 'stanza.send', stanza: element('{jabber:client}presence') }),
    tellNetwork: sendTo('xmpp', ({ event }) => event),
    tellContact: sendTo('xmpp', ({ context }, body: string) => ({
      type: 'stanza.send',
      stanza: element('{jabber:client}message', { to: context.contact, type: 'chat' }, element('body', {}, body)),
    })),
    show: assign({
      lines: ({ context }, line: Omit<Line, 'id'>) => [...context.lines, { ...line, id: context.lines.length }],
    }),
    rememberError: assign({ error: ({ event }) => ('error' in event ? event.error : undefined) }),
  },
}).createMachine({
  id: 'chat',
  context: { account: '', contact: '', lines: [], error: undefined },
  initial: 'loggedOut',
  states: {
    loggedOut: {
      on: { login: { target: 'loggedIn', actions: 'begin' } },
    },
    loggedIn: {
      invoke: [
        {
          id: 'xmpp',
          src: 'xmpp',
          input: ({ event }) => {
            assertEvent(event, 'login');
            return event.account;
          },
        },
        { src: 'network' },
      ],
      initial: 'connecting',
      on: {
        logout: 'loggedOut',
        'xmpp.online': '.online',
        'xmpp.reconnecting': { target: '.reconnecting', actions: 'rememberError' },
        'xmpp.failed': { target: 'loggedOut', actions: 'rememberError' },
        'xmpp.message': {
          guard: 'isFromContact',
          actions: { type: 'show', params: ({ event }) => ({ by: 'contact', body: event.message.body ?? '' }) },
        },
        // Also while there is no connection: the client keeps what it is given, and sends it when there is one.
        say: {
          actions: [
            { type: 'tellContact', params: ({ event }) => event.body },
            { type: 'show', params: ({ event }) => ({ by: 'me', body: event.body }) },
          ],
        },
        'network.*': { actions: 'tellNetwork' },
      },
      states: {
        connecting: {},
        online: { entry: ['tellPresence', assign({ error: undefined })] },
        reconnecting: {},
      },
    },
  },
});
