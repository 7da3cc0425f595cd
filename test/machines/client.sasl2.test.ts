import { describe, expect, it } from 'vitest';
import { fromCallback } from 'xstate';
import type { ClientEvent, Endpoint, Subprotocol } from '../../machines/index.ts';
import type { ClientOptions } from '../../src/client/options.ts';
import { TransportError } from '../../src/errors/index.ts';
import { parseJid } from '../../src/jid/index.ts';
import { buildBind2, NS_SASL2, SaslError } from '../../src/sasl/index.ts';
import { NS_SASL } from '../../src/stream/index.ts';
import { element } from '../../src/xml/index.ts';
import {
  answered,
  authenticated,
  BIND_OFFER,
  bound,
  CHANNEL,
  CONNECTED,
  FULL_JID,
  features,
  IN_CLEAR,
  LEGACY_OFFER,
  login,
  MEMORY,
  MESSAGE,
  OPENED,
  PAYLOAD,
  recalled,
  SASL_OFFER,
  SETTLING,
  STARTTLS,
  step,
  steps,
  trail,
  WSS,
} from './client-steps.ts';
import { BOUND_OFFER, SASL2_OFFER, sasl2Features, sasl2Login, succeeded, TOKEN } from './login-steps.ts';

const ONLINE = ['session ← session.begin', 'session ← publish online', 'transport ← silence.watch'];
const CHALLENGED: ClientEvent = { type: 'sasl.challenged', payload: PAYLOAD };

describe('a login with SASL2 (XEP-0388)', () => {
  it('binds a resource along with the authentication, on the same stream (XEP-0386)', () => {
    const { securedFeatures } = login();
    const moves = [SASL2_OFFER, CHALLENGED, succeeded(), BOUND_OFFER, authenticated()];
    expect(trail(securedFeatures, moves)).toEqual([
      ['linked.loggingIn.exchanging', 'start authentication'],
      ['linked.loggingIn.exchanging', 'authentication ← sasl.challenged'],
      ['linked.loggingIn.verifying', 'authentication ← sasl.succeeded'],
      ['linked.loggingIn.verifying'],
      [SETTLING, 'stop authentication', ...ONLINE],
    ]);
  });

  it('waits for the features where the server was verified before they came', () => {
    const { exchanging } = sasl2Login();
    expect(trail(exchanging, [succeeded(), authenticated(), BOUND_OFFER])).toEqual([
      ['linked.loggingIn.verifying', 'authentication ← sasl.succeeded'],
      ['linked.loggingIn.awaitingNewFeatures'],
      [SETTLING, 'stop authentication', ...ONLINE],
    ]);
  });

  it('has the address that the success says', () => {
    const jid = 'juliet@example.org/made-up-by-the-server';
    const { exchanging, boundOnline } = sasl2Login();
    expect(boundOnline.snapshot.context.jid).toEqual(FULL_JID);
    const other = steps(exchanging, succeeded({ identifier: jid, bound: buildBind2() }), authenticated(), BOUND_OFFER);
    expect(other.snapshot.context.jid).toEqual(parseJid(jid));
  });

  it('establishes the legacy session where the server demands it (RFC 3921 §3)', () => {
    const { awaitingNewFeatures, verifying } = sasl2Login();
    expect(trail(awaitingNewFeatures, [LEGACY_OFFER])).toEqual([
      ['linked.establishing.awaitingSession', 'stop authentication', 'transport ← stanza.send'],
    ]);
    expect(steps(verifying, LEGACY_OFFER, authenticated()).path).toBe('linked.establishing.awaitingSession');
  });

  it('lets the exchange hear of a refusal, and goes on where it knows another way', () => {
    const refusal: ClientEvent = { type: 'sasl.failed', error: new SaslError('no', { condition: 'not-authorized' }) };
    const moves = [refusal, CHALLENGED, refusal];
    expect(trail(sasl2Login().exchanging, moves)).toEqual([
      ['linked.loggingIn.exchanging', 'authentication ← sasl.failed'],
      ['linked.loggingIn.exchanging', 'authentication ← sasl.challenged'],
      ['linked.loggingIn.exchanging', 'authentication ← sasl.failed'],
    ]);
  });

  it('holds stanzas that come while it verifies, and while it waits for the features', () => {
    const { verifying, awaitingNewFeatures, verifyingWithFeatures } = sasl2Login();
    expect(trail(verifying, [MESSAGE, BOUND_OFFER, MESSAGE, authenticated()])).toEqual([
      ['linked.loggingIn.verifying', 'session ← stanza.hold'],
      ['linked.loggingIn.verifying'],
      ['linked.loggingIn.verifying', 'session ← stanza.hold'],
      [SETTLING, 'stop authentication', ...ONLINE],
    ]);
    expect(trail(awaitingNewFeatures, [MESSAGE])).toEqual([
      ['linked.loggingIn.awaitingNewFeatures', 'session ← stanza.hold'],
    ]);
    expect(step(verifyingWithFeatures.snapshot, MESSAGE).told).toEqual([
      { type: 'stanza.hold', stanza: MESSAGE.type === 'stanza.received' ? MESSAGE.stanza : undefined },
    ]);
  });

  it('tells the session what was enabled along with it, and nothing where it was not', () => {
    const { verifyingWithFeatures, unboundVerifying } = sasl2Login();
    const enabled = ['urn:xmpp:carbons:2'];
    const online = step(verifyingWithFeatures.snapshot, authenticated(undefined, { enabled }));
    expect(online.told[0]).toMatchObject({ type: 'session.begin', jid: FULL_JID, enabled });
    const binding = steps(unboundVerifying, BIND_OFFER, authenticated());
    const later = step(binding.snapshot, answered(binding.snapshot, 'result', bound(FULL_JID.full)));
    expect(later.told[0]).toMatchObject({ type: 'session.begin', enabled: [] });
  });

  it('says what a store did not keep, and goes on', () => {
    const { verifying, verifyingWithFeatures } = sasl2Login();
    const unsaved = new TransportError('x', { condition: 'store-failed' });
    for (const from of [verifying, verifyingWithFeatures, login().authenticating]) {
      const next = step(from.snapshot, authenticated(undefined, { unsaved }));
      expect(next.effects).toContain('session ← publish error');
      expect(next.told).toContainEqual({ type: 'publish', event: { type: 'error', error: unsaved } });
      expect(next.snapshot.context.error).toBeUndefined();
    }
    expect(step(verifying.snapshot, authenticated()).effects).toEqual([]);
  });

  it('forgets what it was told once it is online', () => {
    const { context } = sasl2Login().boundOnline.snapshot;
    const { features, outcome, enabled, recalled: known, requestId } = context;
    expect({ features, outcome, enabled, known, requestId }).toEqual({
      features: undefined,
      outcome: undefined,
      enabled: [],
      known: { pin: undefined, token: undefined },
      requestId: '',
    });
  });
});

