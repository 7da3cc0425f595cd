import assert from 'node:assert/strict';
import { withClient } from 'xstate-xmpp';
import { pingProtocol } from 'xstate-xmpp/ping';
import { startScriptedServer, startServer } from 'xstate-xmpp/testing';

// A server that behaves: in memory, without sockets. `listen: true`, the default, gives it ports and TLS on loopback too.
const accounts = { juliet: 'balcony' };
const server = await startServer({ domain: 'capulet.example', accounts, listen: false });
const juliet = { jid: 'juliet@capulet.example', password: 'balcony', memory: server.connect };
assert.ok((await withClient(juliet, (client) => client.use(pingProtocol()).ping())) >= 0);
await server.stop();

// A server that does what the test says, and checks what the client sends.
const scripted = await startScriptedServer({ domain: 'capulet.example', password: 'balcony', listen: false });
const options = { ...juliet, memory: scripted.connect, timeouts: { close: 0 } }; // this server does not say goodbye
const refused = withClient(options, (client) => client.use(pingProtocol()).ping());
const peer = await scripted.connection();
await peer
  .login()
  .receives('<iq type="get"><ping xmlns="urn:xmpp:ping"/></iq>')
  .sends(
    ({ attributes: { id } }) =>
      `<iq type="error" id="${id}"><error type="wait"><resource-constraint xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error></iq>`,
  );
await assert.rejects(refused, { code: 'stanza/resource-constraint' });
await scripted.stop();
