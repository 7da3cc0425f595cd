import { assertEvent, cancel, enqueueActions, sendTo } from 'xstate';
import { clientStopped, SessionEndedError, SessionRecordError } from '../src/errors/index.ts';
import { buildBindRequest, buildEnable, buildSessionRequest } from '../src/payloads/index.ts';
import { featureNames } from '../src/stream/index.ts';
import {
  awaitsManagement,
  forfeitedCount,
  forfeitReason,
  isLost,
  isResumable,
  mayManageAtOnce,
  resumedCount,
  resumeRequest,
  timeToExpiry,
} from './client.management.ts';
import { memories } from './client.memory.ts';
import type { ClientContext } from './client.types.ts';
import type { TransportCommand } from './contracts.ts';

/** Name of the timer for the end of a session that is lost. */
const EXPIRY = 'session-expiry';

/** What `clientMachine` tells its actors. */
export const clientSetup = memories.extend({
  actions: {
    openStream: sendTo('transport', ({ context }) => streamHeader(context)),
    // Who connects is nobody's business until TLS hides it (RFC 6120 §4.7.1).
    openStreamAsAccount: sendTo('transport', ({ context }) => {
      const { localpart, bare } = context.settings.jid;
      return localpart === undefined ? streamHeader(context) : { ...streamHeader(context), from: bare };
    }),
    requestTls: sendTo('transport', { type: 'tls.request' }),
    startTls: sendTo('transport', { type: 'tls.start' }),
    // A stream that the server closed is not left unfinished: it is closed here, too (RFC 6120 §4.4, §4.9.1.1).
    leaveStream: enqueueActions(({ context, event, enqueue }) => {
      const isClosed = event.type === 'stream.closed' || event.type === 'stream.failed';
      if (!isClosed && isResumable(context)) enqueue.sendTo('transport', { type: 'stream.leave' });
    }),
    leaveLostStream: enqueueActions(({ context, enqueue }) => {
      if (isLost(context)) enqueue.sendTo('transport', { type: 'stream.leave' });
    }),
    watchSilence: enqueueActions(({ context: { settings }, enqueue }) => {
      const interval = settings.liveness?.interval;
      if (interval !== undefined) enqueue.sendTo('transport', { type: 'silence.watch', interval });
    }),
    awaitSign: sendTo('transport', { type: 'sign.await' }),
    abortTransport: sendTo('transport', { type: 'transport.abort' }),
    probe: sendTo('session', { type: 'session.probe' }),
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
      assertEvent(event, ['stanza.send', 'subprotocol.use', 'subprotocol.tell', 'app.active', 'app.inactive']);
      return event;
    }),
    sendEnableIfOffered: enqueueActions(({ context, enqueue }) => {
      if (awaitsManagement(context)) enqueue.sendTo('transport', { type: 'nonza.send', nonza: buildEnable() });
    }),
    sendEnableAtOnce: enqueueActions(({ context, enqueue }) => {
      if (mayManageAtOnce(context)) enqueue.sendTo('transport', { type: 'nonza.send', nonza: buildEnable() });
    }),
    sendResume: sendTo('transport', ({ context, self }) => ({
      type: 'nonza.send',
      nonza: resumeRequest(context, self.getSnapshot().children?.session),
    })),
    restoreSession: sendTo('session', ({ event }) => {
      assertEvent(event, 'xstate.done.actor.restore');
      return { type: 'session.restore', restored: event.output.restored };
    }),
    restoreNothing: sendTo('session', { type: 'session.restore', restored: undefined }),
    announceRecord: enqueueActions(({ event, enqueue }) => {
      assertEvent(event, 'xstate.done.actor.restore');
      const { problem } = event.output;
      if (problem) enqueue.sendTo('session', { type: 'publish', event: { type: 'error', error: problem } });
    }),
    announceNoRecord: sendTo('session', () => ({ type: 'publish', event: { type: 'error', error: recordTimeout() } })),
    manageSession: enqueueActions(({ context, enqueue }) => {
      const { management } = context;
      if (management) enqueue.sendTo('session', { type: 'session.manage', management });
    }),
    beginSession: sendTo('session', ({ context, event, self }) => {
      const transport = self.getSnapshot().children?.transport;
      const h = resumedCount(context, event);
      if (h !== undefined) return { type: 'session.resume', transport, h };
      const { jid, enabled, features } = context;
      return { type: 'session.begin', jid, transport, enabled, features: features ? featureNames(features) : [] };
    }),
    // The session before this one cannot be resumed: it ends before the next one begins.
    forfeitSession: enqueueActions(({ context, event, enqueue }) => {
      if (!context.management) return;
      const reason = sessionLost({ ...context, error: forfeitReason(context, event) ?? context.error });
      enqueue.sendTo('session', { type: 'session.end', reason, h: forfeitedCount(context, event) });
    }),
    awaitExpiry: enqueueActions(({ context, enqueue }) => {
      const delay = timeToExpiry(context);
      if (delay !== undefined) enqueue.raise({ type: 'session.expired' }, { id: EXPIRY, delay });
    }),
    awaitExpiryNoMore: cancel(EXPIRY),
    loseSession: sendTo('session', ({ context }) => {
      const reason = sessionLost(context);
      return isResumable(context) ? { type: 'session.suspend', reason } : { type: 'session.end', reason };
    }),
    endSession: sendTo('session', ({ context }) => ({ type: 'session.end', reason: sessionLost(context) })),
    closeSession: sendTo('session', () => ({ type: 'session.end', reason: clientStopped() })),
    abandonRequests: sendTo('session', ({ context }) => ({ type: 'requests.abandon', reason: sessionLost(context) })),
    abandonAll: sendTo('session', () => ({ type: 'session.abandon', reason: clientStopped() })),
    announceUnsaved: enqueueActions(({ event, enqueue }) => {
      assertEvent(event, 'xstate.done.actor.authentication');
      const { unsaved } = event.output;
      if (unsaved) enqueue.sendTo('session', { type: 'publish', event: { type: 'error', error: unsaved } });
    }),
    announceOnline: sendTo('session', ({ context, event }) => ({
      type: 'publish',
      event: { type: 'online', jid: context.jid, resumed: resumedCount(context, event) !== undefined },
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

function sessionLost({ error }: ClientContext): SessionEndedError {
  return new SessionEndedError(`The session was lost: ${error?.message ?? 'no reason known'}`, {
    condition: 'lost',
    cause: error,
    phase: error?.phase,
    endpoint: error?.endpoint,
    hint: error?.hint,
  });
}

function streamHeader({
  settings: { jid, language },
}: ClientContext): Extract<TransportCommand, { type: 'stream.open' }> {
  return { type: 'stream.open', to: jid.domainpart, ...(language === undefined ? {} : { lang: language }) };
}

function recordTimeout(): SessionRecordError {
  return new SessionRecordError('The session record did not come in time', {
    condition: 'unreadable',
    hint: 'Look at `load` of the store given as `sessions`. The client logs in afresh.',
  });
}
