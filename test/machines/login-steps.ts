import type { ClientEvent, Endpoint, RecalledToken } from '../../machines/index.ts';
import type { ClientOptions } from '../../src/client/options.ts';
import { buildBind2, NS_BIND2, NS_FAST, NS_SASL2, type Sasl2Outcome } from '../../src/sasl/index.ts';
import { NS_SM } from '../../src/stream/index.ts';
import {
  answered,
  authenticated,
  BIND_OFFER,
  begin,
  bound,
  CONNECTED,
  FULL_JID,
  failed,
  features,
  found,
  LEGACY_OFFER,
  login,
  MANAGED_OFFER,
  managed,
  OPENED,
  recalled,
  SASL_OFFER,
  SECURED,
  STARTTLS,
  type Step,
  steps,
  TLS_OFFER,
} from './client-steps.ts';

/*
 * Logins in the profile of XEP-0388: all in one, and with a token in the first flight.
 */

/** What a server offers; everything has a default. */
export interface Sasl2Features {
  readonly mechanisms?: readonly string[];
  /** Names of the features that Bind 2 can enable; `false` if it is not offered. */
  readonly bind?: readonly string[] | false;
  /** Whether a session can be taken up again along with the login (XEP-0198 §9.2). */
  readonly sm?: boolean;
  /** Mechanisms for tokens; none if absent. */
  readonly fast?: readonly string[];
  /** What else is offered, XML. */
  readonly beside?: string;
}

export function sasl2Features(offer: Sasl2Features = {}): ClientEvent {
  const { mechanisms = ['SCRAM-SHA-256'], bind = [], sm = false, fast, beside = '' } = offer;
  const inline = [
    bind ? `<bind xmlns='${NS_BIND2}'><inline>${bind.map(feature).join('')}</inline></bind>` : '',
    sm ? `<sm xmlns='${NS_SM}'/>` : '',
    fast ? `<fast xmlns='${NS_FAST}'>${fast.map(mechanism).join('')}</fast>` : '',
  ];
  const offered = `${mechanisms.map(mechanism).join('')}<inline>${inline.join('')}</inline>`;
  return features(`<authentication xmlns='${NS_SASL2}'>${offered}</authentication>${beside}`);
}

function feature(name: string): string {
  return `<feature var='${name}'/>`;
}

function mechanism(name: string): string {
  return `<mechanism>${name}</mechanism>`;
}

/** The token that an early login is made with: on any connection with TLS. */
export const TOKEN: RecalledToken = {
  mechanism: 'HT-SHA-256-NONE',
  userAgent: 'of-the-token',
  inline: { bind: [], sm: false },
};
export const SASL2_OFFER = sasl2Features();
export const TOKEN_OFFER = sasl2Features({ fast: [TOKEN.mechanism] });
/** What is offered once a resource is bound. */
export const BOUND_OFFER = features('');

/** A success that says who we are: a full JID if a resource was bound along. */
export function succeeded(
  outcome: Partial<Sasl2Outcome> = { identifier: FULL_JID.full, bound: buildBind2() },
): ClientEvent {
  return {
    type: 'sasl.succeeded',
    payload: undefined,
    outcome: {
      identifier: FULL_JID.bare,
      bound: undefined,
      bindFailed: false,
      resumption: undefined,
      token: undefined,
      ...outcome,
    },
  };
}

/** The states that a login in one goes through. */
export function sasl2Login(options: Partial<ClientOptions> = {}, ...endpoints: readonly Endpoint[]) {
  const { securedFeatures } = endpoints[0] ? login(options, endpoints[0], ...endpoints.slice(1)) : login(options);
  const exchanging = steps(securedFeatures, SASL2_OFFER);
  return { exchanging, ...afterSuccess(exchanging) };
}

/** The states that a login with a token in the first flight goes through. */
export function earlyLogin(
  options: Partial<ClientOptions> = {},
  first: Endpoint = STARTTLS,
  ...others: readonly Endpoint[]
) {
  const connecting = steps(begin(options), { type: 'start' }, recalled({ token: TOKEN }), found(first, ...others));
  const earlyHeader = steps(connecting, ...untilSecured(first));
  const earlyFeatures = steps(earlyHeader, OPENED);
  const earlyExchanging = steps(earlyFeatures, TOKEN_OFFER);
  return { connecting, earlyHeader, earlyFeatures, earlyExchanging };
}

/** From the connection to the end of the TLS handshake. */
function untilSecured({ transport, security }: Endpoint): ClientEvent[] {
  if (transport === 'websocket') return [CONNECTED];
  if (security === 'direct-tls') return [CONNECTED, SECURED];
  return [CONNECTED, OPENED, TLS_OFFER, { type: 'tls.proceeded' }, SECURED];
}

/** The states of a login whose session is managed, lost and resumed (XEP-0198). */
export function managedLogin(options: Partial<ClientOptions> = {}) {
  const { restartingFeatures } = login(options);
  const managedBinding = steps(restartingFeatures, MANAGED_OFFER);
  const awaitingManagement = steps(managedBinding, answered(managedBinding.snapshot, 'result', bound(FULL_JID.full)));
  const managedOnline = steps(awaitingManagement, managed('enabled', { id: 'm1', resume: 'true' }));
  const again = [{ type: 'reconnect.now' }, recalled(), found(STARTTLS), ...untilSecured(STARTTLS)] as const;
  const lost = steps(managedOnline, failed('connection-reset'));
  const resuming = steps(lost, ...again, OPENED, SASL_OFFER, authenticated(), OPENED, MANAGED_OFFER);
  const resumed = steps(resuming, managed('resumed', { previd: 'm1', h: '0' }));
  return { managedBinding, awaitingManagement, managedOnline, resuming, resumed };
}

/** The states of all kinds of login, each under a name of its own. */
export function everyLogin(options: Partial<ClientOptions> = {}) {
  const { connecting: _, ...early } = earlyLogin(options);
  return { ...login(options), ...sasl2Login(options), ...early, ...managedLogin(options) };
}

function afterSuccess(exchanging: Step) {
  const verifying = steps(exchanging, succeeded());
  const unboundVerifying = steps(exchanging, succeeded({}));
  const awaitingNewFeatures = steps(verifying, authenticated());
  const unboundNewFeatures = steps(unboundVerifying, authenticated());
  return {
    verifying,
    unboundVerifying,
    verifyingWithFeatures: steps(verifying, BOUND_OFFER),
    awaitingNewFeatures,
    unboundNewFeatures,
    bindingAfterwards: steps(unboundNewFeatures, BIND_OFFER),
    sessionAfterwards: steps(awaitingNewFeatures, LEGACY_OFFER),
    boundOnline: steps(awaitingNewFeatures, BOUND_OFFER),
  };
}
