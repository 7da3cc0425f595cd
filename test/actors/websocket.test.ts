import { once } from 'node:events';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { dialWebSocket } from '../../src/actors/websocket-node.ts';
import type { ClientOptions } from '../../src/client/options.ts';
import { createTestClock } from '../support/clock.ts';
import { fewerSockets, openSockets } from './tcp-servers.ts';
import {
  closeWebSocketServers,
  dialWith,
  everybodyGone,
  listenOn,
  listenWebSocket,
  type WebSocketHost,
} from './websocket-servers.ts';

afterEach(closeWebSocketServers);

describe('a WebSocket', () => {
  it('is asked for with the subprotocol xmpp, and without compression', async () => {
    const asked: unknown[] = [];
    const { until } = await dialServer({
      accept: (_socket, { url, headers }) =>
        asked.push(url, headers['sec-websocket-protocol'], headers['sec-websocket-extensions']),
    });
    await until('connected');
    expect(asked).toEqual(['/xmpp-websocket?a=1', 'xmpp', undefined]);
  });

  it('carries messages both ways, and ends after all that was written has gone out', async () => {
    const received: string[] = [];
    let code: number | undefined;
    const { wire, until, log } = await dialServer({
      accept(socket) {
        socket.on('message', (data, isBinary) => received.push(`${isBinary ? 'binary' : 'text'} ${data}`));
        socket.on('close', (given) => {
          code = given;
        });
        socket.send('<a>h\u00e9llo</a>');
        socket.send('<b/>');
      },
    });
    await until('received <b/>');
    wire.write('<c>h\u00e9llo</c>');
    wire.write('<d/>');
    wire.write(`<e>${'x'.repeat(100_000)}</e>`);
    wire.end();
    wire.end();
    wire.write('<f/>');
    await everybodyGone();
    expect(received.map((text) => text.slice(0, 20))).toEqual([
      'text <c>h\u00e9llo</c>',
      'text <d/>',
      'text <e>xxxxxxxxxxxx',
    ]);
    expect([log, code]).toEqual([['connected', 'received <a>h\u00e9llo</a>', 'received <b/>'], 1000]);
  });

  it('tells when it takes no more, and when it does again', async () => {
    const { wire, until } = await dialServer({ accept: () => {} });
    await until('connected');
    expect(wire.write('<a/>')).toBe(true);
    expect(wire.write('x'.repeat(10_000_000))).toBe(false);
    await until('drained');
    expect(wire.write('<a/>')).toBe(true);
  });

  it('answers pings (RFC 6455 §5.5.2)', async () => {
    const pong = new Promise((resolve) => {
      void dialServer({
        accept(socket) {
          socket.on('pong', (data) => resolve(data.toString()));
          socket.ping('there?');
        },
      });
    });
    expect(await pong).toBe('there?');
  });

  it('takes pings and pongs for signs of life', async () => {
    const { until, log } = await dialServer({
      accept(socket) {
        socket.ping();
        socket.pong();
        socket.send('<a/>');
      },
    });
    await until('received <a/>');
    expect(log).toEqual(['connected', 'heard', 'heard', 'received <a/>']);
  });

  it('hears nothing after it was ended', async () => {
    const { wire, until, log } = await dialServer({
      accept: (socket) => socket.on('message', () => socket.send('late')),
    });
    await until('connected');
    wire.write('<a/>');
    wire.end();
    await everybodyGone();
    expect(log).toEqual(['connected']);
  });

  it('has no TLS inside it', async () => {
    const { wire } = await dialServer({ accept: () => {} });
    expect(() => wire.startTls()).toThrow('There is no TLS inside a WebSocket');
  });
});

describe('a WebSocket that is paused', () => {
  it('hears nothing until it is resumed, and the server can send no more: its memory is used, not ours', async () => {
    const { wire, until, log, server } = await dialPaused();
    for (let i = 0; i < 640; i += 1) server.socket.send('x'.repeat(100_000));
    for (let i = 0; i < 100; i += 1) await new Promise((resolve) => setImmediate(resolve));
    expect([log, server.connection.writableNeedDrain]).toEqual([['connected'], true]);
    wire.resume();
    server.socket.send('<last/>');
    await until('received <last/>');
    expect([log.length, server.connection.writableNeedDrain]).toEqual([642, false]);
  });

  it('tells what came before the connection failed, and then that it did', async () => {
    const { wire, until, log, server } = await dialPaused();
    // Whoever leaves with something unread resets the connection (RFC 2525 §2.17).
    server.socket.pause();
    wire.write('x'.repeat(1_000_000));
    for (let i = 0; i < 10; i += 1) server.socket.send(String(i));
    await expect.poll(() => server.connection.readableLength, { interval: 1 }).toBeGreaterThan(0);
    server.connection.destroy();
    await until('transport/connection-reset');
    const received = Array.from({ length: 10 }, (_, index) => `received ${index}`);
    const heard = log.filter((entry) => entry !== 'drained');
    expect(heard).toEqual(['connected', ...received, 'transport/connection-reset']);
  });

  it('is closed as any other, not only when the patience of the library is over', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const clock = createTestClock();
    const { wire, server } = await dialPaused({ clock });
    const closed = once(server.socket, 'close');
    wire.end();
    expect((await closed)[0]).toBe(1000);
    await everybodyGone();
    await expect.poll(() => clock.timers(), { interval: 1 }).toEqual([]);
  });
});

