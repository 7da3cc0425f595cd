import { describe, expect, it } from 'vitest';
import type { ClientEvent, ClientTag } from '../../machines/index.ts';
import {
  answered,
  authenticated,
  BIND_OFFER,
  begin,
  bound,
  CONNECTED,
  DIRECT_TLS,
  FULL_JID,
  found,
  LEGACY_OFFER,
  login,
  MEMORY,
  MESSAGE,
  type Move,
  OPENED,
  PAYLOAD,
  passed,
  recalled,
  SASL_OFFER,
  SECURED,
  SETTLING,
  STABLE,
  STARTTLS,
  TLS_OFFER,
  trail,
} from './client-steps.ts';
import { everyLogin } from './login-steps.ts';

const START: ClientEvent = { type: 'start' };
const bindResult: Move = (snapshot) => answered(snapshot, 'result', bound(FULL_JID.full));

describe('a login', () => {
  it('over STARTTLS goes from TLS to SASL to binding, each with a stream of its own (RFC 6120 §4.3, §5, §6, §7)', () => {
    const moves = [
      START,
      recalled(),
      found(STARTTLS),
      CONNECTED,
      OPENED,
      TLS_OFFER,
      { type: 'tls.proceeded' },
      SECURED,
      OPENED,
      SASL_OFFER,
      authenticated(),
      OPENED,
      BIND_OFFER,
      bindResult,
      passed('stableSession', 'linked.online.stability.settling'),
    ] as const;
    expect(trail(begin(), moves)).toEqual([
      ['resolving.recalling', 'start recall'],
      ['resolving.asking', 'stop recall', 'start resolve'],
      ['linked.connecting', 'stop resolve', 'start transport'],
      ['linked.opening.awaitingHeader', 'transport ← stream.open'],
      ['linked.opening.awaitingFeatures'],
      ['linked.securing.awaitingProceed', 'transport ← tls.request'],
      ['linked.securing.handshaking', 'transport ← tls.start'],
      ['linked.secured.awaitingHeader', 'transport ← stream.open'],
      ['linked.secured.awaitingFeatures'],
      ['linked.authenticating', 'start authentication'],
      ['linked.restarting.awaitingHeader', 'stop authentication', 'transport ← stream.open'],
      ['linked.restarting.awaitingFeatures'],
      ['linked.binding', 'transport ← stanza.send'],
      [SETTLING, 'session ← session.begin', 'session ← publish online', 'transport ← silence.watch'],
      [STABLE],
    ]);
  });

  it('over direct TLS shakes hands before it opens a stream (XEP-0368 §2)', () => {
    const moves = [START, recalled(), found(DIRECT_TLS), CONNECTED, SECURED, OPENED, SASL_OFFER] as const;
    expect(trail(begin(), moves)).toEqual([
      ['resolving.recalling', 'start recall'],
      ['resolving.asking', 'stop recall', 'start resolve'],
      ['linked.connecting', 'stop resolve', 'start transport'],
      ['linked.securing.handshaking', 'transport ← tls.start'],
      ['linked.secured.awaitingHeader', 'transport ← stream.open'],
      ['linked.secured.awaitingFeatures'],
      ['linked.authenticating', 'start authentication'],
    ]);
  });

  it('in memory needs no TLS, and asks for none where it is offered', () => {
    for (const offer of [SASL_OFFER, TLS_OFFER]) {
      expect(trail(begin(), [START, recalled(), found(MEMORY), CONNECTED, OPENED, offer, authenticated()])).toEqual([
        ['resolving.recalling', 'start recall'],
        ['resolving.asking', 'stop recall', 'start resolve'],
        ['linked.connecting', 'stop resolve', 'start transport'],
        ['linked.opening.awaitingHeader', 'transport ← stream.open'],
        ['linked.opening.awaitingFeatures'],
        ['linked.authenticating', 'start authentication'],
        ['linked.restarting.awaitingHeader', 'stop authentication', 'transport ← stream.open'],
      ]);
    }
  });

  it('establishes the legacy session where the server demands it (RFC 3921 §3)', () => {
    const moves: Move[] = [LEGACY_OFFER, bindResult, (snapshot) => answered(snapshot, 'result')];
    expect(trail(login().restartingFeatures, moves)).toEqual([
      ['linked.binding', 'transport ← stanza.send'],
      ['linked.establishing.awaitingSession', 'transport ← stanza.send'],
      [SETTLING, 'session ← session.begin', 'session ← publish online', 'transport ← silence.watch'],
    ]);
  });

  it('begins by itself in a client that was embedded to do so', () => {
    const first = begin({ startsAtOnce: true });
    expect([first.path, ...first.effects]).toEqual(['resolving.recalling', 'start session', 'start recall']);
  });

  it('lets the exchange hear what the server says, and goes nowhere', () => {
    const { authenticating } = login();
    const moves: ClientEvent[] = [
      { type: 'sasl.challenged', payload: PAYLOAD },
      { type: 'sasl.succeeded', payload: undefined, outcome: undefined },
    ];
    expect(trail(authenticating, moves)).toEqual([
      ['linked.authenticating', 'authentication ← sasl.challenged'],
      ['linked.authenticating', 'authentication ← sasl.succeeded'],
    ]);
  });

  it('holds stanzas that come while it binds, and goes on waiting for its own answer', () => {
    const { binding, awaitingSession } = login();
    expect(trail(binding, [MESSAGE, MESSAGE, bindResult])).toEqual([
      ['linked.binding', 'session ← stanza.hold'],
      ['linked.binding', 'session ← stanza.hold'],
      [SETTLING, 'session ← session.begin', 'session ← publish online', 'transport ← silence.watch'],
    ]);
    expect(trail(awaitingSession, [MESSAGE])).toEqual([
      ['linked.establishing.awaitingSession', 'session ← stanza.hold'],
    ]);
  });

  it('knows its full JID from the answer, and asks for each thing under an id of its own', () => {
    const { binding, awaitingSession, settling } = login();
    expect(binding.snapshot.context.jid.full).toBe('juliet@example.org');
    expect(settling.snapshot.context.jid.full).toBe('juliet@example.org/balcony');
    expect(awaitingSession.snapshot.context.requestId).not.toBe(binding.snapshot.context.requestId);
    expect(binding.snapshot.context.requestId).toMatch(/^[\w-]{22}$/);
  });

  it('forgets what it heard before: features of the last stream only', () => {
    const { authenticating, binding } = login();
    expect(authenticating.snapshot.context.features?.mechanisms).toEqual(['SCRAM-SHA-256']);
    expect(binding.snapshot.context.features?.mechanisms).toEqual([]);
    expect(login().securedFeatures.snapshot.context.features).toBeUndefined();
  });
});

