import { describe, expect, it } from 'vitest';
import type { ClientEvent } from '../../machines/index.ts';
import type { ClientOptions } from '../../src/client/options.ts';
import { TransportError } from '../../src/errors/index.ts';
import { StreamError } from '../../src/stream/index.ts';
import {
  answered,
  authenticated,
  BIND_OFFER,
  beginAnywhere,
  bound,
  CONNECTED,
  crashed,
  FULL_JID,
  failed,
  found,
  OPENED,
  OTHER_STARTTLS,
  passed,
  recalled,
  SASL_OFFER,
  SECURED,
  SETTLING,
  STARTTLS,
  type Step,
  step,
  steps,
  TLS_OFFER,
  trail,
  WSS,
} from './client-steps.ts';
import { BOUND_OFFER, SASL2_OFFER, succeeded } from './login-steps.ts';

const START: ClientEvent = { type: 'start' };
const RETRY = 'reconnecting.backingOff';

/** The domain is all that is known; nothing was asked yet. */
function asking(options: Partial<ClientOptions> = {}): Step {
  return steps(beginAnywhere(options), START, recalled());
}

/** How far a round is: who was asked last, and what failed. */
function roundOf({ path, snapshot }: Step) {
  const { sources, error, tried } = snapshot.context;
  return {
    path,
    source: sources[0],
    code: error?.code,
    tried: tried.map(({ endpoint, code }) => `${endpoint}: ${code}`),
  };
}

describe('where the server is, is asked', () => {
  it('of DNS first (RFC 6120 §3.2), and of host-meta when no endpoint of DNS would do (XEP-0156 §2.2)', () => {
    const moves = [
      found(STARTTLS, OTHER_STARTTLS),
      failed('connection-refused'),
      failed('timeout'),
      found(WSS),
      CONNECTED,
    ];
    expect(trail(asking(), moves)).toEqual([
      ['linked.connecting', 'stop resolve', 'start transport'],
      ['linked.connecting', 'stop transport', 'session ← session.end', 'start transport'],
      ['resolving.asking', 'stop transport', 'session ← session.end', 'start resolve'],
      ['linked.connecting', 'stop resolve', 'start transport'],
      ['linked.secured.awaitingHeader', 'transport ← stream.open'],
    ]);
    const first = asking();
    const second = steps(first, found(STARTTLS), failed('timeout'));
    expect([first, second].map(({ inputs }) => inputs.resolve)).toMatchObject([
      { domain: 'example.org', source: 'dns' },
      { domain: 'example.org', source: 'host-meta' },
    ]);
  });

  it('of host-meta at once, where DNS knows nothing', () => {
    const next = step(asking().snapshot, found());
    expect([next.path, ...next.effects]).toEqual(['resolving.asking', 'stop resolve', 'start resolve']);
    expect(next.inputs.resolve?.source).toBe('host-meta');
    expect(steps(next, found(WSS)).inputs.transport?.endpoint).toEqual(WSS);
  });

  it.each<[string, ClientEvent]>([
    ['did not answer in time', passed('resolveDeadline', 'resolving.asking')],
    ['failed', crashed('resolve', new TransportError('x', { condition: 'discovery-failed' }))],
  ])('of host-meta, too, where DNS %s', (_title, event) => {
    const { path, inputs } = step(asking().snapshot, event);
    expect([path, inputs.resolve?.source]).toEqual(['resolving.asking', 'host-meta']);
  });

  it('with a deadline for each of them, counted anew', () => {
    const dns = asking({ timeouts: { resolve: 7 } });
    const afterNothing = step(dns.snapshot, found());
    const afterFailure = steps(dns, found(STARTTLS), failed('timeout'));
    expect([dns, afterNothing, afterFailure].map(({ deadlines }) => deadlines)).toEqual([
      { resolveDeadline: 7 },
      { resolveDeadline: 7 },
      { resolveDeadline: 7 },
    ]);
    const late = step(afterNothing.snapshot, passed('resolveDeadline', 'resolving.asking'));
    expect([late.path, late.snapshot.context.error?.code]).toEqual([RETRY, 'transport/timeout']);
  });

  it.each<[string, Partial<ClientOptions>]>([
    ['a host', { host: 'a.example.org' }],
    ['a port', { port: 5222 }],
    ['a WebSocket', { websocket: 'wss://a.example.org/ws' }],
    ['a server in this process', { memory: () => ({ write: () => {}, end: () => {} }) }],
    ['direct TLS', { directTls: true }],
    ['STARTTLS', { directTls: false }],
  ])('of nobody else where the application names %s', (_title, options) => {
    const waiting = steps(asking(options), found(STARTTLS), failed('connection-refused'));
    expect(roundOf(waiting)).toMatchObject({ path: RETRY, source: 'dns', code: 'transport/connection-refused' });
    expect(roundOf(step(asking(options).snapshot, found()))).toMatchObject({
      path: RETRY,
      source: 'dns',
      code: 'transport/host-not-found',
    });
  });
});

