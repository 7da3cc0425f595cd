import { createActor, setup } from 'xstate';
import { clientInput, clientMachine } from 'xstate-xmpp';

const input = clientInput({ jid: 'juliet@capulet.example', password: 'balcony' });
const app = setup({ actors: { xmpp: clientMachine } }).createMachine({
  invoke: { id: 'xmpp', src: 'xmpp', input },
  initial: 'connecting',
  states: {
    connecting: { on: { 'xmpp.online': 'chatting', 'xmpp.failed': 'stuck' } },
    chatting: { on: { 'xmpp.reconnecting': 'connecting' } },
    stuck: {},
  },
});
const actor = createActor(app);
actor.subscribe(({ value }) => console.log(`The app is ${value}`));
actor.start();
