import { assertEvent, assign } from 'xstate';
import { type EndpointAttempt, storeError, TransportError, type XmppError } from '../src/errors/index.ts';
import { SaslError } from '../src/sasl/index.ts';
import { createId } from '../src/stanza/index.ts';
import type { Features } from '../src/stream/index.ts';
import {
  askedParty,
  boundJid,
  closedError,
  discoverySources,
  errorOf,
  lastSource,
  locate,
  NOTHING_RECALLED,
  outOfTurnError,
  refusedRequestError,
  requireEndpoint,
  silentError,
  timeoutError,
} from './client.facts.ts';
import { jidBoundAlong, noBindingError } from './client.login.facts.ts';
import { enabledManagement, expiryOf, isResumable, managementOf } from './client.management.ts';
import { facts } from './client.setup.ts';
import type { ClientContext } from './client.types.ts';
import type { Endpoint } from './endpoint.ts';
import { classifyFailure } from './failure.ts';
import { preferredEndpoint, redirectedEndpoint } from './redirect.ts';
import { NO_RETRY, planRetry } from './retry.ts';

/** One for all: an empty list in each client would be a waste. */
const NONE: readonly never[] = [];

/** What `clientMachine` remembers. */
export const memories = facts.extend({
  actions: {
    forgetFailures: assign({ error: undefined, retry: NO_RETRY, tried: NONE }),
    startRound: assign({
      sources: ({ context }) => discoverySources(context),
      candidates: NONE,
      candidate: 0,
      tried: NONE,
      redirects: 0,
      error: undefined,
    }),
    rememberRecord: assign(({ event }) => {
      assertEvent(event, 'xstate.done.actor.restore');
      const { restored, problem } = event.output;
      const record = problem ? 'refused' : restored ? 'restored' : 'absent';
      const session = restored?.session;
      if (!session) return { record, error: undefined };
      const management = managementOf(session.management, { hasBegun: true, until: undefined });
      return {
        record,
        error: undefined,
        jid: session.jid,
        management,
      };
    }),
    rememberNoRecord: assign({ record: 'refused', error: undefined }),
    rememberRecollection: assign(({ event }) => {
      assertEvent(event, 'xstate.done.actor.recall');
      return { recalled: event.output };
    }),
    forgetToken: assign({ recalled: ({ context }) => ({ ...context.recalled, token: undefined }) }),
    askFurther: assign(
      ({
        context: {
          sources: [last, next = last, ...rest],
        },
      }) => ({ sources: [next, ...rest], candidates: NONE, candidate: 0 }),
    ),
    startAttempt: assign({ channel: undefined, features: undefined, outcome: undefined, enabled: NONE }),
    rememberCandidates: assign(({ context, event }) => {
      assertEvent(event, 'xstate.done.actor.resolve');
      return { candidates: withPreferred(context, event.output), candidate: 0 };
    }),
    nextCandidate: assign({ candidate: ({ context }) => context.candidate + 1 }),
    followRedirect: assign(({ context: { candidates, candidate, error, redirects }, context }) => {
      const target = redirectedEndpoint(error, requireEndpoint(context));
      const rest = candidates.slice(candidate + 1);
      return { candidates: target ? [target, ...rest] : rest, candidate: 0, redirects: redirects + 1 };
    }),
    rememberRoundTrip: assign(({ event }) => {
      assertEvent(event, 'transport.connected');
      return { roundTrip: event.roundTrip };
    }),
    rememberChannel: assign(({ event }) => {
      assertEvent(event, 'transport.secured');
      return { channel: event.channel };
    }),
    // What the server offered before has lost its meaning: what it offers to the account comes next.
    rememberOutcome: assign(({ event }) => {
      assertEvent(event, 'sasl.succeeded');
      return { outcome: event.outcome, features: undefined };
    }),
    rememberFeatures: assign(({ event }) => {
      assertEvent(event, 'features.received');
      return { features: event.features };
    }),
    // What was negotiated is a tree of elements: a kilobyte that an idle client need not keep. The other candidates go as
    // well: whoever loses a session waits its turn and asks anew, instead of storming the next server at once.
    forgetNegotiation: assign(({ context }) => ({
      recalled: NOTHING_RECALLED,
      management: context.management && managementOf(context.management, { hasBegun: true, until: undefined }),
      features: undefined,
      outcome: undefined,
      enabled: NONE,
      requestId: '',
      sources: lastSource(context),
      candidates: [requireEndpoint(context)],
      candidate: 0,
    })),
    rememberJid: assign({ jid: ({ context, event }) => boundJid(context, event) ?? context.jid }),
    rememberBoundJid: assign({ jid: ({ context }) => jidBoundAlong(context) ?? context.jid }),
    rememberLogin: assign(({ event }) => {
      assertEvent(event, 'xstate.done.actor.authentication');
      return { refusal: undefined, enabled: event.output.enabled };
    }),
    rememberManagement: assign(({ context, event }) => {
      const enabled = enabledManagement(context, event);
      const management = enabled && managementOf(enabled, { hasBegun: false, until: undefined });
      return { management, features: withoutManagement(context) };
    }),
    // The server answered: there is nothing to wait for any more.
    withdrawManagement: assign({ features: ({ context }) => withoutManagement(context) }),
    // From now on the clock of the server runs. A session that never began has nothing to go on with.
    noteSuspension: assign({
      management: ({ context }) => {
        const { management } = context;
        if (!management?.hasBegun) return undefined;
        return managementOf(management, { hasBegun: true, until: management.until ?? expiryOf(context) });
      },
    }),
    forgetManagement: assign({ management: undefined }),
    newRequest: assign({ requestId: () => createId() }),
    rememberError: assign({ error: ({ event }) => errorOf(event) }),
    rememberTimeout: assign({ error: ({ context }) => timeoutError(context) }),
    rememberDeath: assign({ error: ({ context }) => silentError(context) }),
    rememberClosed: assign({ error: ({ event }) => closedError(event) }),
    rememberOutOfTurn: assign({ error: ({ event }) => outOfTurnError(event) }),
    rememberRefusedRequest: assign({ error: ({ context, event }) => refusedRequestError(context, event) }),
    rememberNoRecollection: assign({
      error: () => storeError('A store of the application did not answer in time'),
    }),
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
    rememberNoBinding: assign({ error: ({ context }) => noBindingError(context) }),
    rememberRefusal: assign({
      refusal: ({ context: { error, refusal } }) =>
        error instanceof SaslError && classifyFailure(error) === 'needs-credentials' ? error : refusal,
    }),
    noteAttempt: assign({ tried: ({ context }) => triedWith(context, context.error) }),
    // The error of an endpoint stays the error of the round.
    noteDiscovery: assign({ tried: ({ context, event }) => triedWith(context, errorOf(event)) }),
    planRetry: assign({
      retry: ({ context: { settings, retry, error } }) =>
        planRetry(settings.reconnect, retry, error, settings.random()),
    }),
    resetRetry: assign({ retry: NO_RETRY, redirects: 0 }),
    // No assignments: the error itself learns, once, where it happened and what was tried before.
    listAttempts: ({ context: { error, tried } }) => {
      if (error && error.attempts.length === 0) error.attempts = tried;
    },
    locateError: ({ context, self }) => {
      if (context.error) locate(context.error, self.getSnapshot().value, context);
    },
  },
});

function triedWith(context: ClientContext, error: XmppError | undefined): readonly EndpointAttempt[] {
  const endpoint = askedParty(context);
  if (endpoint === undefined || !error) return context.tried;
  return [...context.tried, { endpoint, code: error.code, message: error.message }];
}

/** A server that keeps the session may say where; the others still follow (XEP-0198 §5). */
function withPreferred(context: ClientContext, found: readonly Endpoint[]): readonly Endpoint[] {
  const [first] = found;
  const location = isResumable(context) ? context.management?.location : undefined;
  const preferred = first && preferredEndpoint(location, first);
  return preferred ? [preferred, ...found] : found;
}

function withoutManagement({ features }: ClientContext): Features | undefined {
  return features && { ...features, sm: false };
}