describe('where no resource was bound along', () => {
  it.each<[string, ClientEvent]>([
    ['the server says nothing of it', succeeded({})],
    ['the server could not', succeeded({ bindFailed: true })],
    ['the server says so with an address that is a full one all the same', succeeded({ identifier: FULL_JID.full })],
  ])('it is bound afterwards, since %s (RFC 6120 §7)', (_title, success) => {
    const { exchanging } = sasl2Login();
    const expected = ['linked.binding', 'stop authentication', 'transport ← stanza.send'];
    expect(trail(exchanging, [success, authenticated(), BIND_OFFER]).at(-1)).toEqual(expected);
    const binding = steps(exchanging, success, BIND_OFFER, authenticated());
    expect(binding.path).toBe('linked.binding');
    const online = step(binding.snapshot, answered(binding.snapshot, 'result', bound(FULL_JID.full)));
    expect([online.path, online.snapshot.context.jid]).toEqual([SETTLING, FULL_JID]);
  });

  it.each<[string, ClientEvent, ClientEvent]>([
    ['it is not offered', succeeded({}), BOUND_OFFER],
    ['what was bound has no resource', succeeded({ identifier: FULL_JID.bare, bound: buildBind2() }), BIND_OFFER],
    ['what was bound is no address', succeeded({ identifier: '@', bound: buildBind2() }), BIND_OFFER],
  ])('the attempt fails where %s', (_title, success, offer) => {
    const { exchanging } = sasl2Login();
    for (const order of [
      [offer, authenticated()],
      [authenticated(), offer],
    ]) {
      const { path, snapshot } = steps(exchanging, success, ...order);
      expect([path, snapshot.context.error?.code]).toEqual(['reconnecting.backingOff', 'transport/protocol-violation']);
    }
  });
});

