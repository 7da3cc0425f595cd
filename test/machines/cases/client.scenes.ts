import type { clientMachine } from '../../../machines/index.ts';
import { SessionRecordError, TransportError } from '../../../src/errors/index.ts';
import { buildBind2, SaslError } from '../../../src/sasl/index.ts';
import { NS_BIND, NS_SASL, NS_SM, NS_TLS, StreamError } from '../../../src/stream/index.ts';
import type { Cases } from '../../../src/testing/model/index.ts';
import { CHANNEL, DIRECT_TLS, IN_CLEAR, MEMORY, OTHER_STARTTLS, STARTTLS, WSS } from '../client-steps.ts';
import {
  authenticated,
  bind,
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
import { clientCases } from './client.ts';

/*
 * What can happen to a client in some situation, where few events of all that there are decide.
 */

const NO_CASES = Object.fromEntries(Object.keys(clientCases).map((type) => [type, []]));

/** The way to `online` and back, and nothing else: for what depends on the settings alone. */
export const straightCases: Cases<typeof clientMachine> = {
  ...NO_CASES,
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
  'xstate.done.actor.recall': { nothing: RECOLLECTIONS.nothing },
  'xstate.done.actor.resolve': { STARTTLS: { output: [STARTTLS] } },
  'transport.connected': [{ roundTrip: 100 }],
  'transport.secured': [{ channel: CHANNEL }],
  'transport.failed': [{ error: new TransportError('x', { condition: 'connection-reset' }) }],
  'stream.opened': [{ header: SERVER_HEADER }],
  'features.received': {
    STARTTLS: offer(`<starttls xmlns='${NS_TLS}'><required/></starttls>`),
    SASL: offer(mechanisms(NS_SASL, 'mechanisms')),
    'binding, management': offer(`<bind xmlns='${NS_BIND}'/><sm xmlns='${NS_SM}'/>`),
  },
  'tls.proceeded': [{}],
  'xstate.done.actor.authentication': {
    success: (snapshot) => (mayHaveSucceeded(snapshot) ? authenticated() : undefined),
  },
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
  'xstate.done.actor.recall': RECOLLECTIONS,
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
  'xstate.done.actor.recall': RECOLLECTIONS,
  'xstate.error.actor.recall': [{ error: new TransportError('x', { condition: 'store-failed' }) }],
  'xstate.done.actor.resolve': { WebSocket: { output: [WSS] } },
  'stream.failed': [{ error: new StreamError('see-other-host', { host: 'e.example.org' }) }],
  'stream.closed': [{ seeOtherUri: 'wss://e.example.org/ws' }],
  'management.answered': {
    enabled: { element: sm('enabled', { id: 'm1', resume: 'true' }) },
    resumed: { element: sm('resumed', { previd: 'm1', h: '0' }) },
  },
};

/** A session that is found only after a refusal, for its store failed at first; it is resumed along with the login. */
export const lateRecordCases: Cases<typeof clientMachine> = {
  ...NO_CASES,
  start: [{}],
  stop: [{}],
  'xstate.done.actor.restore': { 'a session': { output: { restored: restoredSession(), problem: undefined } } },
  'xstate.error.actor.restore': [{ error: new Error('the store exploded') }],
  'xstate.done.actor.recall': { nothing: RECOLLECTIONS.nothing },
  'xstate.done.actor.resolve': { memory: { output: [MEMORY] } },
  'transport.connected': [{ roundTrip: 100 }],
  'stream.opened': [{ header: SERVER_HEADER }],
  'features.received': { SASL2: offer(sasl2('')) },
  'sasl.succeeded': { resumed: resumedAlong() },
  'xstate.done.actor.authentication': {
    success: (snapshot) => (mayHaveSucceeded(snapshot) ? authenticated() : undefined),
    refused: authenticated({ error: new SaslError('x', { condition: 'not-authorized' }) }),
  },
};
