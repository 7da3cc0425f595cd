import { describe, expect, it } from 'vitest';
import { fromCallback } from 'xstate';
import { type ClientEvent, neverRetry, type RetryRequest, type Subprotocol } from '../../machines/index.ts';
import { StreamError } from '../../src/stream/index.ts';
import { parseElement } from '../../src/xml/index.ts';
import {
  authenticated,
  begin,
  crashed,
  FULL_JID,
  failed,
  found,
  login,
  passed,
  recalled,
  STARTTLS,
  type Step,
  step,
  steps,
} from './client-steps.ts';
import { everyLogin } from './login-steps.ts';

const START: ClientEvent = { type: 'start' };
const STOP: ClientEvent = { type: 'stop' };
const ENDED = ['session ← session.abandon', 'session ← publish offline'];

describe('stop', () => {
  const at = everyLogin();
  const waiting = steps(at.connecting, failed('timeout'));
  const withoutNetwork = steps(waiting, { type: 'network.offline' });
  const terminal = steps(at.connecting, failed('certificate-invalid'));
  const redirected = steps(at.securedFeatures, {
    type: 'stream.failed',
    error: new StreamError('see-other-host', { host: 'moved.example.net' }),
  });
  const closing = ['linked.closing', 'session ← session.end', 'transport ← stream.close'];

  it.each<[string, Step, string[]]>([
    ['offline', at.offline, ['offline', 'session ← session.abandon']],
    ['recalling', at.recalling, ['offline', 'stop recall', ...ENDED]],
    ['resolving', at.resolving, ['offline', 'stop resolve', ...ENDED]],
    ['sent elsewhere', redirected, ['offline', 'stop recall', ...ENDED]],
    ['waiting for the next round', waiting, ['offline', ...ENDED]],
    ['waiting for the network', withoutNetwork, ['offline', ...ENDED]],
    ['failed', terminal, ['offline', ...ENDED]],
    ['connecting', at.connecting, closing],
    ['opening', at.awaitingHeader, closing],
    ['awaiting features', at.awaitingFeatures, closing],
    ['asking for TLS', at.awaitingProceed, closing],
    ['shaking hands', at.handshaking, closing],
    ['secured', at.securedFeatures, closing],
    ['authenticating', at.authenticating, ['linked.closing', 'stop authentication', ...closing.slice(1)]],
    ['restarting the stream', at.restartingHeader, closing],
    ['logging in', at.exchanging, ['linked.closing', 'stop authentication', ...closing.slice(1)]],
    ['logging in early', at.earlyHeader, ['linked.closing', 'stop authentication', ...closing.slice(1)]],
    ['verifying the server', at.verifying, ['linked.closing', 'stop authentication', ...closing.slice(1)]],
    ['awaiting other features', at.awaitingNewFeatures, ['linked.closing', 'stop authentication', ...closing.slice(1)]],
    ['asking for management', at.awaitingManagement, closing],
    ['resuming', at.resuming, closing],
    [
      'online with a managed session',
      at.managedOnline,
      ['linked.closing', 'transport ← stream.leave', ...closing.slice(1)],
    ],
    ['binding', at.binding, closing],
    ['establishing', at.awaitingSession, closing],
    ['just online', at.settling, closing],
    ['online', at.stable, closing],
    ['closing', at.closing, ['linked.closing']],
  ])('means one thing: %s', (_title, from, expected) => {
    const next = step(from.snapshot, STOP);
    expect([next.path, ...next.effects]).toEqual(expected);
  });

  it('is not needed where the client is broken', () => {
    const broken = step(at.stable.snapshot, crashed('session', new Error('x')));
    expect([broken.path, broken.snapshot.status]).toEqual(['broken', 'done']);
    expect(broken.snapshot.output?.error?.code).toBe('transport/internal-error');
  });

  it('leads back to a start', () => {
    expect(steps(at.closing, { type: 'stream.closed' }, START).path).toBe('resolving.recalling');
  });
});

describe('start', () => {
  const at = everyLogin();

  it('does nothing where the client is on its way or online', () => {
    const waiting = steps(at.connecting, failed('timeout'));
    const { offline: _, ...busy } = at;
    for (const from of [...Object.values(busy), waiting]) {
      const next = step(from.snapshot, START);
      expect([next.path, ...next.effects]).toEqual([from.path]);
    }
  });

  it('leads out of every kind of failure, and forgets it', () => {
    const gaveUp = steps(login({ reconnect: neverRetry }).connecting, failed('timeout'));
    const terminal = steps(at.connecting, failed('certificate-invalid'));
    const credentials = steps(at.connecting, authenticated());
    for (const from of [gaveUp, terminal, steps(credentials, failed('tls-unavailable'))]) {
      const next = step(from.snapshot, START);
      const { error, tried, retry } = next.snapshot.context;
      expect({ path: next.path, error, tried, retry }).toEqual({
        path: 'resolving.recalling',
        error: undefined,
        tried: [],
        retry: { attempt: 0, delay: undefined },
      });
    }
  });
});

