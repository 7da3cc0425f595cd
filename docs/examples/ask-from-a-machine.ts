// A machine that invokes the client and asks the server something by it: `clientFor` gives the client's actor the same door that
// `createClient` returns, with its promises and its subprotocols.
// Put in your account and run it: `node ask-from-a-machine.ts` (before Node 22.18: `npx tsx ask-from-a-machine.ts`).

import { createActor, fromPromise, log, setup } from 'xstate';
import { type ClientActor, clientFor, clientInput, clientMachine } from 'xstate-xmpp';
import { versionProtocol } from 'xstate-xmpp/version';

// Made once: whoever asks uses this one, also when the question is asked again.
const version = versionProtocol();

const app = setup({
  types: {} as { children: { xmpp: 'xmpp'; question: 'question' } },
  actors: {
    xmpp: clientMachine,
    question: fromPromise(({ input, signal }: { input: ClientActor | undefined; signal: AbortSignal }) => {
      if (!input) throw new Error('There is no client');
      return clientFor(input).use(version).query('capulet.example', { signal });
    }),
  },
}).createMachine({
  id: 'app',
  invoke: { id: 'xmpp', src: 'xmpp', input: clientInput({ jid: 'juliet@capulet.example', password: 'balcony' }) },
  initial: 'connecting',
  states: {
    connecting: {
      on: { 'xmpp.online': 'asking', 'xmpp.failed': 'done' },
    },
    asking: {
      invoke: {
        id: 'question',
        src: 'question',
        input: ({ self }) => self.getSnapshot().children.xmpp,
        onDone: { target: 'done', actions: log(({ event }) => `The server runs ${event.output.name}`) },
        onError: { target: 'done', actions: log(({ event }) => `No answer: ${event.error}`) },
      },
    },
    done: { type: 'final' },
  },
});
createActor(app).start();
