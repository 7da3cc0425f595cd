import { connect, type Socket } from 'node:net';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import {
  type Authority,
  createAuthority,
  type Server,
  type ServerOptions,
  startScriptedServer,
  startServer,
} from '../../src/testing/index.ts';
import { createClientAuthority } from './client-certificates.ts';
import { RawClient } from './raw-client.ts';
import { authenticates, bindingOf } from './sasl-client.ts';

const FRAMING = 'urn:ietf:params:xml:ns:xmpp-framing';
const SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';
const STREAM_ERRORS = 'urn:ietf:params:xml:ns:xmpp-streams';

let authority: Authority;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  authority = await createAuthority();
});
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

async function start(options: Partial<ServerOptions> = {}): Promise<Server> {
  const issued = await authority.issue({ domains: ['capulet.example'] });
  const server = await startServer({
    domain: 'capulet.example',
    accounts: { juliet: 'r0m30', romeo: 'j0l13t' },
    certificate: { ...issued, ca: authority.certificate },
    websocket: true,
    ...options,
  });
  stops.push(() => server.stop());
  return server;
}

/** All messages that come on a WebSocket until it is closed, and the code it is closed with. */
function listen(webSocket: WebSocket): Promise<{ messages: string[]; code: number }> {
  const messages: string[] = [];
  webSocket.on('message', (data) => messages.push(String(data)));
  return new Promise((resolve) => webSocket.on('close', (code) => resolve({ messages, code })));
}

async function opened(url: string, options = {}): Promise<WebSocket> {
  const webSocket = new WebSocket(url, 'xmpp', options);
  await new Promise((resolve, reject) => webSocket.once('open', resolve).once('error', reject));
  return webSocket;
}