describe('the authentication of SASL2 is given', () => {
  const carbons = inlineSubprotocol('urn:xmpp:carbons:2');
  const csi = inlineSubprotocol('urn:xmpp:csi:0');
  const software = { userAgent: { software: 'Nurse' } };

  it('what is offered in this profile, the connection, and what is known about the account', () => {
    const token = { ...TOKEN, mechanism: 'HT-SHA-256-EXPR' };
    const offer = sasl2Features({
      mechanisms: ['SCRAM-SHA-1', 'PLAIN'],
      fast: ['HT-SHA-256-EXPR'],
      beside: `<mechanisms xmlns='${NS_SASL}'><mechanism>SCRAM-SHA-512</mechanism></mechanisms>
        <sasl-channel-binding xmlns='urn:xmpp:sasl-cb:0'><channel-binding type='tls-exporter'/></sasl-channel-binding>`,
    });
    const { securedFeatures } = login({}, STARTTLS);
    const known = {
      ...securedFeatures.snapshot,
      context: { ...securedFeatures.snapshot.context, recalled: { pin: 'SCRAM-SHA-1', token } },
    };
    const { inputs } = step(known as typeof securedFeatures.snapshot, offer);
    expect(inputs.authentication).toMatchObject({
      profile: 'sasl2',
      offer: { mechanisms: ['SCRAM-SHA-1', 'PLAIN'], channelBindings: ['tls-exporter'] },
      inline: { bind: [], sm: false, fast: ['HT-SHA-256-EXPR'] },
      channel: CHANNEL,
      mayShowPassword: true,
      recalled: { pin: 'SCRAM-SHA-1', token },
      refusal: undefined,
    });
  });

  it.each<[string, Partial<ClientOptions>, readonly string[] | false, unknown]>([
    ['the wish for a resource', {}, [], { requests: [buildBind2()], enables: [] }],
    ['with a name for it', software, [], { requests: [buildBind2({ tag: 'Nurse' })], enables: [] }],
    [
      'and what subprotocols want enabled, as far as it is offered',
      { ...software, subprotocols: [carbons, csi] },
      ['urn:xmpp:mam:2', 'urn:xmpp:csi:0'],
      {
        requests: [buildBind2({ tag: 'Nurse', features: [element('{urn:xmpp:csi:0}enable')] })],
        enables: ['urn:xmpp:csi:0'],
      },
    ],
    [
      'no such wish where the application wants a certain resource: here the server makes it up',
      { jid: 'juliet@example.org/balcony', subprotocols: [csi] },
      ['urn:xmpp:csi:0'],
      { requests: [], enables: [] },
    ],
    ['no such wish where Bind 2 is not offered', { subprotocols: [csi] }, false, { requests: [], enables: [] }],
  ])('%s (XEP-0386 §3.2)', (_title, options, bind, expected) => {
    const { securedFeatures } = login(options);
    expect(step(securedFeatures.snapshot, sasl2Features({ bind })).inputs.authentication).toMatchObject(
      Object(expected),
    );
  });

  it('and a certain resource is asked for afterwards (RFC 6120 §7.7)', () => {
    const { bindingAfterwards } = sasl2Login({ jid: 'juliet@example.org/balcony' });
    expect(bindingAfterwards.told.map(({ stanza }) => JSON.stringify(stanza))).toEqual([
      expect.stringContaining('"resource"'),
    ]);
    expect(JSON.stringify(bindingAfterwards.told)).toContain('"balcony"');
  });
});

describe('SASL2 is taken', () => {
  const both = sasl2Features({
    beside: `<mechanisms xmlns='${NS_SASL}'><mechanism>SCRAM-SHA-256</mechanism></mechanisms>`,
  });

  it.each<[string, Endpoint, string]>([
    ['under TLS', STARTTLS, 'linked.loggingIn.exchanging'],
    ['over a WebSocket with TLS', WSS, 'linked.loggingIn.exchanging'],
    ['inside this process', MEMORY, 'linked.loggingIn.exchanging'],
    ['not in clear (XEP-0388 §5)', IN_CLEAR, 'linked.authenticating'],
    ['not over a WebSocket in clear', { ...WSS, security: 'none', url: 'ws://localhost/ws' }, 'linked.authenticating'],
  ])('%s', (_title, endpoint, path) => {
    const connected = steps(login({}, endpoint).connecting, CONNECTED, OPENED);
    const offered = endpoint === STARTTLS ? login().securedFeatures : connected;
    expect(steps(offered, both).path).toBe(path);
  });

  it('not where it is not offered, or offered without a mechanism', () => {
    for (const offer of [SASL_OFFER, sasl2Features({ mechanisms: [] })]) {
      expect(steps(login().securedFeatures, offer).path).toBe('linked.authenticating');
    }
  });

  it('and then the offer of RFC 6120 counts for nothing', () => {
    const { inputs } = step(login().securedFeatures.snapshot, both);
    expect(inputs.authentication?.profile).toBe('sasl2');
    const other = step(login().securedFeatures.snapshot, SASL_OFFER).inputs.authentication;
    expect(other).toMatchObject({
      profile: 'sasl',
      offer: { mechanisms: ['SCRAM-SHA-256'], channelBindings: undefined },
      inline: undefined,
      requests: [],
      enables: [],
    });
  });

  it('but where nothing in it may be used, that of RFC 6120 may have something', () => {
    const offering = (inner: string) => steps(login().securedFeatures, features(inner));
    const poor = `<authentication xmlns='${NS_SASL2}'><mechanism>X-NOBODY-KNOWS</mechanism></authentication>`;
    const nothing = authenticated(new SaslError('x', { condition: 'no-mechanism' }), { mechanism: undefined });
    const sasl = `<mechanisms xmlns='${NS_SASL}'><mechanism>SCRAM-SHA-256</mechanism></mechanisms>`;
    expect(steps(offering(poor + sasl), nothing).path).toBe('linked.authenticating');
    expect(steps(offering(poor), nothing).path).toBe('failed.terminal');
  });

  it('without a token that RFC 6120 has no place for', () => {
    const { resolving } = login();
    const known = steps(login().recalling, recalled({ token: TOKEN }));
    expect([known.path, known.snapshot.context.recalled.token]).toEqual([resolving.path, TOKEN]);
  });
});

function inlineSubprotocol(feature: string): Subprotocol {
  const request = element(`{${feature}}enable`);
  return {
    name: feature,
    features: [],
    routes: [],
    logic: fromCallback(() => {}),
    inline: () => [{ feature, request }],
  };
}
