import { createClient } from 'xstate-xmpp';
import { messageProtocol } from 'xstate-xmpp/message';

const client = createClient({ jid: 'juliet@capulet.example', password: 'balcony' });
const messages = client.use(messageProtocol());
const message = { to: 'romeo@capulet.example', body: 'Parting is such sweet sorrow' };
const delivery = messages.send(message, { expires: 60_000, resend: true });
delivery.subscribe(({ state }) => console.log(`The message is ${state}`));
client.on('failed', ({ error }) => console.error(error.message));
client.start();
try {
  const end = await delivery.settled();
  console.log(end === 'acknowledged' ? 'The server has it' : 'It went out, and nobody will say more');
} catch (error) {
  console.log('Nobody knows that it arrived:', error);
}
await client.stop();
