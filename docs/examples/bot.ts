// A bot that is a machine of its own: it invokes the client, hears `xmpp.*` events, and sends stanzas by it.
// Put in your account and run it: `node bot.ts` (before Node 22.18: `npx tsx bot.ts`). Write it something; Ctrl-C logs it out.

import { assign, createActor, enqueueActions, log, sendTo, setup } from 'xstate';
import { type ClientInput, clientInput, clientMachine, type XmppEvent } from 'xstate-xmpp';
import { buildMessage, messageProtocol } from 'xstate-xmpp/message';
import { buildPresence } from 'xstate-xmpp/presence';

type BotEvent = XmppEvent | { type: 'stop' };

const botMachine = setup({
  types: {} as {
    input: ClientInput;
    context: { account: ClientInput; known: readonly string[]; answers: number };
    events: BotEvent;
  },
  actors: { xmpp: clientMachine },
  delays: { nap: 600_000 },
  guards: {
    says: ({ event }, word: string) => saying(event)?.body.trim().toLowerCase() === word,
    isNewcomer: ({ context, event }) => {
      const said = saying(event);
      return said !== undefined && !context.known.includes(said.from.bare);
    },
  },
  actions: {
    show: sendTo('xmpp', (_, show: 'chat' | 'away') => ({
      type: 'stanza.send',
      stanza: buildPresence({ show }),
    })),
    answer: enqueueActions(({ context, event, enqueue }, text: string) => {
      const body = text.replace('%', String(context.answers + 1));
      const answer = buildMessage({ to: saying(event)?.from, type: 'chat', body });
      enqueue.sendTo('xmpp', { type: 'stanza.send', stanza: answer });
      enqueue.assign({ answers: context.answers + 1 });
    }),
    remember: assign({
      known: ({ context, event }) => [...context.known, saying(event)?.from.bare ?? ''],
    }),
    logOut: sendTo('xmpp', { type: 'stop' }),
  },
}).createMachine({
  id: 'bot',
  context: ({ input }) => ({ account: input, known: [], answers: 0 }),
  invoke: { id: 'xmpp', src: 'xmpp', input: ({ context }) => context.account },
  initial: 'connecting',
  on: {
    stop: '.leaving',
    'xmpp.failed': {
      target: '.broken',
      actions: log(({ event: { error } }) => `${error.message}. ${error.hint ?? ''}`),
    },
  },
  states: {
    connecting: {
      entry: log('connecting'),
      on: { 'xmpp.online': 'working.asBefore' },
    },
    working: {
      initial: 'awake',
      on: { 'xmpp.reconnecting': 'connecting' },
      states: {
        awake: {
          entry: [log('awake'), { type: 'show', params: 'chat' }],
          on: {
            'xmpp.message': [
              { guard: 'isNewcomer', actions: ['remember', answer('Hello! I know `count` and `sleep`.')] },
              { guard: says('count'), actions: answer('This is my answer number %.') },
              { guard: says('sleep'), target: 'asleep', actions: answer('Good night. `wake` wakes me.') },
            ],
          },
        },
        asleep: {
          entry: [log('asleep'), { type: 'show', params: 'away' }],
          after: { nap: 'awake' },
          on: { 'xmpp.message': { guard: says('wake'), target: 'awake', actions: answer('Good morning!') } },
        },
        // A bot that loses the connection asleep comes back asleep.
        asBefore: { type: 'history' },
      },
    },
    leaving: {
      entry: [log('leaving'), 'logOut'],
      on: { 'xmpp.offline': 'gone' },
    },
    gone: { type: 'final', entry: log('gone') },
    broken: { type: 'final' },
  },
});

const account = { jid: 'nurse@capulet.example', password: 'angelica' };
const bot = createActor(botMachine, { input: clientInput({ ...account, subprotocols: [messageProtocol()] }) });
bot.subscribe({
  complete() {
    if (bot.getSnapshot().matches('broken')) process.exitCode = 1;
  },
});
bot.start();
process.once('SIGINT', () => bot.send({ type: 'stop' }));

/** A text that somebody wrote, and not an error that came back. */
function saying(event: BotEvent) {
  if (event.type !== 'xmpp.message') return undefined;
  const { from, body, type } = event.message;
  return from && body !== undefined && type === 'chat' ? { from, body } : undefined;
}

function says(word: string) {
  return { type: 'says', params: word } as const;
}

function answer(text: string) {
  return { type: 'answer', params: text } as const;
}
