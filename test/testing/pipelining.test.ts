import { afterEach, describe, test } from 'vitest';
import { type Server, type ServerOptions, startServer } from '../../src/testing/index.ts';
import { RawClient } from './raw-client.ts';
import { AGENT } from './sasl-client.ts';

const SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';
const SASL2 = 'urn:xmpp:sasl:2';
const BIND2 = 'urn:xmpp:bind:0';
const BIND = 'urn:ietf:params:xml:ns:xmpp-bind';

const servers: Server[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function start(options: Partial<ServerOptions> = {}): Promise<Server> {
  const server = await startServer({
    domain: 'capulet.example',
    accounts: { juliet: 'r0m30', romeo: 'j0l13t' },
    sasl2: true,
    listen: false,
    ...options,
  });
  servers.push(server);
  return server;
}

describe('what a client sends in one flight', () => {
  const plain = btoa('\0juliet\0r0m30');

  test('is read in order: header, SASL, header, binding, a stanza', async () => {
    const client = RawClient.memory(await start());
    const header = `<stream:stream xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams" to="capulet.example" version="1.0">`;
    client.sends(
      `${header}<auth xmlns="${SASL}" mechanism="PLAIN">${plain}</auth>` +
        `${header}<iq type="set" id="1"><bind xmlns="${BIND}"/></iq><iq type="get" id="2"><ping xmlns="urn:xmpp:ping"/></iq>`,
    );
    await client.receives('<stream:stream>');
    await client.receives('<stream:features/>');
    await client.receives(`<success xmlns="${SASL}"/>`);
    await client.receives('<stream:stream>');
    await client.receives('<stream:features/>');
    await client.receives('<iq type="result" id="1"/>');
    await client.receives('<iq type="result" id="2"/>');
  });

  test.each(['memory', 'webSocket'] as const)('is read in order: header, SASL2, stanzas, over %s', async (way) => {
    const client = RawClient[way](await start({ listen: way === 'webSocket', websocket: true }));
    client
      .header()
      .sends(
        `<authenticate xmlns="${SASL2}" mechanism="PLAIN"><initial-response>${plain}</initial-response>` +
          `<user-agent id="${AGENT}"/><bind xmlns="${BIND2}"/></authenticate>`,
      )
      .sends('<iq type="get" id="2"><ping xmlns="urn:xmpp:ping"/></iq>');
    await client.receives('<stream:stream>');
    await client.receives('<stream:features/>');
    await client.receives(`<success xmlns="${SASL2}"><bound xmlns="${BIND2}"/></success>`);
    await client.receives('<stream:features/>');
    await client.receives('<iq type="result" id="2"/>');
  });
});