describe('a server that opens no WebSocket for XMPP', () => {
  it.each([
    [200, 'HTTP status 200 (OK)'],
    [404, 'HTTP status 404 (Not Found)'],
    [503, 'HTTP status 503 (Service Unavailable)'],
    [799, 'HTTP status 799 (unknown)'],
  ])('but answers with %i is refused', async (status, said) => {
    const { until, errors, url } = await dialServer({
      answer: (_request, response) => response.writeHead(status).end('<html/>'),
    });
    await until('transport/websocket-refused');
    expect(errors.map(({ message, hint }) => [message, hint])).toEqual([
      [
        `${url} opened no WebSocket: ${said}`,
        `Check host, port and path of ${url}: something else listens there, or the server has no WebSockets switched on.`,
      ],
    ]);
    await everybodyGone();
  });

  it('but redirects elsewhere is not followed', async () => {
    let visitors = 0;
    const elsewhere = await listenWebSocket({ accept: () => (visitors += 1) });
    const location = `ws://127.0.0.1:${elsewhere}/`;
    const { until, errors, url } = await dialServer({
      answer: (_request, response) => response.writeHead(302, { location }).end(),
    });
    await until('transport/websocket-refused');
    await everybodyGone();
    expect(errors.map(({ text, hint }) => [text, hint])).toEqual([
      [location, `${url} redirects elsewhere, which is not followed. If that is right, give that address instead.`],
    ]);
    expect(visitors).toBe(0);
  });

  it.each<[string, string | false, string]>([
    ['agrees on none', false, 'got none'],
    ['agrees on another', 'chat', 'got "chat"'],
  ])('since it %s is left', async (_title, subprotocol, got) => {
    const { until, log, errors, url } = await dialServer({ subprotocol, accept: () => {} });
    await until('transport/protocol-violation');
    await everybodyGone();
    expect(log).toEqual(['transport/protocol-violation']);
    expect(errors[0]?.message).toBe(`Expected the WebSocket subprotocol "xmpp" of ${url}, ${got}`);
  });

  it.each([
    ['XMPP over TCP', "<?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams'>"],
    [
      'what it was not asked',
      'HTTP/1.1 101 Hi\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Protocol: xmpp\r\nSec-WebSocket-Accept: no\r\n\r\n',
    ],
  ])('but says %s is refused', async (_title, answer) => {
    const port = await listenOn(createTcpServer((socket) => socket.on('data', () => socket.write(answer))));
    const { until, log } = dialWith(dialWebSocket, `ws://127.0.0.1:${port}/`);
    await until('transport/websocket-refused');
    await everybodyGone();
    expect(log).toEqual(['transport/websocket-refused']);
  });
});

describe('a server that breaks the rules', () => {
  it.each<[string, (socket: WebSocket) => void, string, number]>([
    ['with a binary message (RFC 7395 §3.2)', (socket) => socket.send(Buffer.from('<a/>')), 'stream/bad-format', 1000],
    [
      'with text that is not UTF-8',
      (socket) => socket.send(Buffer.from([0x3c, 0xff]), { binary: false }),
      'stream/unsupported-encoding',
      1007,
    ],
    ['with a message beyond every limit', (socket) => socket.send('x'.repeat(70_000)), 'stream/policy-violation', 1009],
    [
      'with a message in pieces that are too large together',
      (socket) => {
        for (let i = 0; i < 70; i += 1) socket.send('x'.repeat(1000), { fin: false });
      },
      'stream/policy-violation',
      1009,
    ],
  ])('%s is left', async (_title, misbehave, error, expected) => {
    let code: number | undefined;
    const limits = { maxElementBytes: 1000, maxHeaderBytes: 65_536 };
    const { until, log } = await dialServer(
      {
        accept(socket) {
          socket.on('close', (given) => {
            code = given;
          });
          misbehave(socket);
        },
      },
      { limits },
    );
    await until(error);
    await everybodyGone();
    expect([log, code]).toEqual([['connected', error], expected]);
  });

  it('of WebSockets is left', async () => {
    const { until, log, errors } = await dialServer({
      accept: (_socket, request) => request.socket.write(Buffer.from([0x83, 0])),
    });
    await until('transport/protocol-violation');
    await everybodyGone();
    expect(log).toEqual(['connected', 'transport/protocol-violation']);
    expect(errors[0]?.message).toMatch(/breaks the rules of WebSockets: Invalid WebSocket frame: invalid opcode 3$/);
  });
});

