import { createClient, fileSessionStore } from 'xstate-xmpp';
import { messageProtocol } from 'xstate-xmpp/message';

const sessions = fileSessionStore('./sessions');
const client = createClient({ jid: 'juliet@capulet.example', password: 'balcony', sessions });
const messages = client.use(messageProtocol());
client.on('failed', ({ error }) => console.error(error.message));
client.start();
const delivery = messages.send({ to: 'romeo@capulet.example', body: 'Parting is such sweet sorrow' });
console.log(`In the end: ${await delivery.settled()}`);
