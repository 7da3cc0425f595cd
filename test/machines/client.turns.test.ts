import { describe, expect, it } from 'vitest';
import type { TransportEvent } from '../../machines/index.ts';
import { SaslError } from '../../src/sasl/index.ts';
import { StreamError } from '../../src/stream/index.ts';
import { failed, features, login, MESSAGE, OPENED, PAYLOAD, passed, step, steps } from './client-steps.ts';

/** Everything that a transport can report. */
const EVENTS: { readonly [Type in TransportEvent['type']]: Extract<TransportEvent, { type: Type }> } = {
  'transport.connected': { type: 'transport.connected' },
  'transport.secured': { type: 'transport.secured' },
  'transport.failed': { type: 'transport.failed', error: transportError() },
  'transport.closed': { type: 'transport.closed' },
  'stream.opened': pick(OPENED, 'stream.opened'),
  'stream.closed': { type: 'stream.closed' },
  'stream.failed': { type: 'stream.failed', error: new StreamError('reset') },
  'features.received': pick(features(''), 'features.received'),
  'tls.proceeded': { type: 'tls.proceeded' },
  'tls.refused': { type: 'tls.refused' },
  'sasl.challenged': { type: 'sasl.challenged', payload: PAYLOAD },
  'sasl.succeeded': { type: 'sasl.succeeded', payload: undefined },
  'sasl.failed': { type: 'sasl.failed', error: new SaslError('x', { condition: 'aborted' }) },
  'stanza.received': pick(MESSAGE, 'stanza.received'),
};

/** What has its turn in each state of `linked`, and is no failure. */
const TURNS: Readonly<Record<string, readonly TransportEvent['type'][]>> = {
  connecting: ['transport.connected'],
  awaitingHeader: ['stream.opened'],
  awaitingFeatures: ['features.received'],
  awaitingProceed: ['tls.proceeded', 'tls.refused'],
  handshaking: ['transport.secured'],
  securedHeader: ['stream.opened'],
  securedFeatures: ['features.received'],
  authenticating: ['sasl.challenged', 'sasl.succeeded', 'sasl.failed'],
  restartingHeader: ['stream.opened'],
  restartingFeatures: ['features.received'],
  binding: ['stanza.received'],
  awaitingSession: ['stanza.received'],
  settling: [],
  stable: [],
};

/** Failures with an error of their own. */
const FAILURES: Readonly<Record<string, string>> = {
  'transport.failed': 'transport/timeout',
  'stream.closed': 'transport/connection-closed',
  'stream.failed': 'stream/reset',
};

const reached = login();
const STATES = Object.entries(reached);
const linked = STATES.filter(([, { path }]) => path.startsWith('linked.') && path !== 'linked.closing');

describe('what a server sends has its turn, or ends the attempt (RFC 6120 §4.3)', () => {
  it('in every state of `linked`', () => {
    expect(Object.keys(TURNS)).toEqual(linked.map(([name]) => name));
  });

  const table = linked.flatMap(([name, from]) =>
    Object.values(EVENTS).map((event) => ({ name, from, event, type: event.type })),
  );

  it.each(table.filter(({ name, type }) => TURNS[name]?.includes(type)))(
    '$type has its turn in $name',
    ({ from, event }) => {
      const { message = '' } = step(from.snapshot, event).snapshot.context.error ?? {};
      expect(message).not.toContain('out of turn');
    },
  );

  it.each(table.filter(({ name, type }) => !TURNS[name]?.includes(type)))(
    '$type fails $name',
    ({ from, event, type }) => {
      const next = step(from.snapshot, event);
      expect({ path: next.path, code: next.snapshot.context.error?.code }).toEqual({
        path: 'reconnecting.backingOff',
        code: FAILURES[type] ?? 'transport/protocol-violation',
      });
      expect(next.effects.slice(-3)).toEqual([
        'stop transport',
        'session ← session.end',
        'session ← publish reconnecting',
      ]);
    },
  );

  it('says what was out of turn', () => {
    const { error } = step(reached.awaitingFeatures.snapshot, EVENTS['sasl.succeeded']).snapshot.context;
    expect(error?.message).toBe('The server sent something out of turn: sasl.succeeded');
  });
});

describe('while our closing tag waits for that of the server (RFC 6120 §4.4)', () => {
  const ending = ['transport.failed', 'transport.closed', 'stream.closed', 'stream.failed'];

  it.each(Object.values(EVENTS).filter(({ type }) => !ending.includes(type)))('$type means nothing', (event) => {
    const next = step(reached.closing.snapshot, event);
    expect([next.path, ...next.effects]).toEqual(['linked.closing']);
    expect(next.snapshot.context.error).toBeUndefined();
  });

  it.each(Object.values(EVENTS).filter(({ type }) => ending.includes(type)))('$type ends it', (event) => {
    const next = step(reached.closing.snapshot, event);
    expect([next.path, ...next.effects]).toEqual(['offline', ...OFFLINE, 'stop transport']);
  });

  it('the server has the close timeout and no more', () => {
    const next = step(reached.closing.snapshot, passed('closeDeadline', 'linked.closing'));
    expect([next.path, ...next.effects]).toEqual(['offline', ...OFFLINE, 'stop transport']);
  });
});

describe('where there is no transport', () => {
  const waiting = steps(reached.connecting, failed('timeout'));
  const stopped = steps(reached.connecting, failed('certificate-invalid'));

  it.each(Object.values(EVENTS))('$type means nothing', (event) => {
    for (const from of [reached.offline, reached.resolving, waiting, stopped]) {
      const next = step(from.snapshot, event);
      expect([next.path, ...next.effects]).toEqual([from.path]);
    }
  });
});

const OFFLINE = ['session ← session.abandon', 'session ← publish offline'];

function transportError() {
  return pick(failed('timeout'), 'transport.failed').error;
}

function pick<Event extends { readonly type: string }, Type extends Event['type']>(
  event: Event,
  type: Type,
): Extract<Event, { readonly type: Type }> {
  if (event.type !== type) throw new Error(`Expected ${type}`);
  return event as Extract<Event, { readonly type: Type }>;
}