describe('the end of a WebSocket', () => {
  it.each<[string, WebSocketHost['accept'], string]>([
    ['with a code and a reason', (socket) => socket.close(1001, 'bye'), 'closed: close code 1001, "bye"'],
    ['with a code', (socket) => socket.close(1012), 'closed: close code 1012'],
    ['without a code', (socket) => socket.close(), 'closed'],
    ['without a farewell', (_socket, { socket }) => socket.end(), 'closed'],
  ])('%s is told, once', async (_title, accept, told) => {
    const clock = createTestClock();
    const { until, log } = await dialServer({ ...(accept && { accept }) }, { clock });
    await until(told);
    await everybodyGone();
    expect(log).toEqual(['connected', told]);
    expect(clock.timers()).toEqual([]);
  });

  it('by a reset is told as what it is', async () => {
    const { wire, until, log } = await dialServer({
      accept: (socket, request) => socket.on('message', () => request.socket.resetAndDestroy()),
    });
    await until('connected');
    wire.write('<a/>');
    await until('transport/connection-reset');
    await everybodyGone();
    expect(log).toEqual(['connected', 'transport/connection-reset']);
  });

  it('is a cut by who gives it up, whatever waits to be sent', async () => {
    const clock = createTestClock();
    const received: unknown[] = [];
    const { wire, log, server } = await dialPaused({ clock });
    server.socket.on('message', ({ length }: Buffer) => received.push(length));
    const closed = once(server.socket, 'close');
    wire.write('x'.repeat(10_000_000));
    wire.abort();
    wire.end();
    expect(clock.timers()).toEqual([]);
    expect((await closed)[0]).toBe(1006);
    await everybodyGone();
    expect([received, log]).toEqual([[], ['connected']]);
  });

  it.each(
    ['while it connects', 'while it is opened', 'when it is open'].flatMap((when) => [
      ['ended', when] as const,
      ['given up', when] as const,
    ]),
  )('leaves nothing that keeps the process alive when it is %s %s', async (how, when) => {
    const clock = createTestClock();
    let request: () => void = () => {};
    const requested = new Promise<void>((resolve) => {
      request = resolve;
    });
    const host: WebSocketHost = when === 'when it is open' ? { accept: () => {} } : { answer: () => request() };
    const { wire, until } = await dialServer(host, { clock });
    if (when === 'while it is opened') await requested;
    if (when === 'when it is open') await until('connected');
    if (how === 'ended') wire.end();
    else wire.abort();
    await everybodyGone();
    await closeWebSocketServers();
    await fewerSockets(0);
    expect([openSockets(), clock.timers()]).toEqual([[], []]);
  });

  it('is a cut where the server does not answer', async () => {
    const clock = createTestClock();
    const { wire, until } = await dialServer({ accept: (_socket, { socket }) => socket.pause() }, { clock });
    await until('connected');
    wire.end();
    expect(clock.timers()).toEqual([1000]);
    clock.increment(1000);
    await fewerSockets(1);
    expect([openSockets(), clock.timers()]).toEqual([['TCPSocketWrap'], []]);
  });

  it('is not put off by a server that says goodbye and stays', async () => {
    const { until } = await dialServer({
      accept(_socket, { socket }) {
        socket.removeAllListeners('data');
        socket.removeAllListeners('end');
        socket.write(Buffer.from([0x88, 0]));
      },
    });
    await until('closed');
  });
});

/** Dials a server without TLS. */
async function dialServer(host: WebSocketHost, options: Partial<ClientOptions> = {}) {
  const url = `ws://127.0.0.1:${await listenWebSocket(host)}/xmpp-websocket?a=1`;
  return { url, ...dialWith(dialWebSocket, url, options) };
}

/** A WebSocket that is paused, with both its ends. */
async function dialPaused(options: Partial<ClientOptions> = {}) {
  const accepted: { readonly socket: WebSocket; readonly connection: Socket }[] = [];
  const accept: WebSocketHost['accept'] = (socket, { socket: connection }) => accepted.push({ socket, connection });
  const dialled = await dialServer({ accept }, options);
  await dialled.until('connected');
  dialled.wire.pause();
  const [server] = accepted;
  if (!server) throw new Error('Nobody was accepted');
  return { ...dialled, server };
}
