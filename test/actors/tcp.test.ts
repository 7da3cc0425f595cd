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

  it('hears nothing after it was ended', async () => {
    const port = await listen((socket) => socket.on('data', () => socket.write('late')));
    const { wire, until, log } = dial(port);
    await until('connected');
    wire.write('x');
    wire.end();
    await closed();
    expect(log).toEqual(['connected']);
  });

  it.each(['while it connects', 'when it is open'])(
    'leaves nothing that keeps the process alive when it is ended %s',
    async (when) => {
      const port = await listen(() => {});
      const clock = createTestClock();
      const { wire, until } = dial(port, {}, { clock });
      if (when === 'when it is open') await until('connected');
      wire.end();
      await closed();
      await closeServers();
      await fewerSockets(0);
      expect([openSockets(), clock.timers()]).toEqual([[], []]);
    },
  );

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
