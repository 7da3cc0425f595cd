import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket as LibraryWebSocket } from 'ws';
import { dialWebSocket } from '../../src/actors/websocket-web.ts';
import type { Wire } from '../../src/actors/wire.ts';
import type { ClientOptions } from '../../src/client/options.ts';
import { createTestClock } from '../support/clock.ts';
import { turn } from './recorder.ts';
import { closeWebSocketServers, dialWith, everybodyGone, listenWebSocket } from './websocket-servers.ts';

/** A browser's WebSocket whose network is the test. */
class FakeWebSocket {
  static readonly OPEN = 1;
  readonly asked: readonly unknown[];
  readonly sent: unknown[] = [];
  protocol = '';
  readyState = 0;
  bufferedAmount = 0;
  onopen = (): void => {};
  onmessage = (_event: { data: unknown }): void => {};
  onclose = (_event: { code: number; reason: string }): void => {};

  constructor(...asked: unknown[]) {
    this.asked = asked.map(String);
    made.push(this);
  }

  send(data: unknown): void {
    this.sent.push(data);
  }

  close(code: number): void {
    this.sent.push(`[close ${code}]`);
  }

  open(protocol = 'xmpp'): void {
    this.protocol = protocol;
    this.readyState = 1;
    this.onopen();
  }

  closed(code: number, reason = ''): void {
    this.readyState = 3;
    this.onclose({ code, reason });
  }
}

const made: FakeWebSocket[] = [];

