import { withClient } from 'xstate-xmpp';
import { versionProtocol } from 'xstate-xmpp/version';

const account = { jid: 'juliet@capulet.example', password: 'balcony' };
const { name, version } = await withClient(account, (client) => client.use(versionProtocol()).query('capulet.example'));
console.log(`The server runs ${name} ${version}`);
