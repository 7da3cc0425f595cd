import type { AnyActorRef } from 'xstate';
import { linked } from './client.linked.ts';
import { clientSetup } from './client.setup.ts';
import type { ClientContext, ClientOutput } from './client.types.ts';
import type { ResolveInput } from './contracts.ts';
import { NO_RETRY } from './retry.ts';
import type { SessionInput } from './session.facts.ts';
import type { ClientInput } from './settings.ts';

/**
 * The life of a client: from `offline` over TLS, SASL and resource binding to `online`, the way back after a failure, and
 * the ways to fail for good. RFC 6120 §4-7; one picture on purpose.
 *
 * Children: `session` for its whole life; `resolve`; one `transport` for each attempt; `authentication`.
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
    'stanza.send': { actions: 'passToSession' },
    'subprotocol.use': { actions: 'passToSession' },
    'subprotocol.tell': { actions: 'passToSession' },
  },
  states: {
    beginning: {
      description: 'Logs in at once, where the client is part of a machine that wants it so.',
      always: [{ guard: 'startsAtOnce', target: 'resolving' }, { target: 'offline' }],
    },
    offline: {
      description: 'No connection, and none is wanted. `start` connects.',
      tags: 'offline',
      on: {
        stop: { actions: 'abandonAll' },
        start: { target: 'resolving', actions: 'forgetFailures' },
      },
    },
    resolving: {
      description: 'Asks where the domain can be reached (RFC 6120 §3.2): candidates, best first.',
      tags: 'connecting',
      entry: 'startRound',
      invoke: {
        id: 'resolve',
        src: 'resolve',
        input: resolveInput,
        onDone: [
          { guard: 'foundCandidates', target: 'linked', actions: 'rememberCandidates' },
          { target: 'failing', actions: 'rememberNoCandidates' },
        ],
        onError: { target: 'failing', actions: 'rememberError' },
      },
      after: { resolveDeadline: { target: 'failing', actions: 'rememberTimeout' } },
    },
    linked,
    failing: {
      description: 'Something failed: its class decides where to go.',
      entry: ['locateError', 'noteAttempt', 'endSession'],
      always: [
        { guard: 'isTerminal', target: 'failed.terminal' },
        { guard: 'needsCredentials', target: 'failed.needsCredentials' },
        { guard: 'mayTryNextCandidate', target: 'linked', actions: 'nextCandidate' },
        { target: 'reconnecting', actions: 'planRetry' },
      ],
    },
    reconnecting: {
      description: 'Waits before the next round.',
      tags: 'waiting',
      initial: 'choosing',
      on: { 'reconnect.now': 'resolving' },
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
      entry: ['abandonRequests', 'announceFailure'],
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
    candidates: [],
    candidate: 0,
    tried: [],
    features: undefined,
    requestId: '',
    error: undefined,
    refusal: undefined,
    retry: NO_RETRY,
  };
}

function sessionInput({ context, self }: { context: ClientContext; self: AnyActorRef }): SessionInput {
  return { settings: context.settings, audience: self._parent };
}

function resolveInput({ context }: { context: ClientContext }): ResolveInput {
  return { domain: context.settings.jid.domainpart, settings: context.settings };
}

function clientOutput({ context }: { context: ClientContext }): ClientOutput {
  return { error: context.error };
}
