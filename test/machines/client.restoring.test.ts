import { describe, expect, it } from 'vitest';
import type { ClientEvent, Endpoint, Restoration, RestoredSession, SessionStore } from '../../machines/index.ts';
import { SessionRecordError } from '../../src/errors/index.ts';
import { parseJid } from '../../src/jid/index.ts';
import {
  authenticated,
  begin,
  CONNECTED,
  crashed,
  failed,
  found,
  MANAGED_OFFER,
  managed,
  OPENED,
  passed,
  recalled,
  SASL_OFFER,
  SECURED,
  SETTLING,
  STARTTLS,
  steps,
  TLS_OFFER,
  trail,
  WSS,
} from './client-steps.ts';

const STORE: SessionStore = { load: () => undefined, save: () => undefined };
const START = { type: 'start' } as const;
const STOP = { type: 'stop' } as const;
const UNTIL_FEATURES = [
  CONNECTED,
  OPENED,
  TLS_OFFER,
  { type: 'tls.proceeded' },
  SECURED,
  OPENED,
  SASL_OFFER,
  authenticated(),
  OPENED,
] as const;

describe('a client whose application keeps session records', () => {
  it('asks for one before it asks anything else', () => {
    const offline = begin({ sessions: STORE });
    expect(trail(offline, [START, read()])).toEqual([
      ['restoring', 'start restore'],
      ['resolving.recalling', 'stop restore', 'session ← session.restore', 'start recall'],
    ]);
    expect(begin({ sessions: STORE, startsAtOnce: true }).path).toBe('restoring');
  });

  it('resumes the session of the process before it', () => {
    const offline = begin({ sessions: STORE });
    const restored = steps(offline, START, read(SESSION));
    expect(restored.snapshot.context.jid.full).toBe('juliet@example.org/balcony');
    const features = steps(restored, recalled(), found(STARTTLS), ...UNTIL_FEATURES);
    const resumption = managed('resumed', { previd: 'm1', h: '0' });
    expect(trail(features, [MANAGED_OFFER, resumption])).toEqual([
      ['linked.resuming', 'transport ← stream.leave', 'transport ← nonza.send'],
      [SETTLING, 'session ← session.resume', 'session ← publish online', 'transport ← silence.watch'],
    ]);
  });

  it('begins another session where the server has forgotten that one', () => {
    const restored = steps(begin({ sessions: STORE }), START, read(SESSION));
    const features = steps(restored, recalled(), found(STARTTLS), ...UNTIL_FEATURES);
    expect(trail(features, [MANAGED_OFFER, managed('failed')]).at(-1)).toEqual([
      'linked.binding',
      'session ← session.end',
      'transport ← stanza.send',
      'transport ← nonza.send',
    ]);
  });

  it('ends it, and begins another, where the application wants no stream management any more', () => {
    const restored = steps(begin({ sessions: STORE, streamManagement: false }), START, read(SESSION));
    const features = steps(restored, recalled(), found(STARTTLS), ...UNTIL_FEATURES);
    expect(trail(features, [MANAGED_OFFER])).toEqual([
      ['linked.binding', 'session ← session.end', 'transport ← stanza.send'],
    ]);
  });

  it('says what is wrong with a record, and logs in afresh', () => {
    const problem = new SessionRecordError('not good', { condition: 'damaged' });
    const refused = steps(begin({ sessions: STORE }), START, done({ restored: undefined, problem }));
    expect([refused.path, ...refused.effects]).toEqual([
      'resolving.recalling',
      'stop restore',
      'session ← session.restore',
      'session ← publish error',
      'start recall',
    ]);
    expect(refused.told.at(-1)).toEqual({ type: 'publish', event: { type: 'error', error: problem } });
  });

  it('does not wait for a store that says nothing', () => {
    const waiting = steps(begin({ sessions: STORE, timeouts: { resolve: 70 } }), START);
    expect(waiting.deadlines).toEqual({ resolveDeadline: 70 });
    const late = steps(waiting, passed('resolveDeadline', 'restoring'));
    expect([late.path, ...late.effects]).toEqual([
      'resolving.recalling',
      'stop restore',
      'session ← session.restore',
      'session ← publish error',
      'start recall',
    ]);
  });

  it('asks once: what came later, it knows itself', () => {
    const offline = steps(begin({ sessions: STORE }), START, read(SESSION), STOP);
    expect([offline.path, steps(offline, START).path]).toEqual(['offline', 'resolving.recalling']);
  });

  it('can be stopped while it asks', () => {
    expect(steps(begin({ sessions: STORE }), START, STOP).path).toBe('offline');
  });

  it('begins to count failed rounds whenever it is started, also where it asks once more', () => {
    const unread = steps(begin({ sessions: STORE }), START, crashed('restore', new Error('x')));
    const waiting = steps(unread, START, passed('resolveDeadline', 'resolving.recalling'));
    expect([unread.path, waiting.path]).toEqual(['failed.terminal', 'reconnecting.backingOff']);
    const again = steps(waiting, STOP, START);
    expect([again.path, again.snapshot.context.retry.attempt]).toEqual(['restoring', 0]);
  });

  it('has none of a guest', () => {
    const guest = begin({ jid: 'example.org', sessions: STORE, mechanisms: ['ANONYMOUS'] });
    expect(steps(guest, START).path).toBe('resolving.recalling');
  });
});

describe('a server that keeps a session may say where (XEP-0198 §5)', () => {
  it.each<[string, Endpoint, string[]]>([
    ['far.example.org', STARTTLS, ['far.example.org:5222', 'a.example.org:5222']],
    ['[2001:db8::1]:9222', STARTTLS, ['2001:db8::1:9222', 'a.example.org:5222']],
    ['a.example.org:5222', STARTTLS, ['a.example.org:5222']],
    ['not a place', STARTTLS, ['a.example.org:5222']],
    ['far.example.org', WSS, ['d.example.org:443']],
  ])('%s is dialled first, then what was found', (location, endpoint, expected) => {
    const restored = steps(begin({ sessions: STORE }), START, read(SESSION, location));
    const { candidates } = steps(restored, recalled(), found(endpoint)).snapshot.context;
    expect(candidates.map(({ host, port }) => `${host}:${port}`)).toEqual(expected);
  });

  it('and is not asked there for anything but that session', () => {
    const restored = steps(begin({ sessions: STORE }), START, read(undefined));
    expect(steps(restored, recalled(), found(STARTTLS)).snapshot.context.candidates).toEqual([STARTTLS]);
  });

  it.each(['connection-refused', 'certificate-wrong-host'] as const)('and nothing is lost by %s', (condition) => {
    const restored = steps(begin({ sessions: STORE }), START, read(SESSION, 'far.example.org'));
    const next = steps(restored, recalled(), found(STARTTLS), failed(condition));
    expect([next.path, next.inputs.transport?.endpoint.host]).toEqual(['linked.connecting', 'a.example.org']);
  });
});

const SESSION: RestoredSession['session'] = {
  jid: parseJid('juliet@example.org/balcony'),
  management: { id: 'm1', max: 300, location: undefined },
  enabled: [],
  features: [],
  received: 5,
  acknowledged: 2,
  isLive: true,
};

/** The store has a record, or none. */
function read(session?: RestoredSession['session'], location?: string): ClientEvent {
  const kept = session && { ...session, management: { ...session.management, location } };
  return done({ restored: kept && { session: kept, outgoing: [], written: 0 }, problem: undefined });
}

function done(output: Restoration): ClientEvent {
  return { type: 'xstate.done.actor.restore', actorId: 'restore', output };
}