describe('a WebSocket', () => {
  test('is there only if it is asked for, and where there is a socket at all', async () => {
    expect((await start({ websocket: false })).websocketUrl).toBe('');
    expect((await start({ listen: false })).websocketUrl).toBe('');
    expect((await start()).websocketUrl).toMatch(/^wss:\/\/127\.0\.0\.1:[0-9]+\/xmpp-websocket$/);
    expect((await start({ tls: false })).websocketUrl).toMatch(/^ws:\/\/127\.0\.0\.1:[0-9]+\/xmpp-websocket$/);
  });

  test.each([true, false])('takes a client to the others, with TLS: %s', async (tls) => {
    const server = await start({ tls });
    const juliet = RawClient.webSocket(server);
    await juliet.login('juliet', 'r0m30', 'balcony');
    const romeo = await RawClient.tcp(server).login('romeo', 'j0l13t', 'orchard');
    await juliet.available();
    await romeo.available();
    romeo.sends('<message to="juliet@capulet.example"><body>Hist!</body></message>');
    await juliet.awaits('<message from="romeo@capulet.example/orchard"><body>Hist!</body></message>');
    await juliet.sends('<message to="romeo@capulet.example"><body>Ay me</body></message>').syncs();
    await romeo.awaits('<message from="juliet@capulet.example/balcony"><body>Ay me</body></message>');
    expect(server.sessions().sort()).toEqual(['juliet@capulet.example/balcony', 'romeo@capulet.example/orchard']);
  });

  test('binds logins to its TLS', async () => {
    const server = await start();
    const client = await RawClient.webSocket(server).opens();
    const channelBinding = { type: 'tls-exporter', data: bindingOf(client.tls, 'tls-exporter') } as const;
    const user = { username: 'juliet', password: 'r0m30' };
    expect((await authenticates(client, 'SCRAM-SHA-256-PLUS', user, { channelBinding })).name).toBe('success');
  });

  test('shows the certificate of a client', async () => {
    const clients = await createClientAuthority();
    const server = await start({ mechanisms: ['EXTERNAL'], clientAuthority: clients.certificate });
    const client = RawClient.webSocket(server, await clients.issue({ commonName: 'juliet@capulet.example' }));
    await client.opens();
    expect((await authenticates(client, 'EXTERNAL', {})).name).toBe('success');
  });

  test('carries one header, element or end in each message, with all its namespaces (RFC 7395 §3.3)', async () => {
    const server = await start({ tls: false, mechanisms: ['PLAIN'] });
    const webSocket = await opened(server.websocketUrl);
    const heard = listen(webSocket);
    webSocket.send(`<open xmlns="${FRAMING}" to="capulet.example" version="1.0"/>`);
    webSocket.send(`<close xmlns="${FRAMING}"/>`);
    const { messages, code } = await heard;
    expect(messages).toEqual([
      expect.stringMatching(
        /^<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" from="capulet.example" id="[\w-]{22}" version="1.0" xml:lang="en"\/>$/,
      ),
      `<features xmlns="http://etherx.jabber.org/streams"><mechanisms xmlns="${SASL}"><mechanism>PLAIN</mechanism></mechanisms></features>`,
      `<close xmlns="${FRAMING}"/>`,
    ]);
    expect(code).toBe(1005);
  });

  test.each<[string, string, string]>([
    [
      'a stream of the other framing',
      '<stream:stream xmlns:stream="http://etherx.jabber.org/streams"/>',
      'invalid-namespace',
    ],
    [
      'a part of an element',
      '<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="capulet.example"',
      'not-well-formed',
    ],
    [
      'another domain',
      '<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="verona.example" version="1.0"/>',
      'host-unknown',
    ],
    ['no version', '<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="capulet.example"/>', 'unsupported-version'],
  ])('refuses %s, in a stream of its own', async (_title, message, condition) => {
    const client = RawClient.webSocket(await start({ tls: false }));
    await client.sends(message).receives(`<open xmlns="${FRAMING}" from="capulet.example"/>`);
    await client.receives(`<stream:error><${condition} xmlns="${STREAM_ERRORS}"/></stream:error>`);
    expect(await client.closed()).toEqual([`<close xmlns="${FRAMING}"/>`]);
  });

  test('refuses a message that is too large', async () => {
    const client = RawClient.webSocket(await start({ tls: false, limits: { maxElementBytes: 1000 } }));
    await client.login('juliet', 'r0m30', 'balcony');
    await client
      .sends(`<message><body>${'x'.repeat(1000)}</body></message>`)
      .receives(`<stream:error><policy-violation xmlns="${STREAM_ERRORS}"/></stream:error>`);
  });

  test('has no messages of bytes (RFC 7395 §3.2)', async () => {
    const server = await start({ tls: false });
    const webSocket = await opened(server.websocketUrl);
    const heard = listen(webSocket);
    webSocket.send(new TextEncoder().encode(`<open xmlns="${FRAMING}" to="capulet.example" version="1.0"/>`));
    expect(await heard).toEqual({ messages: [], code: 1003 });
  });

  test.each<[string, string, string[], RegExp]>([
    ['without the subprotocol', '/xmpp-websocket', [], /400/],
    ['with another subprotocol', '/xmpp-websocket', ['chat'], /400/],
    ['for another path', '/', ['xmpp'], /404/],
  ])('is refused %s', async (_title, path, protocols, reason) => {
    const server = await start({ tls: false });
    const webSocket = new WebSocket(new URL(path, server.websocketUrl), protocols);
    const error = new Promise((resolve) => webSocket.on('error', resolve));
    expect(String(await error)).toMatch(reason);
  });

  test('chooses its subprotocol among others', async () => {
    const server = await start({ tls: false });
    const webSocket = new WebSocket(`${server.websocketUrl}?x=1`, ['chat', 'xmpp']);
    await new Promise((resolve) => webSocket.once('open', resolve));
    expect(webSocket.protocol).toBe('xmpp');
    webSocket.terminate();
  });

  test('is not there for plain HTTP', async () => {
    const { websocketUrl } = await start({ tls: false });
    const response = await fetch(websocketUrl.replace('ws:', 'http:'));
    expect(response.status).toBe(426);
  });

  test('is cut by the server, and is gone when it stops, with all who only connected', async () => {
    const server = await start({ tls: false });
    const client = RawClient.webSocket(server);
    await client.login('juliet', 'r0m30', 'balcony');
    expect(server.drop('juliet@capulet.example')).toBe(1);
    expect(await client.closed()).toEqual([]);
    const lurker = await lurkAt(server);
    const closed = new Promise((resolve) => lurker.on('close', resolve));
    const other = RawClient.webSocket(server);
    await other.login('juliet', 'r0m30', 'balcony');
    await server.stop();
    await closed;
    await other.receives(`<stream:error><system-shutdown xmlns="${STREAM_ERRORS}"/></stream:error>`);
    expect(await other.closed()).toEqual([`<close xmlns="${FRAMING}"/>`]);
  });

  test('may fail before it is one, without harm to the server', async () => {
    const server = await start();
    const distrustful = new WebSocket(server.websocketUrl, 'xmpp', { ca: (await createAuthority()).certificate });
    expect(String(await new Promise((resolve) => distrustful.on('error', resolve)))).toMatch(/certificate/);
    const talkative = await lurkAt(server);
    const closed = new Promise((resolve) => talkative.on('close', resolve));
    talkative.write('GET / HTTP/1.1\r\n\r\n');
    await closed;
    await RawClient.webSocket(server).login('juliet', 'r0m30', 'balcony');
    expect(server.sessions()).toEqual(['juliet@capulet.example/balcony']);
  });

  test('is cut when a client does not read what it is sent', async () => {
    const server = await start({ tls: false, maxBacklog: 100_000 });
    const client = RawClient.webSocket(server);
    await client.login('juliet', 'r0m30', 'balcony');
    await client.available();
    const romeo = await RawClient.tcp(server).login('romeo', 'j0l13t', 'orchard');
    client.pause();
    const body = 'x'.repeat(500_000);
    while (server.sessions().length === 2) {
      await romeo.sends(`<message to="juliet@capulet.example"><body>${body}</body></message>`).syncs();
    }
    expect(server.sessions()).toEqual(['romeo@capulet.example/orchard']);
  });
});

