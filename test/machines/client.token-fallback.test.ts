import { describe, expect, it } from 'vitest';
import type { ClientEvent, Endpoint, RecalledToken } from '../../machines/index.ts';
import type { ClientOptions } from '../../src/client/options.ts';
import { buildBind2, type ChannelBindingType, SaslError, type SecureChannel } from '../../src/sasl/index.ts';
import {
  authenticated,
  begin,
  CHANNEL,
  CONNECTED,
  DIRECT_TLS,
  found,
  IN_CLEAR,
  MEMORY,
  OPENED,
  OTHER_STARTTLS,
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
import { BOUND_OFFER, earlyLogin, SASL2_OFFER, sasl2Features, succeeded, TOKEN, TOKEN_OFFER } from './login-steps.ts';

const ONLINE = ['session ← session.begin', 'session ← publish online', 'transport ← silence.watch'];
/** The token was refused, and nothing else was known to try. */
const OUT_OF_WAYS = authenticated(new SaslError('x', { condition: 'no-mechanism' }), { mechanism: undefined });

describe('a token waits for the features', () => {
  it.each<[string, RecalledToken, SecureChannel, Partial<ClientOptions>]>([
    ['where nobody knows what could go along', { ...TOKEN, inline: undefined }, CHANNEL, {}],
    ['where it binds to what the connection cannot give', { ...TOKEN, mechanism: 'HT-SHA-256-EXPR' }, CHANNEL, {}],
    ['where it binds too little', TOKEN, channel('tls-exporter'), { channelBinding: 'require' }],
    ['where it may not be used', TOKEN, CHANNEL, { mechanisms: ['SCRAM-SHA-256'] }],
  ])('%s', (_title, token, connection, options) => {
    const { handshaking } = beforeTls(token, options);
    expect(steps(handshaking, { type: 'transport.secured', channel: connection }).path).toBe(
      'linked.secured.awaitingHeader',
    );
  });

  it.each<[string, Partial<ClientOptions>, number, string, boolean]>([
    ['where the way is short: a server could hold back its answer for longer', {}, 39, 'TLSv1.3', false],
    ['not where the way is long', {}, 40, 'TLSv1.3', true],
    ['not in TLS 1.2, where no server sends two tickets', {}, 0, 'TLSv1.2', true],
    ['not where the application wants it so', { pipelining: 'always' }, 0, 'TLSv1.3', true],
    ['where the application wants it so', { pipelining: 'never' }, 1000, 'TLSv1.2', false],
  ])('%s', (_title, options, roundTrip, tlsVersion, isEarly) => {
    const { handshaking } = beforeTls(TOKEN, options, roundTrip);
    const { path } = steps(handshaking, { type: 'transport.secured', channel: { ...CHANNEL, tlsVersion } });
    expect(path).toBe(isEarly ? 'linked.loggingIn.awaitingHeader' : 'linked.secured.awaitingHeader');
  });

  it('where something better worked before', () => {
    const recollection = { pin: 'SCRAM-SHA-256-PLUS', token: TOKEN };
    const connecting = steps(begin(), { type: 'start' }, recalled(recollection), found(DIRECT_TLS), CONNECTED);
    expect(steps(connecting, { type: 'transport.secured', channel: channel('tls-exporter') }).path).toBe(
      'linked.secured.awaitingHeader',
    );
  });

  it.each<[string, Endpoint, ClientEvent[], string]>([
    ['in clear', IN_CLEAR, [CONNECTED], 'linked.opening.awaitingHeader'],
    ['over a WebSocket in clear', { ...WSS, security: 'none' }, [CONNECTED], 'linked.opening.awaitingHeader'],
    ['inside this process, where none is', MEMORY, [CONNECTED], 'linked.opening.awaitingHeader'],
    ['before STARTTLS', STARTTLS, [CONNECTED], 'linked.opening.awaitingHeader'],
    ['before direct TLS', DIRECT_TLS, [CONNECTED], 'linked.securing.handshaking'],
  ])('%s', (_title, endpoint, events, path) => {
    expect(steps(earlyLogin({}, endpoint).connecting, ...events).path).toBe(path);
  });

  it('over a WebSocket in clear, where the application lets a password be seen, but nobody a token', () => {
    const options = { mechanisms: ['PLAIN', TOKEN.mechanism] };
    const connecting = earlyLogin(options, { ...WSS, security: 'none', url: 'ws://localhost/ws' }).connecting;
    expect(steps(connecting, CONNECTED).path).toBe('linked.opening.awaitingHeader');
  });

  it.each<[string, string, ChannelBindingType[], boolean]>([
    ['not for one that binds to nothing', 'HT-SHA-256-NONE', [], true],
    ['not for one that binds to what TLS gives', 'HT-SHA-256-EXPR', ['tls-exporter'], true],
    ['for one that binds to something else', 'HT-SHA-256-ENDP', ['tls-exporter'], false],
  ])('%s', (_title, mechanism, bindings, isEarly) => {
    const { handshaking } = beforeTls({ ...TOKEN, mechanism });
    const { path } = steps(handshaking, { type: 'transport.secured', channel: channel(...bindings) });
    expect(path).toBe(isEarly ? 'linked.loggingIn.awaitingHeader' : 'linked.secured.awaitingHeader');
  });

  it('over a WebSocket, if it binds: there is no channel', () => {
    const token = { ...TOKEN, mechanism: 'HT-SHA-256-EXPR' };
    const connecting = steps(begin(), { type: 'start' }, recalled({ token }), found(WSS));
    const secured = steps(connecting, CONNECTED);
    expect(secured.path).toBe('linked.secured.awaitingHeader');
    const { inputs } = steps(secured, OPENED, sasl2Features({ fast: [token.mechanism, 'HT-SHA-256-NONE'] }));
    expect(inputs.authentication).toMatchObject({ channel: undefined, recalled: { token } });
  });

  it('and is used then, where they say so', () => {
    const { handshaking } = beforeTls({ ...TOKEN, inline: undefined });
    const { path, inputs } = steps(handshaking, SECURED, OPENED, TOKEN_OFFER);
    expect(path).toBe('linked.loggingIn.exchanging');
    expect(inputs.authentication).toMatchObject({
      offer: { mechanisms: ['SCRAM-SHA-256'] },
      inline: { fast: [TOKEN.mechanism] },
      recalled: { token: { ...TOKEN, inline: undefined } },
    });
  });
});

describe('a token that went out and is not what the server takes any more', () => {
  it.each<[string, ClientEvent]>([
    ['tokens of this kind', sasl2Features({ fast: ['HT-SHA-256-EXPR'] })],
    ['tokens', SASL2_OFFER],
    ['SASL2', SASL_OFFER],
  ])('since it offers no %s leads to another attempt at the same endpoint, without it', (_title, offer) => {
    const { earlyFeatures } = earlyLogin({}, STARTTLS, OTHER_STARTTLS);
    const next = step(earlyFeatures.snapshot, offer);
    expect([next.path, ...next.effects]).toEqual([
      'linked.connecting',
      'stop authentication',
      'stop transport',
      'start transport',
    ]);
    expect(next.inputs.transport?.endpoint).toEqual(STARTTLS);
    const { recalled: known, candidate, error, tried, features } = next.snapshot.context;
    expect({ known, candidate, error, tried, features }).toEqual({
      known: { pin: undefined, token: undefined },
      candidate: 0,
      error: undefined,
      tried: [],
      features: undefined,
    });
    const secured = steps(next, CONNECTED, OPENED, TLS_OFFER, { type: 'tls.proceeded' }, SECURED);
    expect(secured.path).toBe('linked.secured.awaitingHeader');
    expect(steps(secured, OPENED, TOKEN_OFFER).inputs.authentication?.recalled.token).toBeUndefined();
  });

  it('since it is refused leads to a password, on the same stream', () => {
    const { earlyExchanging } = earlyLogin();
    const next = step(earlyExchanging.snapshot, OUT_OF_WAYS);
    expect([next.path, ...next.effects]).toEqual([
      'linked.loggingIn.exchanging',
      'stop authentication',
      'start authentication',
    ]);
    expect(next.inputs.authentication).toMatchObject({
      profile: 'sasl2',
      offer: { mechanisms: ['SCRAM-SHA-256'] },
      inline: { bind: [], fast: [TOKEN.mechanism] },
      requests: [buildBind2()],
      channel: CHANNEL,
      recalled: { pin: undefined, token: undefined },
      refusal: undefined,
    });
    expect(trail(next, [succeeded(), authenticated(), BOUND_OFFER]).at(-1)).toEqual([
      SETTLING,
      'stop authentication',
      ...ONLINE,
    ]);
  });

  it('and nothing else either fails as it would have without', () => {
    const { earlyExchanging } = earlyLogin();
    const last = steps(earlyExchanging, OUT_OF_WAYS, OUT_OF_WAYS);
    expect([last.path, last.snapshot.context.error?.code]).toEqual(['failed.terminal', 'sasl/no-mechanism']);
  });

  it.each<[string, (at: ReturnType<typeof earlyLogin>) => Step]>([
    ['the header', ({ earlyHeader }) => earlyHeader],
    ['the features', ({ earlyFeatures }) => earlyFeatures],
  ])('before %s came leads to another attempt at the same endpoint', (_title, from) => {
    const next = step(from(earlyLogin()).snapshot, OUT_OF_WAYS);
    expect([next.path, ...next.effects]).toEqual([
      'linked.connecting',
      'stop authentication',
      'stop transport',
      'start transport',
    ]);
    expect(next.snapshot.context.recalled.token).toBeUndefined();
  });

  it('keeps what is pinned', () => {
    const token = { pin: 'SCRAM-SHA-256', token: TOKEN };
    const connecting = steps(begin(), { type: 'start' }, recalled(token), found(DIRECT_TLS));
    const { snapshot } = steps(connecting, CONNECTED, SECURED, OPENED, SASL2_OFFER);
    expect(snapshot.context.recalled).toEqual({ pin: 'SCRAM-SHA-256', token: undefined });
  });
});

/** Direct TLS is about to stand; this token is known. */
function beforeTls(token: RecalledToken, options: Partial<ClientOptions> = {}, roundTrip = 100) {
  const connecting = steps(begin(options), { type: 'start' }, recalled({ token }), found(DIRECT_TLS));
  return { handshaking: steps(connecting, { type: 'transport.connected', roundTrip }) };
}

function channel(...bindings: readonly ChannelBindingType[]): SecureChannel {
  return { ...CHANNEL, bindings };
}
