import { createClient } from 'xstate-xmpp';
import { messageProtocol } from 'xstate-xmpp/message';
import { presenceProtocol } from 'xstate-xmpp/presence';

const client = createClient({ jid: 'juliet@capulet.example', password: 'balcony' });
const messages = client.use(messageProtocol());
client.use(presenceProtocol()).available({ status: 'on the balcony' });
client.on('message', ({ message: { from, body } }) => {
  if (from && body) messages.send({ to: from, body: `You said: ${body}` });
});
client.on('failed', ({ error }) => console.error(error.message));
client.start();