describe('a state of a login', () => {
  it('is bounded from its entry', () => {
    const timeouts = {
      resolve: 1,
      connect: 2,
      open: 3,
      secure: 4,
      credentials: 5,
      authenticate: 6,
      bind: 7,
      close: 8,
      stable: 9,
    };
    const deadlines = Object.entries(everyLogin({ timeouts })).map(([name, { deadlines: set }]) => [name, set]);
    expect(Object.fromEntries(deadlines)).toEqual({
      offline: {},
      recalling: { resolveDeadline: 1 },
      resolving: { resolveDeadline: 1 },
      connecting: { connectDeadline: 2 },
      awaitingHeader: { openDeadline: 3 },
      awaitingFeatures: {},
      awaitingProceed: { secureDeadline: 4 },
      handshaking: {},
      securedHeader: { openDeadline: 3 },
      securedFeatures: {},
      authenticating: { authenticateDeadline: 65 },
      restartingHeader: { openDeadline: 3 },
      restartingFeatures: {},
      binding: { bindDeadline: 7 },
      awaitingSession: { bindDeadline: 7 },
      settling: { stableSession: 9 },
      stable: {},
      closing: { closeDeadline: 8 },
      exchanging: { authenticateDeadline: 65 },
      verifying: {},
      unboundVerifying: {},
      verifyingWithFeatures: {},
      awaitingNewFeatures: { openDeadline: 3 },
      unboundNewFeatures: { openDeadline: 3 },
      bindingAfterwards: { bindDeadline: 7 },
      sessionAfterwards: { bindDeadline: 7 },
      boundOnline: { stableSession: 9 },
      earlyHeader: { openDeadline: 3, authenticateDeadline: 65 },
      earlyFeatures: { openDeadline: 3 },
      earlyExchanging: {},
      managedBinding: { bindDeadline: 7 },
      awaitingManagement: { bindDeadline: 7 },
      managedOnline: { stableSession: 9 },
      resuming: { bindDeadline: 7 },
      resumed: { stableSession: 9 },
    });
  });

  it('tells its condition by tags', () => {
    const tags = Object.entries(everyLogin()).map(([name, { snapshot }]) => [name, [...snapshot.tags]]);
    const opening: ClientTag[] = ['connecting'];
    const secure: ClientTag[] = ['connecting', 'secure'];
    const authenticatedTags: ClientTag[] = ['connecting', 'secure', 'authenticated'];
    const online: ClientTag[] = ['online', 'secure', 'authenticated'];
    expect(Object.fromEntries(tags)).toEqual({
      offline: ['offline'],
      recalling: opening,
      resolving: opening,
      connecting: opening,
      awaitingHeader: opening,
      awaitingFeatures: opening,
      awaitingProceed: opening,
      handshaking: opening,
      securedHeader: secure,
      securedFeatures: secure,
      authenticating: secure,
      restartingHeader: authenticatedTags,
      restartingFeatures: authenticatedTags,
      binding: authenticatedTags,
      awaitingSession: authenticatedTags,
      settling: online,
      stable: online,
      closing: ['closing'],
      exchanging: secure,
      verifying: secure,
      unboundVerifying: secure,
      verifyingWithFeatures: secure,
      awaitingNewFeatures: authenticatedTags,
      unboundNewFeatures: authenticatedTags,
      bindingAfterwards: authenticatedTags,
      sessionAfterwards: authenticatedTags,
      boundOnline: online,
      earlyHeader: secure,
      earlyFeatures: secure,
      earlyExchanging: secure,
      managedBinding: authenticatedTags,
      awaitingManagement: authenticatedTags,
      managedOnline: online,
      resuming: authenticatedTags,
      resumed: online,
    });
  });
});