describe('a script for a WebSocket', () => {
  async function meet() {
    const server = await startScriptedServer({
      domain: 'capulet.example',
      password: 'r0m30',
      timeout: 500,
      tls: false,
      websocket: true,
    });
    stops.push(() => server.stop());
    const client = RawClient.webSocket(server);
    return { client, peer: await server.connection() };
  }

  test('says the same as any other', async () => {
    const { client, peer } = await meet();
    const script = peer.login({ mechanism: 'PLAIN', resource: 'balcony' });
    await client.login('juliet', 'r0m30', 'orchard');
    expect((await script).full).toBe('juliet@capulet.example/balcony');
    client.sends('<presence/>').sends(`<close xmlns="${FRAMING}"/>`);
    await peer.receives('<presence/>').receives('</stream:stream>').close();
    expect(await client.closed()).toEqual([`<close xmlns="${FRAMING}"/>`]);
  });

  test('can expect the framing itself', async () => {
    const { client, peer } = await meet();
    client.header();
    const header = await peer.receives(`<open xmlns="${FRAMING}" to="capulet.example"/>`);
    expect(header).toMatchObject({ name: 'open', namespace: FRAMING });
    client.sends(`<close xmlns="${FRAMING}"/>`);
    await peer.receives(`<close xmlns="${FRAMING}"/>`);
    const error = await peer.receives('<presence/>').catch(String);
    expect(error).toContain(`C: <open xmlns="${FRAMING}" to="capulet.example" version="1.0"/>`);
    expect(error).toContain(`C: <close xmlns="${FRAMING}"/>`);
  });

  test('can send what is no message at all', async () => {
    const { client, peer } = await meet();
    client.header();
    await peer
      .header({ id: 's1' })
      .sends('<presence')
      .sends(new Uint8Array([0x3c]))
      .end();
    await client.receives(`<open xmlns="${FRAMING}" id="s1"/>`);
    expect(await client.closed()).toEqual([expect.stringContaining('(no XML: ')]);
  });

  test('can cut the connection', async () => {
    const { client, peer } = await meet();
    client.header();
    await peer.header().reset();
    await client.receives(`<open xmlns="${FRAMING}"/>`);
    expect(await client.closed()).toEqual([]);
  });
});

function lurkAt({ websocketUrl }: Server): Promise<Socket> {
  const socket = connect(Number(new URL(websocketUrl).port), '127.0.0.1');
  socket.on('error', () => {});
  return new Promise((resolve) => socket.once('connect', () => resolve(socket)));
}
