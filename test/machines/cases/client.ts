import { classifyFailure, type clientMachine, describeEndpoint, statePath } from '../../../machines/index.ts';
import { SessionRecordError, TransportError } from '../../../src/errors/index.ts';
import { parseJid } from '../../../src/jid/index.ts';
import { buildBind2, NS_BIND2, NS_FAST, NS_SASL2, SaslError, Sealed } from '../../../src/sasl/index.ts';
import { NS_CLIENT } from '../../../src/stanza/index.ts';
import { NS_BIND, NS_SASL, NS_SESSION, NS_SM, NS_TLS, parseFeatures, StreamError } from '../../../src/stream/index.ts';
import { type Cases, puppet } from '../../../src/testing/model/index.ts';
import { type Element, element, parseElement } from '../../../src/xml/index.ts';
import {
  CHANNEL,
  type ClientSnapshot,
  DIRECT_TLS,
  IN_CLEAR,
  MEMORY,
  OTHER_STARTTLS,
  STARTTLS,
  WSS,
} from '../client-steps.ts';
import { TOKEN } from '../login-steps.ts';

/*
 * What can happen to a client, one entry for each event. What a server may say stands in words beside it.
 */

const FULL_JID = 'juliet@example.org/balcony';

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
  'xstate.done.actor.recall': {
    nothing: { output: { pin: undefined, token: undefined } },
    'a token': { output: { pin: undefined, token: TOKEN } },
  },
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

  'stream.opened': [{ header: { from: 'example.org', to: undefined, id: 's1', version: '1.0', lang: undefined } }],
  'stream.closed': [{}],
  'stream.failed': { 'for now': { error: new StreamError('system-shutdown') } },
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
    resumed: { payload: undefined, outcome: outcome({ resumption: sm('resumed', { previd: 'm1', h: '0' }) }) },
  },
  'sasl.failed': [{ error: new SaslError('x', { condition: 'not-authorized' }) }],
  'xstate.done.actor.authentication': {
    success: (snapshot) => (mayHaveSucceeded(snapshot) ? authenticated() : undefined),
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

/** The way to `online` and back, and nothing else: for what depends on the settings alone. */
export const straightCases: Cases<typeof clientMachine> = {
  ...Object.fromEntries(Object.keys(clientCases).map((type) => [type, []])),
  start: [{}],
  stop: [{}],
  'session.expired': [{}],
  'reconnect.now': [{}],
  'network.online': [{}],
  'network.offline': [{}],
  'xstate.done.actor.restore': {
    nothing: { output: { restored: undefined, problem: undefined } },
    'a session': { output: { restored: restoredSession(), problem: undefined } },
    'a useless one': {
      output: { restored: undefined, problem: new SessionRecordError('x', { condition: 'damaged' }) },
    },
  },
  'xstate.error.actor.restore': [{ error: new Error('the store exploded') }],
  'xstate.done.actor.recall': { nothing: { output: { pin: undefined, token: undefined } } },
  'xstate.done.actor.resolve': { STARTTLS: { output: [STARTTLS] } },
  'transport.connected': [{ roundTrip: 100 }],
  'transport.secured': [{ channel: CHANNEL }],
  'transport.failed': [{ error: new TransportError('x', { condition: 'connection-reset' }) }],
  'stream.opened': [{ header: { from: 'example.org', to: undefined, id: 's1', version: '1.0', lang: undefined } }],
  'features.received': {
    STARTTLS: offer(`<starttls xmlns='${NS_TLS}'><required/></starttls>`),
    SASL: offer(mechanisms(NS_SASL, 'mechanisms')),
    'binding, management': offer(`<bind xmlns='${NS_BIND}'/><sm xmlns='${NS_SM}'/>`),
  },
  'tls.proceeded': [{}],
  'xstate.done.actor.authentication': { success: authenticated() },
  'management.answered': {
    'enabled for long': { element: sm('enabled', { id: 'm1', resume: 'true', max: '1000000' }) },
    'enabled for no time': { element: sm('enabled', { id: 'm1', resume: 'true', max: '0' }) },
    resumed: { element: sm('resumed', { previd: 'm1', h: '0' }) },
  },
  'stanza.received': { 'the answer with a resource': ({ context }) => iq('result', context.requestId, bind()) },
};

/** Places of every kind to dial, one after the other too, and the ways to begin there. */
export const placesCases: Cases<typeof clientMachine> = {
  ...straightCases,
  'xstate.done.actor.recall': {
    nothing: { output: { pin: undefined, token: undefined } },
    'a token': { output: { pin: undefined, token: TOKEN } },
  },
  'xstate.done.actor.resolve': {
    nothing: { output: [] },
    'direct TLS': { output: [DIRECT_TLS] },
    WebSocket: { output: [WSS] },
    memory: { output: [MEMORY] },
    'in clear': { output: [IN_CLEAR] },
    'two of them': { output: [STARTTLS, OTHER_STARTTLS] },
  },
  'xstate.error.actor.resolve': {
    mendable: { error: new TransportError('x', { condition: 'host-not-found' }) },
    'for now': { error: new TransportError('x', { condition: 'store-failed' }) },
  },
  'transport.failed': {
    mendable: { error: new TransportError('x', { condition: 'connection-reset' }) },
    'for now': { error: new TransportError('x', { condition: 'store-failed' }) },
  },
  'features.received': {
    STARTTLS: offer(`<starttls xmlns='${NS_TLS}'><required/></starttls>`),
    SASL: offer(mechanisms(NS_SASL, 'mechanisms')),
    SASL2: offer(sasl2('')),
    binding: offer(`<bind xmlns='${NS_BIND}'/>`),
  },
  'sasl.succeeded': { bound: { payload: undefined, outcome: outcome({ identifier: FULL_JID, bound: buildBind2() }) } },
  'management.answered': [],
};

/** Servers that send clients elsewhere, again and again. */
export const redirectCases: Cases<typeof clientMachine> = {
  ...straightCases,
  'xstate.error.actor.recall': [{ error: new TransportError('x', { condition: 'store-failed' }) }],
  'xstate.done.actor.resolve': { WebSocket: { output: [WSS] } },
  'stream.failed': [{ error: new StreamError('see-other-host', { host: 'e.example.org' }) }],
  'stream.closed': [{ seeOtherUri: 'wss://e.example.org/ws' }],
  'management.answered': [],
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

/** In the profile of XEP-0388 the authentication ends well only after it heard of a success, and vice versa. */
function mayHaveSucceeded({ value, context }: ClientSnapshot): boolean {
  return context.outcome !== undefined || !statePath(value).startsWith('linked.loggingIn');
}

function offer(inner: string) {
  const xml = `<stream:features xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>${inner}</stream:features>`;
  return { features: parseFeatures(parseElement(xml)) };
}

function mechanisms(namespace: string, name: string): string {
  return `<${name} xmlns='${namespace}'><mechanism>SCRAM-SHA-256</mechanism></${name}>`;
}

function sasl2(inline: string): string {
  const bind = `<bind xmlns='${NS_BIND2}'><inline><feature var='${NS_SM}'/></inline></bind>`;
  return `<authentication xmlns='${NS_SASL2}'><mechanism>SCRAM-SHA-256</mechanism><inline>${bind}<sm xmlns='${NS_SM}'/>${inline}</inline></authentication>`;
}

function outcome(said: object) {
  const identifier = 'juliet@example.org';
  return { identifier, bound: undefined, bindFailed: false, resumption: undefined, token: undefined, ...said };
}

function boundWith(inner: string): Element {
  return parseElement(`<bound xmlns='${NS_BIND2}'>${inner}</bound>`);
}

function authenticated(said: { readonly mechanism?: string | undefined; readonly error?: SaslError } = {}) {
  const usual = { mechanism: 'SCRAM-SHA-256', error: undefined, outcome: undefined, enabled: [], unsaved: undefined };
  return { output: { ...usual, ...said } };
}

function sm(name: string, attributes: Readonly<Record<string, string>>): Element {
  return element(`{${NS_SM}}${name}`, attributes);
}

function iq(type: string, id: string, ...children: readonly Element[]) {
  return { stanza: element(`{${NS_CLIENT}}iq`, { type, id }, children) };
}

function bind(): Element {
  return element(`{${NS_BIND}}bind`, {}, element('jid', {}, FULL_JID));
}

function restoredSession() {
  const management = { id: 'm1', max: undefined, location: undefined };
  const session = {
    jid: parseJid(FULL_JID),
    management,
    enabled: [],
    features: [],
    received: 0,
    acknowledged: 0,
    isLive: false,
  };
  return { session, outgoing: [] };
}
