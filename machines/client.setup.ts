import { assertEvent, assign, sendTo, setup } from 'xstate';
import { clientStopped, SessionEndedError, TransportError } from '../src/errors/index.ts';
import { buildBindRequest, buildSessionRequest } from '../src/payloads/index.ts';
import { SaslError } from '../src/sasl/index.ts';
import { createId } from '../src/stanza/index.ts';
import { authenticationMachine } from './authentication.machine.ts';
import {
  boundJid,
  closedError,
  currentEndpoint,
  errorOf,
  isAnswer,
  locate,
  outOfTurnError,
  refusedRequestError,
  requireEndpoint,
  timeoutError,
} from './client.facts.ts';
import type { ClientContext, ClientEvent, ClientOutput, ClientTag } from './client.types.ts';
import { resolveSlot, transportSlot } from './contracts.ts';
import { describeEndpoint } from './endpoint.ts';
import { classifyFailure } from './failure.ts';
import { LONGEST_TIMER, NO_RETRY, planRetry } from './retry.ts';
import { sessionMachine } from './session.machine.ts';
import type { ClientInput } from './settings.ts';

/** Types, actors, guards and delays of `clientMachine`. */
const facts = setup({
  types: {} as {
    input: ClientInput;
    context: ClientContext;
    events: ClientEvent;
    output: ClientOutput;
    tags: ClientTag;
    children: { session: 'session'; transport: 'transport'; resolve: 'resolve'; authentication: 'authentication' };
  },
  actors: {
    resolve: resolveSlot,
    transport: transportSlot,
    authentication: authenticationMachine,
    session: sessionMachine,
  },
  guards: {
    startsAtOnce: ({ context }) => context.settings.startsAtOnce,
    foundCandidates: ({ event }) => event.type === 'xstate.done.actor.resolve' && event.output.length > 0,
    usesDirectTls: ({ context }) => currentEndpoint(context)?.security === 'direct-tls',
    mayStayInClear: ({ context }) => currentEndpoint(context)?.security === 'none',
    offersStartTls: ({ event }) => event.type === 'features.received' && event.features.startTls !== undefined,
    offersBinding: ({ event }) => event.type === 'features.received' && event.features.bind,
    authenticationFailed: ({ event }) =>
      event.type === 'xstate.done.actor.authentication' && event.output.error !== undefined,
    bindsAddress: ({ context, event }) => boundJid(context, event) !== undefined,
    requestSucceeded: ({ context, event }) => isAnswer(context, event) && event.stanza.attributes.type === 'result',
    answersRequest: ({ context, event }) => isAnswer(context, event),
    requiresSession: ({ context }) => context.features?.session?.optional === false,
    isTerminal: ({ context }) => failureClass(context) === 'terminal',
    needsCredentials: ({ context }) => failureClass(context) === 'needs-credentials',
    mayTryNextCandidate: ({ context }) =>
      failureClass(context) === 'retry-elsewhere' && context.candidate + 1 < context.candidates.length,
    mayRetry: ({ context }) => context.retry.delay !== undefined,
  },
  delays: {
    resolveDeadline: ({ context }) => context.settings.timeouts.resolve,
    connectDeadline: ({ context }) => context.settings.timeouts.connect,
    openDeadline: ({ context }) => context.settings.timeouts.open,
    secureDeadline: ({ context }) => context.settings.timeouts.secure,
    authenticateDeadline: ({ context: { settings } }) =>
      Math.min(settings.timeouts.credentials + 10 * settings.timeouts.authenticate, LONGEST_TIMER),
    bindDeadline: ({ context }) => context.settings.timeouts.bind,
    closeDeadline: ({ context }) => context.settings.timeouts.close,
    stableSession: ({ context }) => context.settings.timeouts.stable,
    backOff: ({ context }) => context.retry.delay ?? 0,
    networkPatience: ({ context }) => context.settings.timeouts.network,
  },
});

