import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { type Conversation, connectScriptedClient, createAuthority } from '../../src/testing/index.ts';
import {
  connectTo,
  inMemory,
  JULIET,
  meet,
  overTcp,
  overTls,
  overWebSocket,
  startScripted,
  stopAll,
  stopLater,
} from './scripted-pair.ts';

const TLS = 'urn:ietf:params:xml:ns:xmpp-tls';

afterEach(stopAll);

describe('a scripted client that is let down', () => {
  test.each<[string, (peer: Conversation<unknown>) => unknown, string]>([
    ['says nothing', () => {}, 'nothing came within 200 ms'],
    ['hangs up', (peer) => peer.end(), 'the connection ended'],
    ['sends what is no XML', (peer) => peer.sends('<&>'), 'it sent (no XML: '],
    [
      'closes the stream',
      (peer) => peer.sends('</stream:stream>'),
      'it sent </stream:stream>\nDifference: expected an',
    ],
  ])('says so of a server that %s', async (_title, act, instead) => {
    const { client, peer } = await meet({}, inMemory, 200);
    const script = client.header().receives('<presence/>').sends('<presence/>').catch(String);
    await act(peer.header());
    expect(await script).toContain(`Expected from the server: <presence/>\nInstead: ${instead}`);
  });

  test('says that it was stopped', async () => {
    const { client, peer } = await meet();
    const script = client.header().receives('<presence/>').catch(String);
    await peer.header();
    await client.stop();
    await client.stop();
    expect(await script).toContain('Instead: the scripted client was stopped');
  });

  test('shows what came instead, the difference, and the conversation', async () => {
    const { client, peer } = await meet();
    const serverSide = peer.header({ id: 's1', 'xml:lang': undefined }).sends('<iq type="set" id="1"/>');
    const script = client.header({ 'xml:lang': undefined }).receives('<iq type="get" id="*"/>');
    const open =
      '<?xml version="1.0"?><stream:stream xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams"';
    await expect(script).rejects.toThrow(
      [
        'Expected from the server: <iq type="get" id="*"/>',
        'Instead: it sent <iq type="set" id="1"/>',
        'Difference: attribute type: expected "get", got "set"',
        'Conversation (C: client, S: server):',
        `  C: ${open} to="capulet.example" version="1.0">`,
        '  S: <stream:stream from="capulet.example" id="s1" version="1.0">',
        '  S: <iq type="set" id="1"/>',
      ].join('\n'),
    );
    await serverSide;
  });

  test.each([
    ['direct TLS', overTls],
    ['a WebSocket', overWebSocket],
  ] as const)('refuses a certificate of somebody else over %s', async (_title, way) => {
    const { certificate: ca } = await createAuthority();
    const server = await startScripted({ listen: true, websocket: true });
    await expect(connectTo({ ...way(server), ca })).rejects.toThrow(
      /^There is no connection to (wss:\/\/)?127\.0\.0\.1:.*: .*certificate/,
    );
  });

  test.each([
    ['direct TLS', overTls],
    ['a WebSocket', overWebSocket],
  ] as const)('refuses a certificate for another domain over %s', async (_title, way) => {
    const server = await startScripted({ listen: true, websocket: true });
    const options = { domain: 'montague.example', ...way(server) };
    await expect(connectScriptedClient(options)).rejects.toThrow("does not match certificate's altnames");
  });

  test('refuses a certificate after STARTTLS, and says why', async () => {
    const { certificate: ca } = await createAuthority();
    const { client, peer } = await meet({ listen: true }, (server) => ({ ...overTcp(server), ca }));
    const serverSide = peer.startTls().closed();
    const error = await client.startTls().catch(String);
    expect(error).toMatch(
      /^Error: Expected from the server: TLS with a certificate that can be trusted\nInstead: the connection ended \(.*certificate.*\)\n/,
    );
    expect(error).toContain(`\n  C: <starttls xmlns="${TLS}"/>\n  S: <proceed xmlns="${TLS}"/>`);
    expect(await serverSide).toEqual([]);
  });

  test('waits no longer for a handshake than for anything else', async () => {
    const { client, peer } = await meet({ listen: true }, overTcp, 200);
    const serverSide = peer.header().features(`<starttls xmlns="${TLS}"/>`).receives(`<starttls xmlns="${TLS}"/>`);
    const consent = serverSide.sends(`<proceed xmlns="${TLS}"/>`);
    await expect(client.startTls()).rejects.toThrow(
      'Expected from the server: its part of the TLS handshake\nInstead: nothing came within 200 ms',
    );
    await consent;
  });

  test('has no TLS in memory, and binds nothing there', async () => {
    const { client } = await meet();
    await expect(client.secure()).rejects.toThrow('There is no TLS in memory');
    const { client: other, peer } = await meet();
    peer.authenticate('SCRAM-SHA-1-PLUS').catch(() => {});
    await expect(other.authenticate({ ...JULIET, mechanism: 'SCRAM-SHA-1-PLUS' })).rejects.toThrow(
      'SCRAM-SHA-1-PLUS needs TLS, or a value given as channelBinding',
    );
    const { client: third, peer: fourth } = await meet();
    fourth.authenticate().catch(() => {});
    await expect(third.authenticate({ ...JULIET, mechanism: 'X-MOON' })).rejects.toThrow(
      /Expected one of EXTERNAL, .*, got X-MOON/,
    );
  });

  test('says where nobody listens', async () => {
    const server = await startScripted({ listen: true, websocket: true });
    const ways = [overTcp, overTls, overWebSocket].map((way) => way(server));
    await server.stop();
    for (const way of ways) {
      await expect(connectTo(way)).rejects.toThrow(/^There is no connection to .*127\.0\.0\.1:.*: .*ECONNREFUSED/);
    }
  });

  test('gives up on a server that does not do its part', async () => {
    const silent = await listen();
    for (const way of [{ tlsPort: silent }, { websocketUrl: `ws://127.0.0.1:${silent}/` }]) {
      await expect(connectTo({ ...way, timeout: 50 })).rejects.toThrow(/: it took more than 50 ms$/);
    }
    const refusing = new URL((await startScripted({ listen: true, tls: false, websocket: true })).websocketUrl);
    refusing.pathname = '/elsewhere';
    await expect(connectTo({ websocketUrl: refusing.href })).rejects.toThrow('Unexpected server response: 404');
    const rude = await listen((socket) => socket.end());
    await expect(connectTo({ tlsPort: rude })).rejects.toThrow(/^There is no connection to 127\.0\.0\.1:\d+: ./);
    const memory = () => {
      throw new Error('no room');
    };
    await expect(connectTo({ memory })).rejects.toThrow(
      'There is no connection to the server in this process: no room',
    );
  });

  test('wants to know where to go', async () => {
    const { connect: memory, port } = await startScripted();
    expect(port).toBe(0);
    await expect(connectTo({ port })).rejects.toThrow(
      'Expected exactly one of memory, port, tlsPort and websocketUrl, got 0',
    );
    await expect(connectTo({ memory, port: 5222 })).rejects.toThrow('websocketUrl, got 2');
  });
});

/** The port of a server that does nothing else. */
async function listen(act: (socket: Socket) => unknown = () => {}): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {}).resume();
    act(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stopLater({ stop: () => new Promise((resolve) => server.close(() => resolve())) });
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}
