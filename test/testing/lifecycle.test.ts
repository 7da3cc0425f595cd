import { connect } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { buildMessage } from '../../src/payloads/index.ts';
import { type Server, type ServerOptions, startServer } from '../../src/testing/index.ts';
import { RawClient } from './raw-client.ts';

const STREAM_ERRORS = 'urn:ietf:params:xml:ns:xmpp-streams';
const servers: Server[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function start(options: Partial<ServerOptions> = {}): Promise<Server> {
  const accounts = { juliet: 'r0m30', romeo: 'j0l13t' };
  const server = await startServer({ domain: 'capulet.example', accounts, ...options });
  servers.push(server);
  return server;
}

const ways = ['memory', 'tcp', 'directTls'] as const;

describe.each(ways)('a server, by %s', (way) => {
  test('says that it is shut down, and leaves nothing behind', async () => {
    const before = timers();
    const server = await start();
    const client = await RawClient[way](server).login('juliet', 'r0m30', 'balcony');
    const stopped = server.stop();
    await client.receives(`<stream:error><system-shutdown xmlns="${STREAM_ERRORS}"/></stream:error>`);
    expect(await client.closed()).toEqual(['</stream:stream>']);
    await stopped;
    expect(server.sessions()).toEqual([]);
    await released(before);
  });

  test('cuts a session off without a word', async () => {
    const server = await start();
    const client = await RawClient[way](server).login('juliet', 'r0m30', 'balcony');
    expect(server.drop('juliet@capulet.example')).toBe(1);
    expect(server.sessions()).toEqual([]);
    expect(await client.closed()).toEqual([]);
  });

  test('sends what a test wants', async () => {
    const server = await start();
    const client = await RawClient[way](server).login('juliet', 'r0m30', 'balcony');
    expect(server.send('juliet@capulet.example', buildMessage({ from: 'mab@dream.example', body: 'I dreamt' }))).toBe(
      1,
    );
    await client.receives('<message from="mab@dream.example"><body>I dreamt</body></message>');
  });
});

describe('a server', () => {
  test('serves several sessions of several accounts', async () => {
    const server = await start();
    const clients = [
      await RawClient.memory(server).login('juliet', 'r0m30', 'balcony'),
      await RawClient.tcp(server).login('juliet', 'r0m30', 'chamber'),
      await RawClient.directTls(server).login('romeo', 'j0l13t', 'orchard'),
    ];
    expect(server.sessions()).toEqual([
      'juliet@capulet.example/balcony',
      'juliet@capulet.example/chamber',
      'romeo@capulet.example/orchard',
    ]);
    expect(server.drop('juliet@capulet.example/chamber')).toBe(1);
    expect(server.drop('juliet@capulet.example/chamber')).toBe(0);
    expect(server.send('juliet@capulet.example', buildMessage({}))).toBe(1);
    expect(server.sessions()).toEqual(['juliet@capulet.example/balcony', 'romeo@capulet.example/orchard']);
    await clients[1]?.closed();
  });

  test('cuts off with a reset', async () => {
    const server = await start({ tls: false });
    const socket = connect(server.port, '127.0.0.1');
    const failed = new Promise((resolve) => socket.on('error', resolve));
    socket.write(
      '<stream:stream xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams" to="capulet.example" version="1.0">',
    );
    const bind = '<iq type="set" id="b"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/></iq>';
    socket.on('data', (data) => {
      if (String(data).includes('<mechanisms')) {
        socket.write(
          `<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">${btoa('\0juliet\0r0m30')}</auth>`,
        );
      } else if (String(data).includes('<success')) {
        socket.write(
          `<stream:stream xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams" to="capulet.example" version="1.0">${bind}`,
        );
      } else if (String(data).includes('<jid>')) {
        server.drop('juliet@capulet.example');
      }
    });
    expect(await failed).toMatchObject({ code: 'ECONNRESET' });
  });

  test('stops although clients neither speak nor leave', async () => {
    const before = timers();
    const server = await start();
    const silent = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
    const shy = connect({ port: server.tlsPort, host: '127.0.0.1', allowHalfOpen: true });
    const closed = [silent, shy].map(
      (socket) =>
        new Promise((resolve) =>
          socket
            .on('error', () => {})
            .on('close', resolve)
            .resume(),
        ),
    );
    await Promise.all([silent, shy].map((socket) => new Promise<void>((resolve) => socket.on('connect', resolve))));
    await RawClient.tcp(server).login('juliet', 'r0m30', 'balcony');
    await server.stop();
    await server.stop();
    silent.end();
    shy.end();
    await Promise.all(closed);
    await released(before);
  });

  test('takes nobody in once it is stopped', async () => {
    const server = await start({ listen: false });
    await server.stop();
    const client = RawClient.memory(server);
    client.header();
    expect(await client.closed()).toEqual([]);
  });

  test('without sockets has no ports and no certificate', async () => {
    const { port, tlsPort, ca } = await start({ listen: false });
    expect({ port, tlsPort, ca }).toEqual({ port: 0, tlsPort: 0, ca: '' });
  });

  test.each([
    ['an empty password', { accounts: { juliet: '' } }, 'The password of "juliet" is empty'],
    ['a name that is no localpart', { accounts: { 'juliet capulet': 'x' } }, 'localpart'],
    ['a domain that is none', { domain: 'capulet example' }, 'domain'],
  ])('does not start with %s', async (_title, options, message) => {
    await expect(start({ listen: false, ...options })).rejects.toThrow(message);
  });
});

describe('a client that does not read', () => {
  test('is not heard until it does, and nothing is lost', async () => {
    const server = await start();
    const client = await RawClient.tcp(server).login('juliet', 'r0m30', 'balcony');
    client.pause();
    for (let count = 0; count < 20_000; count++) {
      client.sends(`<iq type="get" id="${'x'.repeat(200)}${count}"><ping xmlns="urn:xmpp:ping"/></iq>`);
    }
    client.resume();
    await client.awaits(/x19999"/);
    await client.syncs();
  });

  test('is cut off when too much waits for it', async () => {
    const server = await start({ maxBacklog: 1024 * 1024 });
    const client = await RawClient.directTls(server).login('juliet', 'r0m30', 'balcony');
    client.pause();
    while (server.send('juliet@capulet.example', buildMessage({ body: 'x'.repeat(100_000) }))) await setImmediate();
    expect(server.sessions()).toEqual([]);
    client.resume();
    await client.closed();
  });
});

/** Waits until no socket is left and no more timers than before; both go some turns of the event loop after their end. */
async function released(before: number): Promise<void> {
  const hasSockets = () => process.getActiveResourcesInfo().some((resource) => resource.startsWith('TCP'));
  while (hasSockets() || timers() > before) await setImmediate();
}

function timers(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
}
