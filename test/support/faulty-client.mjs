// A client that keeps to the contract of `verify client`, but for the fault that its argument names.
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { createClient } from 'xstate-xmpp';

const { XMPP_JID, XMPP_PASSWORD, XMPP_HOST, XMPP_PORT, XMPP_CA } = process.env;
const [fault] = process.argv.slice(2);
const tls = fault === 'trusting' ? { dangerouslyTrustAnyCertificate: true } : { ca: readFileSync(XMPP_CA, 'utf8') };
const security = fault === 'unprotected' ? { insecure: true } : { tls };
const password = fault === 'forgetful' ? 'another' : XMPP_PASSWORD;
const options = { jid: XMPP_JID, password, host: XMPP_HOST, port: Number(XMPP_PORT), ...security };
const client = createClient({ ...options, streamManagement: fault !== 'careless' });

client.on('online', ({ jid }) => {
  if (fault !== 'silent') console.log(`online ${fault === 'lying' ? `${XMPP_JID}/another` : jid}`);
});
if (fault !== 'proud') {
  client.on('reconnecting', () => console.log('offline'));
  client.on('failed', () => console.log('offline'));
}
process.once('SIGTERM', () => (fault === 'stubborn' ? undefined : client.stop()));
client.start();
