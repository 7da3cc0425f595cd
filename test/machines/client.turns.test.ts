import { describe, expect, it } from 'vitest';
import type { TransportEvent } from '../../machines/index.ts';
import { SaslError } from '../../src/sasl/index.ts';
import { StreamError } from '../../src/stream/index.ts';
import {
  CONNECTED,
  failed,
  features,
  MESSAGE,
  managed,
  OPENED,
  PAYLOAD,
  passed,
  SECURED,
  step,
  steps,
} from './client-steps.ts';
import { everyLogin } from './login-steps.ts';

/** Only asked for in a session. */
type SignOfLife = 'transport.silent' | 'transport.heard' | 'platform.woke';

/** Everything else that a transport can report. */
const EVENTS: {
  readonly [Type in Exclude<TransportEvent['type'], SignOfLife>]: Extract<TransportEvent, { type: Type }>;
} = {
  'transport.connected': CONNECTED,
  'transport.secured': SECURED,
  'transport.failed': { type: 'transport.failed', error: transportError() },
  'transport.closed': { type: 'transport.closed' },
  'stream.opened': pick(OPENED, 'stream.opened'),
  'stream.closed': { type: 'stream.closed' },
  'stream.failed': { type: 'stream.failed', error: new StreamError('reset') },
  'features.received': pick(features(''), 'features.received'),
  'tls.proceeded': { type: 'tls.proceeded' },
  'tls.refused': { type: 'tls.refused' },
  'sasl.challenged': { type: 'sasl.challenged', payload: PAYLOAD },
  'sasl.succeeded': { type: 'sasl.succeeded', payload: undefined, outcome: undefined },
  'sasl.failed': { type: 'sasl.failed', error: new SaslError('x', { condition: 'aborted' }) },
  'management.answered': pick(managed('failed'), 'management.answered'),
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
  // Prosody's mod_sasl2_sm sends features behind a session that it resumed, against XEP-0198 §9.2.
  settling: ['features.received'],
  stable: ['features.received'],
  exchanging: ['sasl.challenged', 'sasl.succeeded', 'sasl.failed'],
  verifying: ['features.received', 'stanza.received'],
  unboundVerifying: ['features.received', 'stanza.received'],
  verifyingWithFeatures: ['stanza.received'],
  awaitingNewFeatures: ['features.received', 'stanza.received'],
  unboundNewFeatures: ['features.received', 'stanza.received'],
  bindingAfterwards: ['stanza.received'],
  sessionAfterwards: ['stanza.received'],
  boundOnline: ['features.received'],
  earlyHeader: ['stream.opened'],
  earlyFeatures: ['features.received'],
  earlyExchanging: ['sasl.challenged', 'sasl.succeeded', 'sasl.failed'],
  managedBinding: ['management.answered', 'stanza.received'],
  awaitingManagement: ['management.answered', 'stanza.received'],
  managedOnline: ['features.received'],
  resuming: ['management.answered', 'stanza.received'],
  resumed: ['features.received'],
};

/** States with a session that can be resumed on another stream, unless this one ends with an error (XEP-0198 §5). */
const RESUMABLE: readonly string[] = ['managedOnline', 'resuming', 'resumed'];

/** Failures with an error of their own. */
const FAILURES: Readonly<Record<string, string>> = {
  'transport.failed': 'transport/timeout',
  'stream.closed': 'transport/connection-closed',
  'stream.failed': 'stream/reset',
};

const reached = everyLogin();
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
    ({ name, from, event, type }) => {
      const next = step(from.snapshot, event);
      // What was closed cleanly, or ended with an error, is nothing to go on with (XEP-0198 §7, RFC 6120 §4.9.1.1).
      const isOver = type === 'stream.failed' || (type === 'stream.closed' && name !== 'resuming');
      const isKept = RESUMABLE.includes(name) && !isOver;
      expect({ path: next.path, code: next.snapshot.context.error?.code }).toEqual({
        path: 'reconnecting.backingOff',
        code: FAILURES[type] ?? 'transport/protocol-violation',
      });
      expect(next.effects.slice(-3)).toEqual([
        'stop transport',
        isKept ? 'session ← session.suspend' : 'session ← session.end',
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
  const redirected = steps(reached.securedFeatures, {
    type: 'stream.failed',
    error: new StreamError('see-other-host', { host: 'moved.example.net' }),
  });

  it.each(Object.values(EVENTS))('$type means nothing', (event) => {
    for (const from of [reached.offline, reached.recalling, reached.resolving, redirected, waiting, stopped]) {
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
