import { classifyFailure, type clientMachine, describeEndpoint, statePath } from '../../../machines/index.ts';
import { storeError, TransportError } from '../../../src/errors/index.ts';
import { buildBind2, NS_FAST, SaslError, Sealed } from '../../../src/sasl/index.ts';
import { NS_CLIENT } from '../../../src/stanza/index.ts';
import { NS_BIND, NS_SASL, NS_SESSION, NS_SM, NS_TLS, StreamError } from '../../../src/stream/index.ts';
import { type Cases, puppet } from '../../../src/testing/model/index.ts';
import { element } from '../../../src/xml/index.ts';
import { CHANNEL, type ClientSnapshot, STARTTLS } from '../client-steps.ts';
import { TOKEN } from '../login-steps.ts';
import {
  authenticated,
  bind,
  boundWith,
  FULL_JID,
  iq,
  mayHaveSucceeded,
  mechanisms,
  offer,
  outcome,
  RECOLLECTIONS,
  restoredSession,
  resumedAlong,
  SERVER_HEADER,
  sasl2,
  sm,
} from './client.payloads.ts';

/*
 * What can happen to a client, one entry for each event. What a server may say stands in words beside it.
 */

const NO_MECHANISM = new SaslError('x', { condition: 'invalid-mechanism' });

/** Everything that decides about a way through the negotiation, on an endpoint with STARTTLS. */
export const clientCases: Cases<typeof clientMachine> = {
  start: [{}],
  stop: [{}],
  'reconnect.now': [{}],
  'network.offline': [{}],
  'network.online': [{}],
  'platform.woke': [{}],
  'app.active': [{}],
  'app.inactive': [{}],
  'stanza.send': [{ stanza: element(`{${NS_CLIENT}}presence`) }],
  'subprotocol.use': [{ subprotocol: { name: 'x', features: [], routes: [], logic: puppet() } }],
  'subprotocol.tell': [{ name: 'x', event: { type: 'x' } }],
  'session.expired': [{}],

  'xstate.done.actor.restore': {
    nothing: { output: { restored: undefined, problem: undefined } },
    'a session': { output: { restored: restoredSession(), problem: undefined } },
  },
  'xstate.error.actor.restore': [{ error: new Error('the store exploded') }],
  'xstate.done.actor.recall': RECOLLECTIONS,
  'xstate.error.actor.recall': [{ error: new TransportError('x', { condition: 'store-failed' }) }],
  'xstate.done.actor.resolve': {
    starttls: { output: [STARTTLS] },
    nothing: { output: [] },
  },
  'xstate.error.actor.resolve': [{ error: new TransportError('x', { condition: 'host-not-found' }) }],

  'transport.connected': { 'far away': { roundTrip: 100 } },
  'transport.secured': [{ channel: CHANNEL }],
  'transport.failed': {
    mendable: { error: new TransportError('x', { condition: 'connection-reset' }) },
    'for good': { error: new TransportError('x', { condition: 'certificate-invalid' }) },
  },
  'transport.closed': [{}],
  'transport.silent': [{}],
  'transport.heard': [{}],
  'xstate.error.actor.transport': [{ error: new Error('the transport exploded') }],

  'stream.opened': [{ header: SERVER_HEADER }],
  'stream.closed': [{}],
  'stream.failed': {
    'for now': { error: new StreamError('system-shutdown') },
    'for a reason of its own': { error: new StreamError('undefined-condition') },
  },
  'features.received': {
    STARTTLS: offer(`<starttls xmlns='${NS_TLS}'><required/></starttls>`),
    SASL: offer(mechanisms(NS_SASL, 'mechanisms')),
    SASL2: offer(sasl2('')),
    'SASL2 with tokens': offer(sasl2(`<fast xmlns='${NS_FAST}'><mechanism>${TOKEN.mechanism}</mechanism></fast>`)),
    'SASL and SASL2': offer(mechanisms(NS_SASL, 'mechanisms') + sasl2('')),
    binding: offer(`<bind xmlns='${NS_BIND}'/>`),
    'binding, management': offer(`<bind xmlns='${NS_BIND}'/><sm xmlns='${NS_SM}'/>`),
    'binding, the old session': offer(`<bind xmlns='${NS_BIND}'/><session xmlns='${NS_SESSION}'/>`),
    'binding, the old session, management': offer(
      `<bind xmlns='${NS_BIND}'/><session xmlns='${NS_SESSION}'/><sm xmlns='${NS_SM}'/>`,
    ),
    'management, no binding': offer(`<sm xmlns='${NS_SM}'/>`),
    nothing: offer(''),
  },
  'tls.proceeded': [{}],
  'tls.refused': [{}],
  'sasl.challenged': [{ payload: new Sealed(new Uint8Array([1])) }],
  'sasl.succeeded': {
    plain: { payload: undefined, outcome: undefined },
    'nothing bound': { payload: undefined, outcome: outcome({}) },
    bound: { payload: undefined, outcome: outcome({ identifier: FULL_JID, bound: buildBind2() }) },
    'bound and managed': {
      payload: undefined,
      outcome: outcome({ identifier: FULL_JID, bound: boundWith(`<enabled xmlns='${NS_SM}' id='m1' resume='true'/>`) }),
    },
    resumed: resumedAlong(),
  },
  'sasl.failed': [{ error: new SaslError('x', { condition: 'not-authorized' }) }],
  'xstate.done.actor.authentication': {
    success: (snapshot) => (mayHaveSucceeded(snapshot) ? authenticated() : undefined),
    'success, and a store failed': (snapshot) =>
      mayHaveSucceeded(snapshot) ? authenticated({ unsaved: storeError('x') }) : undefined,
    refused: authenticated({ error: new SaslError('x', { condition: 'not-authorized' }) }),
    // That is known before anything is sent, or when the server refused.
    'no mechanism left': ({ context }) =>
      context.outcome ? undefined : authenticated({ mechanism: undefined, error: NO_MECHANISM }),
  },
  'xstate.error.actor.authentication': [{ error: new Error('the exchange exploded') }],
  'management.answered': {
    enabled: { element: sm('enabled', { id: 'm1', resume: 'true' }) },
    resumed: { element: sm('resumed', { previd: 'm1', h: '0' }) },
    failed: { element: sm('failed', {}) },
  },
  'stanza.received': {
    'the answer': ({ context }) => iq('result', context.requestId),
    'the answer with a resource': ({ context }) => iq('result', context.requestId, bind()),
    'a refusal': ({ context }) => iq('error', context.requestId),
    'something else': { stanza: element(`{${NS_CLIENT}}message`) },
  },

  'xstate.done.actor.session': [{ output: { error: undefined } }],
  'xstate.error.actor.session': [{ error: new Error('the session exploded') }],
};

