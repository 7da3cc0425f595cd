// xstate-xmpp verify client --over websocket -- node docs/examples/verify/strophe.mjs
// It trusts NODE_EXTRA_CA_CERTS, which the command sets.
import process from 'node:process';
import { Strophe } from 'strophe.js';

const { XMPP_JID, XMPP_PASSWORD, XMPP_WEBSOCKET } = process.env;
const { CONNECTED, DISCONNECTED, CONNFAIL, AUTHFAIL } = Strophe.Status;
const connection = new Strophe.Connection(XMPP_WEBSOCKET, { enableStreamManagement: true });

Strophe.setLogLevel(Strophe.LogLevel.FATAL);
connection.connect(XMPP_JID, XMPP_PASSWORD, (status, reason) => {
  if (status === CONNECTED) console.log(`online ${connection.jid}`);
  if ([DISCONNECTED, CONNFAIL, AUTHFAIL].includes(status)) console.log(`offline ${reason}`);
});
process.once('SIGTERM', () => connection.disconnect('SIGTERM'));
