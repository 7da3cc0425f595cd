import { describe, expect, it } from 'vitest';
import type { ClientEvent, Endpoint } from '../../machines/index.ts';
import { TransportError } from '../../src/errors/index.ts';
import { StreamError } from '../../src/stream/index.ts';
import {
  authenticated,
  CONNECTED,
  crashed,
  DIRECT_TLS,
  FULL_JID,
  failed,
  found,
  IN_CLEAR,
  login,
  MEMORY,
  OPENED,
  OTHER_STARTTLS,
  passed,
  recalled,
  SECURED,
  SETTLING,
  STABLE,
  STARTTLS,
  type Step,
  step,
  steps,
  TLS_OFFER,
  WSS,
} from './client-steps.ts';
import { BOUND_OFFER, earlyLogin, everyLogin, SASL2_OFFER, sasl2Login, succeeded, TOKEN } from './login-steps.ts';

const TO_TLS = [CONNECTED, OPENED, TLS_OFFER, { type: 'tls.proceeded' }, SECURED] as const;
const TO_ONLINE = [...TO_TLS, OPENED, SASL2_OFFER, succeeded(), BOUND_OFFER, authenticated()] as const;

/** The server sends us elsewhere. */
function redirect(host = 'moved.example.net'): ClientEvent {
  return { type: 'stream.failed', error: new StreamError('see-other-host', { host }) };
}

/** It does, and what the stores know is asked for. */
function followed(from: Step, event = redirect(), ...more: readonly ClientEvent[]): Step {
  return steps(from, event, recalled(), ...more);
}

describe('a server that sends us elsewhere (RFC 6120 §4.9.3.19)', () => {
  it('is obeyed at once: the stores are asked what to log in with there, then the other host is dialled', () => {
    const { securedFeatures } = login();
    const redirected = step(securedFeatures.snapshot, redirect('moved.example.net:9222'));
    expect([redirected.path, ...redirected.effects]).toEqual([
      'resolving.redirected',
      'stop transport',
      'session ← session.end',
      'start recall',
    ]);
    expect(redirected.deadlines).toEqual({ resolveDeadline: 10_000 });
    const dialling = step(redirected.snapshot, recalled({ pin: 'SCRAM-SHA-256' }));
    expect([dialling.path, ...dialling.effects]).toEqual(['linked.connecting', 'stop recall', 'start transport']);
    expect(dialling.snapshot.context.recalled.pin).toBe('SCRAM-SHA-256');
    expect(dialling.inputs.transport?.endpoint).toEqual({
      transport: 'tcp',
      host: 'moved.example.net',
      port: 9222,
      security: 'starttls',
      reason: 'a.example.org sent us there',
      isRedirect: true,
    });
  });

  it('cannot change whom the certificate must name, nor whom we ask for', () => {
    const dialling = followed(login().securedFeatures);
    expect(dialling.inputs.transport?.domain).toBe('example.org');
    expect(steps(dialling, CONNECTED).told).toEqual([{ type: 'stream.open', to: 'example.org' }]);
  });

  it('is written down, and counts as no failed round', () => {
    const { tried, retry } = followed(login().securedFeatures).snapshot.context;
    expect(tried.map(({ endpoint, code }) => [endpoint, code])).toEqual([
      ['a.example.org:5222 (STARTTLS)', 'stream/see-other-host'],
    ]);
    expect(retry.attempt).toBe(0);
  });

  it('keeps how the connection is secured, also at the usual port', () => {
    const { snapshot } = followed(steps(login({}, DIRECT_TLS).connecting, CONNECTED, SECURED));
    expect(snapshot.context.candidates[0]).toMatchObject({
      host: 'moved.example.net',
      port: 5223,
      security: 'direct-tls',
    });
  });

  it('leaves the other candidates where they were: they are tried when the other host fails', () => {
    const { securedFeatures } = login({}, STARTTLS, OTHER_STARTTLS, DIRECT_TLS);
    const dialling = followed(securedFeatures);
    expect(dialling.snapshot.context.candidates.map(({ host }) => host)).toEqual([
      'moved.example.net',
      'b.example.org',
      'c.example.org',
    ]);
    const next = steps(dialling, failed('connection-refused'));
    expect([next.path, next.inputs.transport?.endpoint]).toEqual(['linked.connecting', OTHER_STARTTLS]);
  });

  it('is obeyed wherever TLS stands', () => {
    const { offline, recalling, resolving, connecting, closing, ...states } = everyLogin();
    const before = ['awaitingHeader', 'awaitingFeatures', 'awaitingProceed', 'handshaking'];
    for (const [name, from] of Object.entries(states)) {
      const expected = before.includes(name) ? 'reconnecting.backingOff' : 'resolving.redirected';
      expect([name, step(from.snapshot, redirect()).path]).toEqual([name, expected]);
    }
    expect(step(closing.snapshot, redirect()).path).toBe('offline');
    for (const from of [offline, recalling, resolving]) expect(step(from.snapshot, redirect()).path).toBe(from.path);
  });
});