describe('the next round', () => {
  it('begins when the policy says, which hears how often and why it failed', () => {
    const asked: RetryRequest[] = [];
    const at = login({ random: () => 0.25, reconnect: (request) => asked.push(request) * 100 });
    const waiting = steps(at.connecting, failed('timeout'));
    const backOff = passed('backOff', 'reconnecting.backingOff');
    const again = steps(waiting, backOff, recalled(), found(STARTTLS), failed('connection-reset'));
    expect([waiting.deadlines, again.deadlines]).toEqual([{ backOff: 100 }, { backOff: 200 }]);
    expect(asked.map(({ attempt, random, error }) => [attempt, random, error?.code])).toEqual([
      [1, 0.25, 'transport/timeout'],
      [2, 0.25, 'transport/connection-reset'],
    ]);
    expect(steps(again, backOff).path).toBe('resolving.recalling');
  });

  it('does not begin where the policy gives up', () => {
    const { snapshot, path, effects } = steps(login({ reconnect: neverRetry }).connecting, failed('timeout'));
    expect(path).toBe('failed.gaveUp');
    expect(effects).toEqual([
      'stop transport',
      'session ← session.end',
      'session ← session.end',
      'session ← requests.abandon',
      'session ← publish failed',
    ]);
    expect([...snapshot.tags]).toEqual(['failed']);
    expect(snapshot.context.error?.code).toBe('transport/timeout');
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('x');
      },
    ],
    ['answers with no number', () => Number.NaN],
    ['answers with less than nothing', () => -1],
    ['answers with more than any timer can wait', () => Number.POSITIVE_INFINITY],
  ])('begins after a usual delay where the policy %s', (_title, reconnect) => {
    const { path, deadlines } = steps(login({ reconnect, random: () => 0.5 }).connecting, failed('timeout'));
    expect({ path, deadlines }).toEqual({ path: 'reconnecting.backingOff', deadlines: { backOff: 500 } });
  });

  it('counts on where a session did not last, and from the start where it did', () => {
    const at = login({ random: () => 0 });
    const failedOnce = steps(at.connecting, failed('timeout'), { type: 'reconnect.now' }, recalled(), found(STARTTLS));
    expect(failedOnce.snapshot.context.retry.attempt).toBe(1);
    expect(steps(failedOnce, failed('timeout')).snapshot.context.retry.attempt).toBe(2);
    const lost = steps(at.settling, failed('connection-reset'));
    expect(lost.snapshot.context.retry.attempt).toBe(1);
    const stable = step(
      {
        ...at.settling.snapshot,
        context: { ...at.settling.snapshot.context, retry: { attempt: 7, delay: 1 } },
      } as typeof at.settling.snapshot,
      passed('stableSession', 'linked.online.stability.settling'),
    );
    expect(stable.snapshot.context.retry).toEqual({ attempt: 0, delay: undefined });
  });

  it.each<[string, readonly ClientEvent[], string]>([
    ['when it is asked for', [{ type: 'reconnect.now' }], 'resolving.recalling'],
    ['when the network is said to be there', [{ type: 'network.online' }], 'resolving.recalling'],
    ['not while there is no network', [{ type: 'network.offline' }], 'reconnecting.awaitingNetwork'],
    ['when the network comes back', [{ type: 'network.offline' }, { type: 'network.online' }], 'resolving.recalling'],
    [
      'when it is asked for, even without network',
      [{ type: 'network.offline' }, { type: 'reconnect.now' }],
      'resolving.recalling',
    ],
    [
      'when the network stays away for too long to be believed',
      [{ type: 'network.offline' }, passed('networkPatience', 'reconnecting.awaitingNetwork')],
      'resolving.recalling',
    ],
  ])('begins %s', (_title, events, path) => {
    expect(steps(steps(login().connecting, failed('timeout')), ...events).path).toBe(path);
  });

  it('waits for the network no longer than its patience', () => {
    const at = login({ timeouts: { network: 123 } });
    expect(steps(at.connecting, failed('timeout'), { type: 'network.offline' }).deadlines).toEqual({
      networkPatience: 123,
    });
  });
});

describe('what the application sends', () => {
  const subprotocol: Subprotocol = { name: 'p', features: [], routes: [], logic: fromCallback(() => {}) };
  const stanza = parseElement("<presence xmlns='jabber:client'/>");
  const commands: [ClientEvent, string][] = [
    [{ type: 'stanza.send', stanza }, 'session ← stanza.send'],
    [{ type: 'subprotocol.tell', name: 'p', event: { type: 'announce' } }, 'session ← subprotocol.tell announce'],
    [{ type: 'subprotocol.use', subprotocol }, 'session ← subprotocol.use'],
  ];

  it('reaches the session in every state, and changes none', () => {
    const at = Object.values(everyLogin());
    for (const from of [...at, steps(begin(), START, failed('timeout'))]) {
      for (const [command, effect] of commands) {
        const next = step(from.snapshot, command);
        expect([next.path, ...next.effects]).toEqual([from.path, effect]);
      }
    }
  });

  it('keeps the address of the last session', () => {
    const at = login();
    expect(steps(at.stable, failed('timeout')).snapshot.context.jid).toEqual(FULL_JID);
  });
});
