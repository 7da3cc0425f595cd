import { type ClientSubprotocol, createClient, element, requestResponder } from 'xstate-xmpp';

const TIME = '{urn:xmpp:time}time'; // Entity Time, XEP-0202
const timeProtocol: ClientSubprotocol<void> = {
  name: 'time',
  features: ['urn:xmpp:time'],
  routes: [{ kind: 'iq', payload: TIME }],
  logic: requestResponder({ [TIME]: () => element(TIME, {}, element('utc', {}, new Date().toISOString())) }),
  api: () => {},
};
const client = createClient({ jid: 'juliet@capulet.example', password: 'balcony' });
client.use(timeProtocol);
client.start();