describe('a round that finds nothing more', () => {
  const exhausted = steps(asking(), found(STARTTLS, OTHER_STARTTLS), failed('timeout'), failed('connection-refused'));
  const TRIED = [
    'a.example.org:5222 (STARTTLS): transport/timeout',
    'b.example.org:5222 (STARTTLS): transport/connection-refused',
  ];

  it('says what the last candidate said', () => {
    const waiting = step(exhausted.snapshot, found());
    expect(roundOf(waiting)).toEqual({
      path: RETRY,
      source: 'host-meta',
      code: 'transport/connection-refused',
      tried: TRIED,
    });
    expect([waiting.snapshot.context.retry.attempt, waiting.effects]).toEqual([
      1,
      ['stop resolve', 'session ← publish reconnecting'],
    ]);
  });

  it('says so also where host-meta itself failed, and writes that down', () => {
    const waiting = step(
      exhausted.snapshot,
      crashed('resolve', new TransportError('x', { condition: 'discovery-failed' })),
    );
    expect(roundOf(waiting)).toEqual({
      path: RETRY,
      source: 'host-meta',
      code: 'transport/connection-refused',
      tried: [...TRIED, 'host-meta of example.org: transport/discovery-failed'],
    });
  });

  it('says that nothing is known of the domain, where nobody knows anything', () => {
    const waiting = steps(asking(), found(), found());
    expect(roundOf(waiting)).toMatchObject({ path: RETRY, source: 'host-meta', code: 'transport/host-not-found' });
  });

  it('tries what host-meta named, and then says what that said', () => {
    const waiting = steps(exhausted, found(WSS), failed('certificate-expired'));
    expect(roundOf(waiting)).toEqual({
      path: 'failed.terminal',
      source: 'host-meta',
      code: 'transport/certificate-expired',
      tried: [...TRIED, 'wss://d.example.org/ws: transport/certificate-expired'],
    });
  });

  it('is followed by one that begins with DNS again', () => {
    const again = steps(exhausted, found(), { type: 'reconnect.now' });
    expect(roundOf(again)).toEqual({ path: 'resolving.recalling', source: 'dns', code: undefined, tried: [] });
    expect(steps(again, recalled()).inputs.resolve?.source).toBe('dns');
  });
});

describe('host-meta is not asked', () => {
  it.each<[string, ClientEvent, string]>([
    [
      'where the domain says that it offers no service',
      crashed('resolve', new TransportError('x', { condition: 'service-unavailable' })),
      'failed.terminal',
    ],
    ['where asking broke', crashed('resolve', new Error('x')), 'failed.terminal'],
  ])('%s', (_title, event, path) => {
    expect(step(asking().snapshot, event).path).toBe(path);
  });

  it('where the next candidate would say the same', () => {
    const connecting = steps(asking(), found(STARTTLS));
    for (const event of [failed('certificate-untrusted'), streamFailed('policy-violation')]) {
      expect(step(connecting.snapshot, event).path).toBe('failed.terminal');
    }
    expect(step(connecting.snapshot, streamFailed('resource-constraint')).path).toBe(RETRY);
  });

  it.each<[string, readonly ClientEvent[]]>([
    ['RFC 6120', [SASL_OFFER, authenticated(), OPENED, BIND_OFFER]],
    ['XEP-0388', [SASL2_OFFER, succeeded(), authenticated(), BOUND_OFFER]],
  ])('at once when a session is lost: everybody would storm there (%s)', (_title, logIn) => {
    const moves = [found(STARTTLS, OTHER_STARTTLS), CONNECTED, OPENED, TLS_OFFER, { type: 'tls.proceeded' }] as const;
    const login = steps(asking(), ...moves, SECURED, OPENED, ...logIn);
    const online = login.path === 'linked.binding' ? bind(login) : login;
    expect(online.path).toBe(SETTLING);
    const lost = step(online.snapshot, failed('connection-reset'));
    expect(roundOf(lost)).toMatchObject({ path: RETRY, source: 'dns', code: 'transport/connection-reset' });
  });
});

describe('a client that has no DNS, as in a browser', () => {
  it.each<[string, ClientEvent]>([
    ['the server went down', streamFailed('system-shutdown')],
    ['the connection was lost', failed('connection-reset')],
  ])('asks host-meta in each round, also after %s', (_title, event) => {
    const online = steps(
      asking(),
      found(),
      found(WSS),
      CONNECTED,
      OPENED,
      SASL2_OFFER,
      succeeded(),
      authenticated(),
      BOUND_OFFER,
    );
    expect(online.path).toBe(SETTLING);
    const again = steps(online, event, { type: 'reconnect.now' }, recalled(), found());
    expect([again.path, again.inputs.resolve?.source]).toEqual(['resolving.asking', 'host-meta']);
    expect(steps(again, found(WSS)).path).toBe('linked.connecting');
  });
});

function streamFailed(condition: StreamError['condition']): ClientEvent {
  return { type: 'stream.failed', error: new StreamError(condition) };
}

function bind(binding: Step): Step {
  return step(binding.snapshot, answered(binding.snapshot, 'result', bound(FULL_JID.full)));
}
