import { setup } from 'xstate';
import { TransportError } from '../src/errors/index.ts';
import { recallSlot } from './authentication.contracts.ts';
import { authenticationMachine } from './authentication.machine.ts';
import { boundJid, currentEndpoint, isAnswer, isTlsUp } from './client.facts.ts';
import { jidBoundAlong, mayLogInEarly, maySaslInstead, offersTokenLogin, sasl2Offer } from './client.login.facts.ts';
import {
  awaitsManagement,
  isResumable,
  mayManageAtOnce,
  mayRestore,
  mayResumeBehind,
  resumedCount,
} from './client.management.ts';
import type { ClientContext, ClientEvent, ClientOutput, ClientTag } from './client.types.ts';
import { resolveSlot, transportSlot } from './contracts.ts';
import { classifyFailure } from './failure.ts';
import { MAX_REDIRECTS, redirectedEndpoint } from './redirect.ts';
import { restoreSlot } from './restore.contracts.ts';
import { LONGEST_TIMER } from './retry.ts';
import { sessionMachine } from './session.machine.ts';
import type { ClientInput } from './settings.ts';

/** Types, actors, guards and delays of `clientMachine`. */
export const facts = setup({
  types: {} as {
    input: ClientInput;
    context: ClientContext;
    events: ClientEvent;
    output: ClientOutput;
    tags: ClientTag;
    children: {
      session: 'session';
      transport: 'transport';
      restore: 'restore';
      recall: 'recall';
      resolve: 'resolve';
      authentication: 'authentication';
    };
  },
  actors: {
    restore: restoreSlot,
    recall: recallSlot,
    resolve: resolveSlot,
    transport: transportSlot,
    authentication: authenticationMachine,
    session: sessionMachine,
  },
  guards: {
    startsFromRecord: ({ context }) => context.settings.startsAtOnce && mayRestore(context),
    mayRestore: ({ context }) => mayRestore(context),
    startsAtOnce: ({ context }) => context.settings.startsAtOnce,
    foundCandidates: ({ event }) => event.type === 'xstate.done.actor.resolve' && event.output.length > 0,
    mayAskFurther: ({ context }) => context.sources.length > 1 && isMendableElsewhere(context),
    hasFailed: ({ context }) => context.error !== undefined,
    usesDirectTls: ({ context }) => {
      const endpoint = currentEndpoint(context);
      return endpoint?.transport === 'tcp' && endpoint.security === 'direct-tls';
    },
    cameWithTls: ({ context }) => currentEndpoint(context)?.security === 'direct-tls',
    mayLogInEarly: ({ context, event }) => mayLogInEarly(context, event),
    mayStayInClear: ({ context }) => currentEndpoint(context)?.security === 'none',
    offersStartTls: ({ event }) => event.type === 'features.received' && event.features.startTls !== undefined,
    offersSasl2: ({ context, event }) =>
      event.type === 'features.received' && sasl2Offer(context, event.features) !== undefined,
    mayLogInUnseen: ({ context, event }) =>
      event.type === 'features.received' &&
      currentEndpoint(context)?.security === 'none' &&
      sasl2Offer(context, event.features) !== undefined,
    offersTokenLogin: ({ context, event }) => offersTokenLogin(context, event),
    offersBinding: ({ event }) => event.type === 'features.received' && event.features.bind,
    mayBind: ({ context }) => context.features?.bind === true && context.outcome?.bound === undefined,
    mayResume: ({ context, event }) => event.type === 'features.received' && event.features.sm && isResumable(context),
    // XEP-0198 §9.2 is optional: who was not asked along with the login is asked behind it.
    mayResumeBehind: ({ context }) => context.features?.sm === true && mayResumeBehind(context, context.outcome),
    leavesSession: ({ context, event }) => event.type === 'sasl.succeeded' && mayResumeBehind(context, event.outcome),
    // The stream failed for a reason that has nothing to do with what was asked for along with the login.
    sparesSession: ({ event }) => event.type === 'stream.failed' && UNRELATED.has(event.error.condition),
    isResumed: ({ context, event }) => resumedCount(context, event) !== undefined,
    awaitsManagement: ({ context }) => awaitsManagement(context),
    isBoundUnmanaged: ({ context }) => jidBoundAlong(context) !== undefined && mayManageAtOnce(context),
    hasFeatures: ({ context }) => context.features !== undefined,
    isBound: ({ context }) => jidBoundAlong(context) !== undefined,
    // Nothing was left to log in with: all that was known was the token, and the server does not take it.
    mayLogInOtherwise: ({ context, event }) =>
      isOutOfWays(event) && context.recalled.token !== undefined && context.features !== undefined,
    mustLogInOtherwise: ({ context, event }) => isOutOfWays(event) && context.recalled.token !== undefined,
    mayUseSasl: ({ context, event }) => isOutOfWays(event) && maySaslInstead(context),
    authenticationFailed: ({ event }) =>
      event.type === 'xstate.done.actor.authentication' && event.output.error !== undefined,
    bindsAddress: ({ context, event }) => boundJid(context, event) !== undefined,
    requestSucceeded: ({ context, event }) => isAnswer(context, event) && event.stanza.attributes.type === 'result',
    answersRequest: ({ context, event }) => isAnswer(context, event),
    requiresSession: ({ context }) => context.features?.session?.optional === false,
    isTerminal: ({ context }) => failureClass(context) === 'terminal',
    needsCredentials: ({ context }) => failureClass(context) === 'needs-credentials',
    mayFollowRedirect: ({ context }) => {
      const endpoint = currentEndpoint(context);
      if (!endpoint || !isTlsUp(context) || context.redirects >= MAX_REDIRECTS) return false;
      return redirectedEndpoint(context.error, endpoint) !== undefined;
    },
    mayTryNextCandidate: ({ context }) =>
      isMendableElsewhere(context) && context.candidate + 1 < context.candidates.length,
    watchesLiveness: ({ context }) => context.settings.liveness !== undefined,
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
    livenessPatience: ({ context }) => context.settings.liveness?.patience ?? LONGEST_TIMER,
    backOff: ({ context }) => context.retry.delay ?? 0,
    networkPatience: ({ context }) => context.settings.timeouts.network,
  },
});

/** Stream errors about the server or the network (RFC 6120 §4.9.3), not about what the client asked for. */
const UNRELATED: ReadonlySet<string> = new Set([
  'connection-timeout',
  'remote-connection-failed',
  'reset',
  'resource-constraint',
  'see-other-host',
  'system-shutdown',
]);

/** What is wrong with a place that the server only recommended says nothing about the places that are known. */
function failureClass(context: ClientContext) {
  const { error } = context;
  if (error instanceof TransportError && currentEndpoint(context)?.isHint) return 'retry-elsewhere';
  return error && classifyFailure(error);
}

/** Where nothing has failed yet, nothing was found. */
function isMendableElsewhere(context: ClientContext): boolean {
  return context.error === undefined || failureClass(context) === 'retry-elsewhere';
}

function isOutOfWays(event: ClientEvent): boolean {
  return event.type === 'xstate.done.actor.authentication' && event.output.mechanism === undefined;
}
