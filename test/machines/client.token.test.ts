import { describe, expect, it } from 'vitest';
import type { ClientEvent } from '../../machines/index.ts';
import { TransportError } from '../../src/errors/index.ts';
import { buildBind2, SaslError } from '../../src/sasl/index.ts';
import { StreamError } from '../../src/stream/index.ts';
import {
  authenticated,
  CHANNEL,
  CONNECTED,
  DIRECT_TLS,
  failed,
  login,
  MESSAGE,
  OPENED,
  PAYLOAD,
  passed,
  SECURED,
  SETTLING,
  STARTTLS,
  step,
  steps,
  TLS_OFFER,
  trail,
  WSS,
} from './client-steps.ts';
import { BOUND_OFFER, earlyLogin, succeeded, TOKEN, TOKEN_OFFER } from './login-steps.ts';

const ONLINE = ['session ← session.begin', 'session ← publish online', 'transport ← silence.watch'];

describe('a login with a token goes out with the stream header (XEP-0484 §3.4)', () => {
  const rest = [OPENED, TOKEN_OFFER, succeeded(), BOUND_OFFER, authenticated()];
  const after = [
    ['linked.loggingIn.awaitingFeatures'],
    ['linked.loggingIn.exchanging'],
    ['linked.loggingIn.verifying', 'authentication ← sasl.succeeded'],
    ['linked.loggingIn.verifying'],
    [SETTLING, 'stop authentication', ...ONLINE],
  ];
  const early = ['linked.loggingIn.awaitingHeader', 'start authentication', 'transport ← stream.open'];

  it('as soon as STARTTLS is done', () => {
    const moves = [CONNECTED, OPENED, TLS_OFFER, { type: 'tls.proceeded' }, SECURED, ...rest] as const;
    expect(trail(earlyLogin().connecting, moves)).toEqual([
      ['linked.opening.awaitingHeader', 'transport ← stream.open'],
      ['linked.opening.awaitingFeatures'],
      ['linked.securing.awaitingProceed', 'transport ← tls.request'],
      ['linked.securing.handshaking', 'transport ← tls.start'],
      early,
      ...after,
    ]);
  });

  it('as soon as direct TLS is done', () => {
    expect(trail(earlyLogin({}, DIRECT_TLS).connecting, [CONNECTED, SECURED, ...rest])).toEqual([
      ['linked.securing.handshaking', 'transport ← tls.start'],
      early,
      ...after,
    ]);
  });

  it('as soon as a WebSocket with TLS is open', () => {
    expect(trail(earlyLogin({}, WSS).connecting, [CONNECTED, ...rest])).toEqual([early, ...after]);
  });

  it('and says there who we are, which nobody can see (XEP-0484 §4.1)', () => {
    const { earlyHeader } = earlyLogin();
    expect(earlyHeader.told).toEqual([{ type: 'stream.open', to: 'example.org', from: 'juliet@example.org' }]);
  });

  it('with what was known to go along when the token was given, and nothing that the server offers now', () => {
    const { inputs } = earlyLogin({ userAgent: { software: 'Nurse' } }).earlyHeader;
    expect(inputs.authentication).toMatchObject({
      profile: 'sasl2',
      offer: { mechanisms: [], channelBindings: undefined },
      inline: { bind: [], sm: false, fast: [TOKEN.mechanism] },
      requests: [buildBind2({ tag: 'Nurse' })],
      channel: CHANNEL,
      mayShowPassword: true,
      recalled: { pin: undefined, token: TOKEN },
    });
    const { inputs: exact } = earlyLogin({ jid: 'juliet@example.org/balcony' }).earlyHeader;
    expect(exact.authentication?.requests).toEqual([]);
  });

  it('and the exchange hears what the server says once the features are there', () => {
    const moves: ClientEvent[] = [
      { type: 'sasl.challenged', payload: PAYLOAD },
      { type: 'sasl.failed', error: new SaslError('x', { condition: 'not-authorized' }) },
    ];
    expect(trail(earlyLogin().earlyExchanging, moves)).toEqual([
      ['linked.loggingIn.exchanging', 'authentication ← sasl.challenged'],
      ['linked.loggingIn.exchanging', 'authentication ← sasl.failed'],
    ]);
  });

  it('and each step of it is bounded', () => {
    const timeouts = { open: 3, credentials: 5, authenticate: 6 };
    const { earlyHeader, earlyFeatures, earlyExchanging } = earlyLogin({ timeouts });
    expect([earlyHeader, earlyFeatures, earlyExchanging].map(({ deadlines }) => deadlines)).toEqual([
      { openDeadline: 3, authenticateDeadline: 65 },
      { openDeadline: 3 },
      {},
    ]);
    for (const [from, timer, state] of [
      [earlyHeader, 'openDeadline', 'linked.loggingIn.awaitingHeader'],
      [earlyFeatures, 'openDeadline', 'linked.loggingIn.awaitingFeatures'],
      [earlyExchanging, 'authenticateDeadline', 'linked.loggingIn'],
    ] as const) {
      const { path, snapshot } = steps(from, passed(timer, state));
      expect([path, snapshot.context.error?.code]).toEqual(['reconnecting.backingOff', 'transport/timeout']);
    }
  });
});

