// A server in a process of its own, so that what it needs is not taken for what the client needs. Cuts off (RST) whoever asks for it.
// It ends with its standard input.

import { startServer } from '../../dist/src/testing/index.js';

const { streamManagement } = JSON.parse(process.env.SOAK ?? '{}');

const server = await startServer({
  domain: 'capulet.example',
  accounts: { juliet: 'secret' },
  streamManagement,
  intercept: ({ name }, { jid }) => {
    if (name !== 'message') return false;
    // The message counts as handled: it is not sent again in the session that goes on.
    setImmediate(() => server.drop(jid.full));
    return true;
  },
});
console.log(JSON.stringify({ port: server.port, ca: server.ca }));
process.stdin.on('end', () => process.exit()).resume();
