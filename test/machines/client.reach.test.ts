import { describe, expect, it } from 'vitest';
import { getShortestPaths } from 'xstate/graph';
import { type ClientEvent, clientMachine, neverRetry, statePath } from '../../machines/index.ts';
import { clientInput } from '../../src/client/client-input.ts';
import type { ClientOptions } from '../../src/client/options.ts';
import { SaslError } from '../../src/sasl/index.ts';
import { StreamError } from '../../src/stream/index.ts';
import {
  answered,
  authenticated,
  BIND_OFFER,
  bound,
  type ClientSnapshot,
  CONNECTED,
  crashed,
  DIRECT_TLS,
  FULL_JID,
  failed,
  found,
  LEGACY_OFFER,
  MANAGED_OFFER,
  MEMORY,
  managed,
  OPENED,
  passed,
  recalled,
  SASL_OFFER,
  SECURED,
  SETTLING,
  STARTTLS,
  TLS_OFFER,
  WSS,
} from './client-steps.ts';
import { BOUND_OFFER, SASL2_OFFER, succeeded, TOKEN, TOKEN_OFFER } from './login-steps.ts';

type Events = (snapshot: ClientSnapshot) => ClientEvent[];

/** What every login consists of; which of it means something depends on the state. */
function common(snapshot: ClientSnapshot): ClientEvent[] {
  return [
    { type: 'start' },
    { type: 'stop' },
    { type: 'network.offline' },
    recalled(),
    found(STARTTLS),
    found(DIRECT_TLS),
    found(MEMORY),
    found(WSS),
    CONNECTED,
    OPENED,
    TLS_OFFER,
    { type: 'tls.proceeded' },
    SECURED,
    ...(mayBeAuthenticated(snapshot) ? [authenticated()] : []),
    BIND_OFFER,
    answered(snapshot, 'result', bound(FULL_JID.full)),
    passed('stableSession', 'linked.online.stability.settling'),
  ];
}

/** In the profile of XEP-0388 the authentication ends only after it heard of a success. */
function mayBeAuthenticated({ value, context }: ClientSnapshot): boolean {
  return context.outcome !== undefined || !statePath(value).startsWith('linked.loggingIn');
}

/** In the profile of RFC 6120. */
const sasl: Events = (snapshot) => [...common(snapshot), SASL_OFFER];
/** In the profile of XEP-0388. */
const sasl2: Events = (snapshot) => [...common(snapshot), SASL2_OFFER, succeeded(), BOUND_OFFER];
/** The same with a token. */
const token: Events = (snapshot) => [
  ...common(snapshot),
  recalled({ token: TOKEN }),
  TOKEN_OFFER,
  succeeded(),
  BOUND_OFFER,
];

/** Every kind of thing that can happen. */
const everything: Events = (snapshot) => [
  ...sasl(snapshot),
  ...token(snapshot),
  SASL2_OFFER,
  succeeded({}),
  authenticated(new SaslError('x', { condition: 'not-authorized' })),
  LEGACY_OFFER,
  MANAGED_OFFER,
  managed('enabled', { id: 'm1', resume: 'true' }),
  { type: 'reconnect.now' },
  { type: 'stream.failed', error: new StreamError('see-other-host', { host: 'other.example.org' }) },
  failed('timeout'),
  failed('certificate-invalid'),
  crashed('session', new Error('x')),
];

function paths(events: Events, options: Partial<ClientOptions> = {}) {
  return getShortestPaths(clientMachine, {
    input: clientInput({ jid: 'juliet@example.org', password: 'pencil', startsAtOnce: false, ...options }),
    events,
    serializeState: (snapshot) => describeState(snapshot),
    limit: 100_000,
  });
}

/** States differ by what decides about the way from here. */
function describeState({ value, context }: ClientSnapshot): string {
  const { features, outcome, recalled: known, management, channel } = context;
  return [
    statePath(value),
    endpointOf(context),
    features?.session?.optional,
    features?.sm,
    features?.bind,
    outcome?.bound !== undefined,
    known.token !== undefined,
    management?.id,
    channel !== undefined,
  ].join();
}

function endpointOf({ candidates: [endpoint] }: ClientSnapshot['context']): string | undefined {
  return endpoint && (endpoint.transport === 'tcp' ? endpoint.security : endpoint.transport);
}

describe('the chart of the client', () => {
  it('can be brought to every state where something may happen', () => {
    const givingUp: Events = () => [{ type: 'start' }, recalled(), found(STARTTLS), failed('timeout')];
    const reached = [...paths(everything), ...paths(givingUp, { reconnect: neverRetry, host: 'a.example.org' })];
    expect([...new Set(reached.map(({ state }) => statePath(state.value)))].sort()).toEqual([
      'broken',
      'failed.gaveUp',
      'failed.needsCredentials',
      'failed.terminal',
      'linked.authenticating',
      'linked.binding',
      'linked.closing',
      'linked.connecting',
      'linked.establishing.awaitingManagement',
      'linked.establishing.awaitingSession',
      'linked.loggingIn.awaitingFeatures',
      'linked.loggingIn.awaitingHeader',
      'linked.loggingIn.awaitingNewFeatures',
      'linked.loggingIn.exchanging',
      'linked.loggingIn.verifying',
      'linked.online.stability.settling+liveness.fresh',
      'linked.online.stability.settling+liveness.probing',
      'linked.online.stability.stable+liveness.fresh',
      'linked.online.stability.stable+liveness.probing',
      'linked.opening.awaitingFeatures',
      'linked.opening.awaitingHeader',
      'linked.restarting.awaitingFeatures',
      'linked.restarting.awaitingHeader',
      'linked.resuming',
      'linked.secured.awaitingFeatures',
      'linked.secured.awaitingHeader',
      'linked.securing.awaitingProceed',
      'linked.securing.handshaking',
      'offline',
      'reconnecting.awaitingNetwork',
      'reconnecting.backingOff',
      'resolving.asking',
      'resolving.recalling',
      'resolving.redirected',
    ]);
  });

  it.each<[string, Events, string[]]>([
    ['RFC 6120', sasl, ['direct-tls 11', 'memory 10', 'starttls 14', 'websocket 10']],
    ['XEP-0388', sasl2, ['direct-tls 10', 'memory 9', 'starttls 13', 'websocket 9']],
    ['XEP-0388 with a token', token, ['direct-tls 10', 'memory 9', 'starttls 13', 'websocket 9']],
  ])('is online after as many events as the protocol has steps, and no more: %s', (_title, events, ways) => {
    const reached = paths(events).filter(({ state }) => statePath(state.value) === SETTLING);
    const lengths = reached.map(({ state, weight }) => `${endpointOf(state.context)} ${weight}`);
    expect([...new Set(lengths)].sort()).toEqual(ways);
  });
});