describe('a login with a token fails', () => {
  it.each<[string, ClientEvent, string, string]>([
    [
      'the server ends the stream',
      streamFailed('system-shutdown'),
      'reconnecting.backingOff',
      'stream/system-shutdown',
    ],
    ['it does not speak to us', streamFailed('policy-violation'), 'failed.terminal', 'stream/policy-violation'],
    ['the connection is lost', failed('connection-reset'), 'reconnecting.backingOff', 'transport/connection-reset'],
    [
      'the server closes the stream',
      { type: 'stream.closed' },
      'reconnecting.backingOff',
      'transport/connection-closed',
    ],
    ['a stanza comes before its time', MESSAGE, 'reconnecting.backingOff', 'transport/protocol-violation'],
    [
      'the server lies',
      authenticated(new SaslError('x', { condition: 'server-not-authenticated' })),
      'failed.terminal',
      'sasl/server-not-authenticated',
    ],
    [
      'the authentication breaks',
      { type: 'xstate.error.actor.authentication', actorId: 'authentication', error: new Error('x') },
      'failed.terminal',
      'transport/internal-error',
    ],
  ])('in each state if %s', (_title, event, path, code) => {
    const { earlyHeader, earlyFeatures, earlyExchanging } = earlyLogin();
    for (const from of [earlyHeader, earlyFeatures, earlyExchanging]) {
      const next = step(from.snapshot, event);
      expect([next.path, next.snapshot.context.error?.code]).toEqual([path, code]);
      expect(next.effects.slice(0, 2)).toEqual(['stop authentication', 'stop transport']);
    }
  });

  it('and the next candidate gets the token, too', () => {
    const { earlyHeader } = earlyLogin({}, STARTTLS, DIRECT_TLS);
    const next = steps(earlyHeader, failed('connection-reset'), CONNECTED, SECURED);
    expect([next.path, next.snapshot.context.candidate]).toEqual(['linked.loggingIn.awaitingHeader', 1]);
  });

  it('and asks for the token anew in the next round', () => {
    const { earlyHeader } = earlyLogin();
    const waiting = steps(earlyHeader, failed('connection-reset'), { type: 'reconnect.now' });
    expect([waiting.path, ...waiting.effects]).toEqual(['resolving.recalling', 'start recall']);
    const error = new TransportError('x', { condition: 'store-failed' });
    expect(steps(waiting, { type: 'xstate.error.actor.recall', actorId: 'recall', error }).path).toBe(
      'reconnecting.backingOff',
    );
  });

  it('without a token, as ever', () => {
    expect(login().securedHeader.path).toBe('linked.secured.awaitingHeader');
  });
});

function streamFailed(condition: StreamError['condition']): ClientEvent {
  return { type: 'stream.failed', error: new StreamError(condition) };
}
