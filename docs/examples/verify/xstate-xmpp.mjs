// xstate-xmpp verify client -- node docs/examples/verify/xstate-xmpp.mjs
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { createClient } from 'xstate-xmpp';

const { XMPP_JID, XMPP_PASSWORD, XMPP_HOST, XMPP_PORT, XMPP_CA, XMPP_WEBSOCKET } = process.env;
const server = XMPP_WEBSOCKET ? { websocket: XMPP_WEBSOCKET } : { host: XMPP_HOST, port: Number(XMPP_PORT) };
const tls = { ca: readFileSync(XMPP_CA, 'utf8') };
const client = createClient({ jid: XMPP_JID, password: XMPP_PASSWORD, tls, ...server });

client.on('online', ({ jid }) => console.log(`online ${jid}`));
client.on('reconnecting', ({ error }) => console.log(`offline ${error?.code}`));
client.on('failed', ({ error }) => console.log(`offline ${error.code}`));
client.on('offline', () => console.log('offline'));
process.once('SIGTERM', () => client.stop());
client.start();
