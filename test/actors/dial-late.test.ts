import { describe, expect, it } from 'vitest';
import type { TransportInput } from '../../machines/contracts.ts';
import { dialLate } from '../../src/actors/dial-late.ts';
import type { Dial, Wire } from '../../src/actors/wire.ts';
import { clientInput } from '../../src/client/client-input.ts';
import { OptionError } from '../../src/errors/index.ts';
import { messageFraming } from '../../src/stream/index.ts';
import { turn } from './recorder.ts';

describe('a wire whose code is loaded first', () => {
  it('is there at once, and connects when the code is there', async () => {
    const { wire, log, arrive } = dial();
    expect(wire.framing).toBe(messageFraming);
    await turn();
    expect(log).toEqual([]);
    arrive(fakeDial(log));
    await turn();
    expect(wire.write('<a/>')).toBe(false);
    wire.startTls();
    expect(wire.pause()).toBe(false);
    wire.resume();
    wire.end();
    wire.abort();
    expect(log).toEqual([
      'dialled xmpp.example.org',
      'connected',
      'wrote <a/>',
      'TLS',
      'paused',
      'resumed',
      'ended',
      'aborted',
    ]);
  });

  it('takes what nobody could expect to go out, and passes nothing on', async () => {
    const { wire, log } = dial();
    expect([wire.write('<a/>'), wire.pause()]).toEqual([true, true]);
    wire.startTls();
    wire.resume();
    await turn();
    expect(log).toEqual([]);
  });

  it.each([
    ['ended', (wire: Wire) => wire.end()],
    ['given up', (wire: Wire) => wire.abort()],
  ])('is not dialled any more when it was %s meanwhile', async (_title, leave) => {
    const { wire, log, arrive } = dial();
    leave(wire);
    arrive(fakeDial(log));
    await turn();
    expect(log).toEqual([]);
  });

  it('says so where the code cannot be loaded, and what can be done', async () => {
    const { log, fail } = dial();
    fail(new TypeError('Failed to fetch dynamically imported module'));
    await turn();
    expect(log).toEqual([
      'transport/connection-failed',
      'Check the network. If the files of the page were replaced since it was opened, open it again.',
    ]);
  });

  it('says nothing of that to who has left', async () => {
    const { wire, log, fail } = dial();
    wire.end();
    fail(new TypeError('Failed to fetch dynamically imported module'));
    await turn();
    expect(log).toEqual([]);
  });

  it.each([
    ['the application', new OptionError('no such place', { hint: 'Choose another.' }), 'option/invalid'],
    ['this library', new RangeError('a bug'), 'transport/internal-error'],
  ])('tells what dialling fails with by the fault of %s', async (_who, error, code) => {
    const { log, arrive } = dial();
    arrive(() => {
      throw error;
    });
    await turn();
    expect(log[0]).toBe(code);
  });
});

function dial() {
  const log: string[] = [];
  let arrive: (dial: Dial) => void = () => {};
  let fail: (cause: Error) => void = () => {};
  const code = new Promise<Dial>((resolve, reject) => {
    arrive = resolve;
    fail = reject;
  });
  const wire = dialLate(messageFraming, () => code)(input, {
    connected: () => void log.push('connected'),
    secured: () => void log.push('secured'),
    received: () => void log.push('received'),
    heard: () => void log.push('heard'),
    drained: () => void log.push('drained'),
    failed: ({ code, hint = '' }) => void log.push(code, hint),
    closed: () => void log.push('closed'),
  });
  return { wire, log, arrive, fail };
}

function fakeDial(log: string[]): Dial {
  return ({ endpoint }, listener): Wire => {
    log.push(`dialled ${endpoint.host}`);
    queueMicrotask(() => listener.connected());
    return {
      framing: messageFraming,
      write: (text) => {
        log.push(`wrote ${text}`);
        return false;
      },
      startTls: () => void log.push('TLS'),
      pause() {
        log.push('paused');
        return false;
      },
      resume: () => void log.push('resumed'),
      end: () => void log.push('ended'),
      abort: () => void log.push('aborted'),
    };
  };
}

const input: TransportInput = {
  endpoint: {
    transport: 'websocket',
    url: 'wss://xmpp.example.org/ws',
    host: 'xmpp.example.org',
    port: 443,
    security: 'direct-tls',
    reason: 'a test',
  },
  domain: 'example.org',
  settings: clientInput({ jid: 'juliet@example.org', password: 'x' }),
};
