import type { AnyActorRef } from 'xstate';
import type { RecallInput } from './authentication.contracts.ts';
import { clientSetup } from './client.commands.ts';
import { DNS, NOTHING_RECALLED } from './client.facts.ts';
import { linked } from './client.linked.ts';
import type { ClientContext, ClientOutput } from './client.types.ts';
import type { ResolveInput } from './contracts.ts';
import type { RestoreInput } from './restore.contracts.ts';
import { NO_RETRY } from './retry.ts';
import type { SessionInput } from './session.facts.ts';
import type { ClientInput } from './settings.ts';

/**
 * The life of a client: from `offline` over TLS, SASL and resource binding to `online`, the way back after a failure, and
 * the ways to fail for good. RFC 6120 §4-7; one picture on purpose.
 *
 * Children: `session` for its whole life; `recall` and `resolve`; one `transport` for each attempt; `authentication`.
 * Parent: the application, or a machine of its own, which hears `xmpp.*` events.
 */
export const clientMachine = clientSetup.createMachine({
  id: 'client',
  context: initialContext,
  initial: 'beginning',
  output: clientOutput,
  options: { maxIterations: 100 },
  invoke: {
    id: 'session',
    src: 'session',
    input: sessionInput,
    onDone: { target: '.broken', actions: 'rememberError' },
    onError: { target: '.broken', actions: 'rememberError' },
  },
  on: {
    stop: { target: '.offline', actions: ['abandonAll', 'announceOffline'] },
    'app.active': { actions: 'passToSession' },
    'app.inactive': { actions: 'passToSession' },
    'stanza.send': { actions: 'passToSession' },
    'subprotocol.use': { actions: 'passToSession' },
    'subprotocol.tell': { actions: 'passToSession' },
  },
  states: {
    beginning: {
      description: 'Logs in at once, where the client is part of a machine that wants it so.',
      always: [
        { guard: 'startsFromRecord', target: 'restoring' },
        { guard: 'startsAtOnce', target: 'resolving' },
        { target: 'offline' },
      ],
    },
    offline: {
      description: 'No connection, and none is wanted. `start` connects.',
      tags: 'offline',
      entry: 'forgetManagement',
      on: {
        stop: { actions: 'abandonAll' },
        start: [
          { guard: 'mayRestore', target: 'restoring', actions: 'forgetFailures' },
          { target: 'resolving', actions: 'forgetFailures' },
        ],
      },
    },
    restoring: {
      description: 'Asks the store of the application for the session of an earlier process (XEP-0198 §5).',
      tags: 'connecting',
      invoke: {
        id: 'restore',
        src: 'restore',
        input: restoreInput,
        onDone: { target: 'resolving', actions: ['rememberRecord', 'restoreSession', 'announceRecord'] },
        onError: { target: 'failing', actions: 'rememberError' },
      },
      after: {
        resolveDeadline: { target: 'resolving', actions: ['rememberNoRecord', 'restoreNothing', 'announceNoRecord'] },
      },
    },
    resolving: {
      description: 'What must be known before anything is dialled.',
      tags: 'connecting',
      initial: 'recalling',
      states: {
        recalling: {
          description: 'Asks the stores of the application for the mechanism that worked before, and for a token.',
          entry: 'startRound',
          invoke: {
            id: 'recall',
            src: 'recall',
            input: recallInput,
            onDone: { target: 'asking', actions: 'rememberRecollection' },
            onError: { target: '#client.failing', actions: 'rememberError' },
          },
          after: { resolveDeadline: { target: '#client.failing', actions: 'rememberNoRecollection' } },
        },
        asking: {
          description:
            'Asks where the domain can be reached: candidates, best first. DNS (RFC 6120 §3.2); when those are exhausted, host-meta (XEP-0156 §3).',
          invoke: {
            id: 'resolve',
            src: 'resolve',
            input: resolveInput,
            onDone: [
              { guard: 'foundCandidates', target: '#client.linked', actions: 'rememberCandidates' },
              { guard: 'mayAskFurther', target: 'asking', reenter: true, actions: 'askFurther' },
              { guard: 'hasFailed', target: '#client.reconnecting', actions: 'planRetry' },
              { target: '#client.failing', actions: 'rememberNoCandidates' },
            ],
            onError: [
              // What endpoints said counts for more than what is wrong with a web server.
              { guard: 'hasFailed', target: '#client.reconnecting', actions: ['noteDiscovery', 'planRetry'] },
              { target: '#client.failing', actions: 'rememberError' },
            ],
          },
          after: { resolveDeadline: { target: '#client.failing', actions: 'rememberTimeout' } },
        },
        redirected: {
          description:
            'The server sent us elsewhere (RFC 6120 §4.9.3.19): the login there begins with what is known by now.',
          invoke: {
            id: 'recall',
            src: 'recall',
            input: recallInput,
            onDone: { target: '#client.linked', actions: 'rememberRecollection' },
            onError: { target: '#client.failing', actions: 'rememberError' },
          },
          after: { resolveDeadline: { target: '#client.failing', actions: 'rememberNoRecollection' } },
        },
      },
    },
    linked,
    failing: {
      description: 'Something failed: its class decides where to go.',
      entry: ['locateError', 'noteAttempt', 'listAttempts', 'noteSuspension', 'loseSession'],
      always: [
        { guard: 'isTerminal', target: 'failed.terminal' },
        { guard: 'needsCredentials', target: 'failed.needsCredentials' },
        { guard: 'mayFollowRedirect', target: 'resolving.redirected', actions: 'followRedirect' },
        { guard: 'mayTryNextCandidate', target: 'linked', actions: 'nextCandidate' },
        { guard: 'mayAskFurther', target: 'resolving.asking', actions: 'askFurther' },
        { target: 'reconnecting', actions: 'planRetry' },
      ],
    },
    reconnecting: {
      description: 'Waits before the next round.',
      tags: 'waiting',
      initial: 'choosing',
      entry: 'awaitExpiry',
      exit: 'awaitExpiryNoMore',
      on: {
        'reconnect.now': 'resolving',
        // Who waits for what becomes of a stanza need not wait longer than the server keeps the session.
        'session.expired': { actions: ['forfeitSession', 'forgetManagement'] },
      },
      states: {
        choosing: {
          description: 'Does the policy want another round?',
          always: [
            { guard: 'mayRetry', target: 'backingOff', actions: 'announceRetry' },
            { target: '#client.failed.gaveUp' },
          ],
        },
        backingOff: {
          description: 'Waits as long as the policy says.',
          on: { 'network.offline': 'awaitingNetwork', 'network.online': '#client.resolving' },
          after: { backOff: '#client.resolving' },
        },
        awaitingNetwork: {
          description: 'The platform says that there is no network; waits for it to come back.',
          on: { 'network.online': '#client.resolving' },
          after: { networkPatience: '#client.resolving' },
        },
      },
    },
    failed: {
      description: 'Not connected, and trying again by itself would do no good. `start` tries again.',
      tags: 'failed',
      initial: 'terminal',
      entry: ['endSession', 'forgetManagement', 'abandonRequests', 'announceFailure'],
      on: { start: { target: 'resolving', actions: 'forgetFailures' } },
      states: {
        terminal: {
          description: 'The error says that the same would happen again: conflict, policy, a bad certificate.',
        },
        needsCredentials: {
          description: 'The server refused the credentials; `start` asks for them anew.',
        },
        gaveUp: {
          description: 'The policy wants no further round.',
        },
      },
    },
    broken: {
      type: 'final',
      description: 'An actor that no client can do without failed: a bug. The output says which.',
      tags: 'failed',
    },
  },
});

function initialContext({ input }: { input: ClientInput }): ClientContext {
  return {
    settings: input,
    jid: input.jid,
    recalled: NOTHING_RECALLED,
    sources: DNS,
    candidates: [],
    candidate: 0,
    tried: [],
    redirects: 0,
    roundTrip: 0,
    channel: undefined,
    features: undefined,
    outcome: undefined,
    enabled: [],
    record: 'unread',
    management: undefined,
    requestId: '',
    error: undefined,
    refusal: undefined,
    retry: NO_RETRY,
  };
}

function sessionInput({ context, self }: { context: ClientContext; self: AnyActorRef }): SessionInput {
  const { _parent: actor, id: clientId } = self;
  return { settings: context.settings, audience: actor && { actor, clientId } };
}

function restoreInput({ context }: { context: ClientContext }): RestoreInput {
  return { settings: context.settings };
}

function recallInput({ context }: { context: ClientContext }): RecallInput {
  return { settings: context.settings };
}

function resolveInput({ context }: { context: ClientContext }): ResolveInput {
  return { domain: context.settings.jid.domainpart, source: context.sources[0], settings: context.settings };
}

function clientOutput({ context }: { context: ClientContext }): ClientOutput {
  return { error: context.error };
}