describe('a server that sends us elsewhere is not obeyed', () => {
  it.each<[string, Endpoint]>([
    ['in clear', IN_CLEAR],
    ['inside this process', MEMORY],
  ])('%s', (_title, endpoint) => {
    const opened = steps(login({}, endpoint).connecting, CONNECTED, OPENED);
    const { path, snapshot } = step(opened.snapshot, redirect());
    expect([path, snapshot.context.error?.code]).toEqual(['reconnecting.backingOff', 'stream/see-other-host']);
  });

  it('before TLS: there anybody could say so; the next candidate is tried', () => {
    const { connecting, awaitingHeader, awaitingFeatures } = login({}, STARTTLS, OTHER_STARTTLS);
    for (const from of [connecting, awaitingHeader, awaitingFeatures]) {
      const next = step(from.snapshot, redirect());
      expect([next.path, next.inputs.transport?.endpoint]).toEqual(['linked.connecting', OTHER_STARTTLS]);
    }
  });

  it('where it names no place', () => {
    for (const host of ['', 'two hosts', 'moved.example.net:0', '::1']) {
      expect(step(login().securedFeatures.snapshot, redirect(host)).path).toBe('reconnecting.backingOff');
    }
  });

  it('a fourth time in a row', () => {
    let last = login({}, STARTTLS, OTHER_STARTTLS).securedFeatures;
    for (const host of ['one.example', 'two.example', 'three.example']) {
      last = followed(last, redirect(host), ...TO_TLS);
      expect([last.path, last.snapshot.context.candidates[0]?.host]).toEqual(['linked.secured.awaitingHeader', host]);
    }
    expect(last.snapshot.context.redirects).toBe(3);
    const next = step(last.snapshot, redirect('four.example'));
    expect([next.path, next.inputs.transport?.endpoint]).toEqual(['linked.connecting', OTHER_STARTTLS]);
    const lastOfAll = steps(next, ...TO_TLS, redirect('five.example'));
    expect([lastOfAll.path, lastOfAll.snapshot.context.error?.code]).toEqual([
      'reconnecting.backingOff',
      'stream/see-other-host',
    ]);
  });

  it('where a store cannot be read, or is silent: without the pin nobody logs in', () => {
    const redirected = step(login().securedFeatures.snapshot, redirect());
    for (const event of [crashed('recall', storeFailed()), passed('resolveDeadline', 'resolving.redirected')]) {
      const { path, snapshot } = step(redirected.snapshot, event);
      expect([path, snapshot.context.error?.code]).toEqual(['reconnecting.backingOff', 'transport/store-failed']);
    }
  });
});

describe('how often a server sent us elsewhere', () => {
  const twice = followed(followed(login().securedFeatures, redirect(), ...TO_TLS), redirect(), ...TO_TLS);

  it('is counted anew in each round', () => {
    const waiting = steps(twice, failed('timeout'));
    expect([waiting.path, waiting.snapshot.context.redirects]).toEqual(['reconnecting.backingOff', 2]);
    expect(steps(waiting, { type: 'reconnect.now' }).snapshot.context.redirects).toBe(0);
  });

  it('is counted anew after a session that lasted, and after no other: it could go on without end', () => {
    const settling = steps(twice, OPENED, SASL2_OFFER, succeeded(), BOUND_OFFER, authenticated());
    expect([settling.path, settling.snapshot.context.redirects]).toEqual([SETTLING, 2]);
    const third = followed(settling, redirect(), ...TO_ONLINE);
    expect([third.path, third.snapshot.context.redirects]).toEqual([SETTLING, 3]);
    expect(step(third.snapshot, redirect()).path).toBe('reconnecting.backingOff');
    const stable = steps(third, passed('stableSession', 'linked.online.stability.settling'));
    expect([stable.path, stable.snapshot.context.redirects]).toEqual([STABLE, 0]);
    expect(step(stable.snapshot, redirect()).path).toBe('resolving.redirected');
  });
});