/** What of the context guards ask for, where they do: elsewhere it is overwritten before anybody asks. */
export function clientKey({ value, context }: ClientSnapshot): unknown {
  const path = statePath(value);
  const session = [
    context.record,
    context.management?.id,
    context.management?.hasBegun,
    context.management?.max,
    isForgotten(context),
  ];
  if (path === 'resolving.asking') {
    const { recalled, sources, error, redirects } = context;
    return [session, recalled.token !== undefined, sources.length, error && classifyFailure(error), redirects];
  }
  if (!path.startsWith('linked') && path !== 'resolving.redirected') return session;
  const { candidates, candidate, sources, redirects, channel } = context;
  const places = candidates.slice(candidate).map(describeEndpoint);
  return [session, places, sources.length, redirects, channel !== undefined, negotiated(path, context)];
}

/** The same, and whether rounds have failed since the last session that lasted: no guard asks, but how long to wait depends on it. */
export function countingKey(snapshot: ClientSnapshot): unknown {
  return [clientKey(snapshot), snapshot.context.retry.attempt > 0];
}

/** The same, and whether the last credentials were refused: no guard asks, but the next are asked for with the reason. */
export function refusalKey(snapshot: ClientSnapshot): unknown {
  return [clientKey(snapshot), snapshot.context.refusal !== undefined];
}

/** What a login depends on: first on how it may be done, then on what comes with it. */
function negotiated(path: string, { recalled, features, outcome: said }: ClientSnapshot['context']): unknown {
  if (/^linked\.(?:online|closing|authenticating|restarting)/.test(path)) return undefined;
  const hasToken = recalled.token !== undefined;
  if (said === undefined && path.startsWith('linked.loggingIn')) return [hasToken, features?.mechanisms.join()];
  const offered = features && [features.sm, features.bind, features.session?.optional];
  return [hasToken, offered, said && [said.bound !== undefined, said.resumption !== undefined]];
}

/** Whether the server no longer keeps the session that was lost. */
function isForgotten({ management, settings }: ClientSnapshot['context']): boolean {
  return management?.until !== undefined && settings.clock.now() >= management.until;
}