/** What `clientMachine` remembers. */
const memories = facts.extend({
  actions: {
    forgetFailures: assign({ error: undefined, retry: NO_RETRY, tried: [] }),
    startRound: assign({ candidates: [], candidate: 0, tried: [] }),
    rememberCandidates: assign(({ event }) => {
      assertEvent(event, 'xstate.done.actor.resolve');
      return { candidates: event.output };
    }),
    nextCandidate: assign({ candidate: ({ context }) => context.candidate + 1 }),
    rememberFeatures: assign(({ event }) => {
      assertEvent(event, 'features.received');
      return { features: event.features };
    }),
    // What was negotiated is a tree of elements: a kilobyte that an idle client need not keep. The other candidates go as
    // well: whoever loses a session waits its turn and asks anew, instead of storming the next server at once.
    forgetNegotiation: assign(({ context }) => ({
      features: undefined,
      requestId: '',
      candidates: [requireEndpoint(context)],
      candidate: 0,
    })),
    forgetRefusal: assign({ refusal: undefined }),
    rememberJid: assign({ jid: ({ context, event }) => boundJid(context, event) ?? context.jid }),
    newRequest: assign({ requestId: () => createId() }),
    rememberError: assign({ error: ({ event }) => errorOf(event) }),
    rememberTimeout: assign({ error: ({ context }) => timeoutError(context) }),
    rememberClosed: assign({ error: () => closedError() }),
    rememberOutOfTurn: assign({ error: ({ event }) => outOfTurnError(event) }),
    rememberRefusedRequest: assign({ error: ({ event }) => refusedRequestError(event) }),
    rememberNoCandidates: assign({
      error: ({ context }) =>
        new TransportError(`Nothing is known to answer for ${context.settings.jid.domainpart}`, {
          condition: 'host-not-found',
          hint: 'Check the domain of the address, or name the server with `host` and `port`.',
        }),
    }),
    rememberNoTls: assign({
      error: () =>
        new TransportError('The server offers no TLS, or refused it', {
          condition: 'tls-unavailable',
          hint: 'Nothing was sent in clear. If the server has TLS, somebody in between removed the offer; try direct TLS.',
        }),
    }),
    rememberNoBinding: assign({
      error: () =>
        new TransportError('The server does not offer resource binding after authentication', {
          condition: 'protocol-violation',
          hint: 'Resource binding is mandatory (RFC 6120 §7.3.1); this is no XMPP server for clients.',
        }),
    }),
    rememberRefusal: assign({
      refusal: ({ context: { error, refusal } }) =>
        error instanceof SaslError && classifyFailure(error) === 'needs-credentials' ? error : refusal,
    }),
    noteAttempt: assign({
      tried: ({ context }) => {
        const endpoint = currentEndpoint(context);
        if (!(endpoint && context.error)) return context.tried;
        const { code, message } = context.error;
        return [...context.tried, { endpoint: describeEndpoint(endpoint), code, message }];
      },
    }),
    planRetry: assign({
      retry: ({ context: { settings, retry, error } }) =>
        planRetry(settings.reconnect, retry, error, settings.random()),
    }),
    resetRetry: assign({ retry: NO_RETRY }),
    // No assignment: the error itself learns, once, where it happened.
    locateError: ({ context, self }) => {
      if (context.error) locate(context.error, self.getSnapshot().value, context);
    },
  },
});

/** What `clientMachine` tells its actors. */
export const clientSetup = memories.extend({
  actions: {
    openStream: sendTo('transport', ({ context: { settings } }) => ({
      type: 'stream.open',
      to: settings.jid.domainpart,
      ...(settings.language === undefined ? {} : { lang: settings.language }),
    })),
    requestTls: sendTo('transport', { type: 'tls.request' }),
    startTls: sendTo('transport', { type: 'tls.start' }),
    closeStream: sendTo('transport', { type: 'stream.close' }),
    passToAuthentication: sendTo('authentication', ({ event }) => {
      assertEvent(event, ['sasl.challenged', 'sasl.succeeded', 'sasl.failed']);
      return event;
    }),
    sendBindRequest: sendTo('transport', ({ context: { requestId, settings } }) => ({
      type: 'stanza.send',
      stanza: buildBindRequest(requestId, settings.jid.resourcepart),
    })),
    sendSessionRequest: sendTo('transport', ({ context }) => ({
      type: 'stanza.send',
      stanza: buildSessionRequest(context.requestId),
    })),
    holdStanza: sendTo('session', ({ event }) => {
      assertEvent(event, 'stanza.received');
      return { type: 'stanza.hold', stanza: event.stanza };
    }),
    passToSession: sendTo('session', ({ event }) => {
      assertEvent(event, ['stanza.send', 'subprotocol.use', 'subprotocol.tell']);
      return event;
    }),
    beginSession: sendTo('session', ({ context, self }) => ({
      type: 'session.begin',
      jid: context.jid,
      transport: self.getSnapshot().children?.transport,
    })),
    endSession: sendTo('session', ({ context }) => ({ type: 'session.end', reason: sessionLost(context) })),
    closeSession: sendTo('session', () => ({ type: 'session.end', reason: clientStopped() })),
    abandonRequests: sendTo('session', ({ context }) => ({ type: 'requests.abandon', reason: sessionLost(context) })),
    abandonAll: sendTo('session', () => ({ type: 'session.abandon', reason: clientStopped() })),
    announceOnline: sendTo('session', ({ context }) => ({
      type: 'publish',
      event: { type: 'online', jid: context.jid },
    })),
    announceOffline: sendTo('session', { type: 'publish', event: { type: 'offline' } }),
    announceRetry: sendTo('session', ({ context }) => ({
      type: 'publish',
      event: { type: 'reconnecting', error: context.error, ...context.retry },
    })),
    announceFailure: sendTo('session', ({ context }) => ({
      type: 'publish',
      event: { type: 'failed', error: context.error },
    })),
  },
});

function failureClass({ error }: ClientContext) {
  return error && classifyFailure(error);
}

function sessionLost({ error }: ClientContext): SessionEndedError {
  return new SessionEndedError(`The session was lost: ${error?.message ?? 'no reason known'}`, {
    condition: 'lost',
    cause: error,
    phase: error?.phase,
    endpoint: error?.endpoint,
    hint: error?.hint,
  });
}
