// xstate-xmpp verify client -- node docs/examples/verify/xmpp-js.mjs
// It trusts NODE_EXTRA_CA_CERTS, which the command sets.
import process from 'node:process';
import { client } from '@xmpp/client';

const { XMPP_JID, XMPP_PASSWORD, XMPP_HOST, XMPP_PORT, XMPP_DOMAIN } = process.env;
const [username] = XMPP_JID.split('@');
const service = `xmpp://${XMPP_HOST}:${XMPP_PORT}`;
const xmpp = client({ service, domain: XMPP_DOMAIN, username, password: XMPP_PASSWORD });

xmpp.on('online', (jid) => console.log(`online ${jid}`));
xmpp.on('disconnect', () => console.log('offline'));
xmpp.on('error', (error) => console.log(`offline ${error.message}`));
process.once('SIGTERM', async () => {
  await xmpp.stop();
  process.exit();
});
xmpp.start().catch(() => {});