describe('a server that sends us elsewhere in the middle of a session', () => {
  it('is obeyed, and the session ends', () => {
    const next = step(login().stable.snapshot, redirect());
    expect([next.path, ...next.effects]).toEqual([
      'resolving.redirected',
      'stop transport',
      'session ← session.end',
      'start recall',
    ]);
    const dialling = steps(next, recalled({ pin: 'SCRAM-SHA-256-PLUS' }));
    expect(dialling.snapshot.context).toMatchObject({
      jid: FULL_JID,
      recalled: { pin: 'SCRAM-SHA-256-PLUS', token: undefined },
      sources: ['dns'],
      channel: undefined,
    });
  });

  it('is obeyed with the token of that session (XEP-0484)', () => {
    const stable = sasl2Login().boundOnline;
    const dialling = steps(stable, redirect(), recalled({ token: TOKEN }), ...TO_TLS);
    expect(dialling.path).toBe('linked.loggingIn.awaitingHeader');
  });

  it('and whose other host fails is asked anew, later', () => {
    const waiting = followed(login({}, STARTTLS, OTHER_STARTTLS).stable, redirect(), failed('connection-refused'));
    expect(waiting.path).toBe('reconnecting.backingOff');
    const again = steps(waiting, { type: 'reconnect.now' }, recalled(), found(STARTTLS));
    expect(again.inputs.transport?.endpoint).toEqual(STARTTLS);
  });
});

describe('a WebSocket that is closed with another address (RFC 7395 §3.6.1)', () => {
  const closed = (seeOtherUri: string): ClientEvent => ({ type: 'stream.closed', seeOtherUri });
  const opened = steps(login({}, WSS).connecting, CONNECTED);

  it('is followed there', () => {
    const dialling = followed(opened, closed('wss://moved.example.net/ws'));
    expect([dialling.path, dialling.inputs.transport?.domain]).toEqual(['linked.connecting', 'example.org']);
    expect(dialling.inputs.transport?.endpoint).toMatchObject({
      transport: 'websocket',
      url: 'wss://moved.example.net/ws',
      security: 'direct-tls',
    });
  });

  it('is followed in each state of a login, with a token too', () => {
    const early = earlyLogin({}, WSS);
    for (const from of [opened, early.earlyHeader, early.earlyFeatures, early.earlyExchanging]) {
      expect(step(from.snapshot, closed('wss://moved.example.net/ws')).path).toBe('resolving.redirected');
    }
  });

  it.each(['ws://moved.example.net/ws', 'https://moved.example.net/', 'moved.example.net', ''])(
    'is not followed to %j',
    (uri) => {
      const { path, snapshot } = step(opened.snapshot, closed(uri));
      expect([path, snapshot.context.error?.code]).toEqual(['reconnecting.backingOff', 'stream/see-other-host']);
    },
  );

  it('is not followed from a WebSocket in clear', () => {
    const clear = steps(login({}, { ...WSS, security: 'none', url: 'ws://localhost/ws' }).connecting, CONNECTED);
    expect(step(clear.snapshot, closed('wss://moved.example.net/ws')).path).toBe('reconnecting.backingOff');
  });

  it('without one is only closed', () => {
    const { path, snapshot } = step(opened.snapshot, { type: 'stream.closed' });
    expect([path, snapshot.context.error?.code]).toEqual(['reconnecting.backingOff', 'transport/connection-closed']);
  });
});

function storeFailed(): TransportError {
  return new TransportError('x', { condition: 'store-failed' });
}