beforeEach(() => {
  made.length = 0;
  vi.stubGlobal('WebSocket', FakeWebSocket);
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("a browser's WebSocket", () => {
  it('is asked for with the subprotocol xmpp, and is connected once it is open', () => {
    const { socket, log } = dial();
    expect([socket.asked, log]).toEqual([['wss://example.org/ws', 'xmpp'], []]);
    socket.open();
    expect(log).toEqual(['connected']);
  });

  it('carries messages both ways', () => {
    const { socket, wire, log } = dial();
    socket.open();
    socket.onmessage({ data: '<a>h\u00e9llo</a>' });
    expect(wire.write('<b>h\u00e9llo</b>')).toBe(true);
    expect([log, socket.sent]).toEqual([['connected', 'received <a>h\u00e9llo</a>'], ['<b>h\u00e9llo</b>']]);
  });

  it('that agrees on no subprotocol is left', () => {
    const { socket, log } = dial();
    socket.open('');
    expect([log, socket.sent]).toEqual([['transport/protocol-violation'], ['[close 1000]']]);
  });

  it('that is not opened tells no reason', () => {
    const { socket, log, errors } = dial();
    socket.closed(1006);
    expect([log, errors[0]?.message]).toEqual([
      ['transport/connection-failed'],
      'The WebSocket wss://example.org/ws could not be opened',
    ]);
  });

  it('that the platform does not make is told later, and why', async () => {
    const refusal = new DOMException('insecure', 'SecurityError');
    vi.stubGlobal(
      'WebSocket',
      class {
        constructor() {
          throw refusal;
        }
      },
    );
    const { log, errors, until } = dialWith(dialWebSocket, 'wss://example.org/ws');
    expect(log).toEqual([]);
    await until('transport/connection-failed');
    expect(errors[0]?.cause).toBe(refusal);
  });

  it('that has no TLS is not even made', async () => {
    const { until } = dialWith(dialWebSocket, 'ws://example.org/ws');
    await until('transport/tls-unavailable');
    expect(made).toEqual([]);
  });

  it('with a binary message is left (RFC 7395 §3.2)', () => {
    const { socket, log } = dial();
    socket.open();
    socket.onmessage({ data: new ArrayBuffer(4) });
    socket.onmessage({ data: '<a/>' });
    expect([log, socket.sent]).toEqual([['connected', 'stream/bad-format'], ['[close 1000]']]);
  });

  it('that is closed says with what code, once', () => {
    const { socket, log } = dial();
    socket.open();
    socket.closed(1001, 'bye');
    socket.closed(1001, 'bye');
    expect(log).toEqual(['connected', 'closed: close code 1001, "bye"']);
  });
});

describe('what comes', () => {
  it('cannot be held back', () => {
    const { socket, wire, log } = dial();
    socket.open();
    expect(wire.pause()).toBe(false);
    socket.onmessage({ data: '<a/>' });
    wire.resume();
    expect(log).toEqual(['connected', 'received <a/>']);
  });
});

describe('what waits to be sent', () => {
  it('is looked at now and then, once it is much: no more is taken before it has gone out', () => {
    const { socket, wire, log, clock } = dial();
    socket.open();
    socket.bufferedAmount = 65_536;
    expect([wire.write('<a/>'), wire.write('<b/>')]).toEqual([false, false]);
    expect(clock.timers()).toEqual([20]);
    clock.increment(20);
    expect([log, clock.timers()]).toEqual([['connected'], [40]]);
    socket.bufferedAmount = 65_535;
    clock.increment(20);
    expect([log, clock.timers()]).toEqual([['connected', 'drained'], []]);
    expect(wire.write('<c/>')).toBe(true);
    expect(socket.sent).toEqual(['<a/>', '<b/>', '<c/>']);
  });

  it.each<[string, (dialled: ReturnType<typeof dial>) => void, number[]]>([
    ['the WebSocket is closed', ({ socket }) => socket.closed(1006), []],
    ['we end it', ({ wire }) => wire.end(), [1000]],
    ['we give it up', ({ wire }) => wire.abort(), []],
  ])('is of no interest any more when %s', (_title, finish, timers) => {
    const dialled = dial();
    dialled.socket.open();
    dialled.socket.bufferedAmount = 65_536;
    dialled.wire.write('<a/>');
    finish(dialled);
    expect(dialled.clock.timers()).toEqual(timers);
  });
});

describe('the end', () => {
  it('is a closing handshake that is waited for, but not long', () => {
    const { socket, wire, log, clock } = dial();
    socket.open();
    wire.end();
    wire.end();
    socket.onmessage({ data: '<late/>' });
    expect([socket.sent, clock.timers()]).toEqual([['[close 1000]'], [1000]]);
    socket.closed(1000);
    expect([log, clock.timers()]).toEqual([['connected'], []]);
  });

  it('is the end also where nobody answers', () => {
    const { socket, wire, clock } = dial();
    socket.open();
    wire.end();
    clock.increment(1000);
    expect([socket.sent, clock.timers()]).toEqual([['[close 1000]', '[close 1000]'], []]);
  });

  it('is not waited for by who gives it up', () => {
    const { socket, wire, log, clock } = dial();
    socket.open();
    wire.abort();
    wire.abort();
    socket.onmessage({ data: '<late/>' });
    socket.closed(1006);
    wire.abort();
    expect([log, socket.sent, clock.timers()]).toEqual([['connected'], ['[close 1000]', '[close 1000]'], []]);
  });

  it.each<[string, (wire: Wire) => void]>([
    ['ended', (wire) => wire.end()],
    ['given up', (wire) => wire.abort()],
  ])('comes before it was open, %s: it never connects', async (_title, leave) => {
    const { socket, wire, log, clock } = dial();
    leave(wire);
    socket.open();
    socket.closed(1006);
    await turn();
    expect([log, socket.sent, clock.timers()]).toEqual([[], ['[close 1000]'], []]);
  });

  it('has come: nothing is sent any more', () => {
    const { socket, wire } = dial();
    socket.open();
    socket.closed(1001);
    expect(wire.write('<a/>')).toBe(true);
    expect(socket.sent).toEqual([]);
  });
});

describe('the same over a network', () => {
  afterEach(closeWebSocketServers);

  it('carries messages both ways, and ends', async () => {
    vi.stubGlobal('WebSocket', LibraryWebSocket);
    const received: string[] = [];
    const port = await listenWebSocket({
      accept(socket) {
        socket.on('message', (data) => {
          received.push(String(data));
          socket.send('<b/>');
        });
      },
    });
    const { wire, until } = dialWith(dialWebSocket, `ws://127.0.0.1:${port}/`);
    await until('connected');
    wire.write('<a/>');
    await until('received <b/>');
    wire.end();
    await everybodyGone();
    expect(received).toEqual(['<a/>']);
  });
});

function dial(options: Partial<ClientOptions> = {}) {
  const clock = createTestClock();
  const dialled = dialWith(dialWebSocket, 'wss://example.org/ws', { clock, ...options });
  const [socket] = made;
  if (!socket) throw new Error('No WebSocket was made');
  return { ...dialled, socket, clock };
}
