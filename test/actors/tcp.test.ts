import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createTestClock } from '../support/clock.ts';
import { closed, closeServers, dial, fewerSockets, listen, openSockets } from './tcp-servers.ts';

afterEach(closeServers);

describe('a connection over TCP', () => {
  it('carries bytes both ways, and ends after all that was written has gone out', async () => {
    const received: string[] = [];
    const port = await listen((socket) => {
      socket.on('data', (bytes) => received.push(bytes.toString()));
      socket.write('hello');
    });
    const { wire, until } = dial(port);
    await until('connected');
    await until('received hello');
    wire.write('x'.repeat(100_000));
    wire.end();
    wire.end();
    await closed();
    expect(received.join('')).toHaveLength(100_000);
  });

  it('that nobody accepts is refused', async () => {
    const port = await listen(() => {});
    await closeServers();
    const { until, log } = dial(port);
    await until('transport/connection-refused');
    expect(log).toEqual(['transport/connection-refused']);
  });

  it('to a host that nobody knows is not found', async () => {
    const { until, errors } = dial(5222, { host: 'nowhere.invalid' });
    await until('transport/host-not-found');
    expect(errors[0]?.endpoint ?? errors[0]?.message).toContain('nowhere.invalid:5222');
  });

  it('that the server resets has failed', async () => {
    const port = await listen((socket) => socket.resetAndDestroy());
    const { until, log } = dial(port);
    await until('transport/connection-reset');
    expect(log.filter((entry) => entry !== 'connected')).toEqual(['transport/connection-reset']);
  });

  it('that the server ends is closed, once', async () => {
    const port = await listen((socket) => socket.end());
    const { until, log } = dial(port);
    await until('closed');
    await closed();
    expect(log).toEqual(['connected', 'closed']);
  });

  it('tells when it takes no more, and when it does again', async () => {
    const port = await listen((socket) => socket.resume());
    const { wire, until } = dial(port);
    await until('connected');
    expect(wire.write('x'.repeat(10_000_000))).toBe(false);
    await until('drained');
    expect(wire.write('x')).toBe(true);
  });

  it('hears nothing while it is paused, and the server can send no more: its memory is used, not ours', async () => {
    const { wire, until, log, server } = await dialPaused();
    let isDrained = false;
    server.once('drain', () => {
      isDrained = true;
    });
    expect(server.write(Buffer.alloc(64_000_000, 'x'))).toBe(false);
    for (let i = 0; i < 100; i += 1) await new Promise((resolve) => setImmediate(resolve));
    expect([log, isDrained]).toEqual([['connected'], false]);
    wire.resume();
    await expect.poll(() => isDrained, { interval: 1 }).toBe(true);
    server.end();
    await until('closed');
    const received = log.filter((entry) => entry.startsWith('received '));
    expect(received.join('').replaceAll('received ', '')).toHaveLength(64_000_000);
  });

  it('tells what came before it failed, also where that was held back', async () => {
    const { wire, until, log, server } = await dialPaused();
    // Whoever leaves with something unread resets the connection (RFC 2525 §2.17).
    wire.write('x'.repeat(1_000_000));
    server.write('last words');
    await expect.poll(() => server.readableLength, { interval: 1 }).toBeGreaterThan(0);
    server.destroy();
    await until('transport/connection-reset');
    const heard = log.filter((entry) => entry !== 'drained');
    expect(heard).toEqual(['connected', 'received last words', 'transport/connection-reset']);
  });

  it('hears nothing after it was ended', async () => {
    const port = await listen((socket) => socket.on('data', () => socket.write('late')));
    const { wire, until, log } = dial(port);
    await until('connected');
    wire.write('x');
    wire.end();
    await closed();
    expect(log).toEqual(['connected']);
  });

  it('is cut by who gives it up, whatever waits to be sent', async () => {
    const clock = createTestClock();
    let length = 0;
    const port = await listen((socket) =>
      socket.on('data', (bytes) => {
        length += bytes.length;
      }),
    );
    const { wire, until, log } = dial(port, {}, { clock });
    await until('connected');
    expect(wire.write('x'.repeat(50_000_000))).toBe(false);
    wire.abort();
    wire.end();
    expect(clock.timers()).toEqual([]);
    await closed();
    expect(log).toEqual(['connected']);
    expect(length).toBeLessThan(50_000_000);
  });

  it.each([
    ['ended', 'while it connects'],
    ['ended', 'when it is open'],
    ['given up', 'while it connects'],
    ['given up', 'when it is open'],
  ])('leaves nothing that keeps the process alive when it is %s %s', async (how, when) => {
    const port = await listen(() => {});
    const clock = createTestClock();
    const { wire, until } = dial(port, {}, { clock });
    if (when === 'when it is open') await until('connected');
    if (how === 'ended') wire.end();
    else wire.abort();
    await closed();
    await closeServers();
    await fewerSockets(0);
    expect([openSockets(), clock.timers()]).toEqual([[], []]);
  });

  it('is cut where the server does not end its side', async () => {
    const port = await listen((socket) => socket.pause(), { allowHalfOpen: true });
    const clock = createTestClock();
    const { wire, until } = dial(port, {}, { clock });
    await until('connected');
    wire.end();
    expect(clock.timers()).toEqual([1000]);
    clock.increment(1000);
    await fewerSockets(1);
    expect([openSockets(), clock.timers()]).toEqual([['TCPSocketWrap'], []]);
  });
});

/** A connection that is paused, with both its ends. */
async function dialPaused() {
  const server: Socket[] = [];
  const dialled = dial(await listen((socket) => server.push(socket)));
  await dialled.until('connected');
  await expect.poll(() => server, { interval: 1 }).toHaveLength(1);
  dialled.wire.pause();
  const [socket] = server;
  if (!socket) throw new Error('Nobody was accepted');
  return { ...dialled, server: socket };
}
