import type { AnyActorRef } from 'xstate';
import type { XmppError } from '../src/errors/index.ts';
import {
  buildEnable,
  buildResume,
  type ManagementEnabled,
  parseEnabled,
  parseManagementFailed,
  parseResumed,
} from '../src/payloads/index.ts';
import type { Sasl2Inline, Sasl2Outcome } from '../src/sasl/index.ts';
import { NS_SM } from '../src/stream/index.ts';
import { childOf, type Element } from '../src/xml/index.ts';
import type { ClientContext, ClientEvent, Management } from './client.types.ts';
import { LONGEST_TIMER } from './retry.ts';
import type { InlineRequest } from './subprotocol.ts';

/*
 * Stream management (XEP-0198) as the client's chart sees it: is it on, and can a session that was lost be resumed? Pure
 * functions.
 */

/** Enabling stream management along with resource binding (XEP-0198 §9.1). */
export const ENABLE_ALONG: InlineRequest = { feature: NS_SM, request: buildEnable() };

/** Whether there is a session that can be asked for once more. */
export function isResumable({ management, settings }: ClientContext): boolean {
  // Who wants no stream managed can have the session of an earlier process, and ends it.
  if (management?.id === undefined || !settings.streamManagement) return false;
  return management.until === undefined || settings.clock.now() < management.until;
}

/** Whether the application keeps session records, and none was read yet: what came later is known here anyway. */
export function mayRestore({ settings, record }: ClientContext): boolean {
  return settings.sessions !== undefined && settings.jid.localpart !== undefined && record === 'unread';
}

/** The moment from which the server no longer keeps a session that is lost now. */
export function expiryOf({ management, settings }: ClientContext): number | undefined {
  return management?.max === undefined ? undefined : settings.clock.now() + management.max * 1000;
}

/** Written out: an object that is spread has a shape of its own, which costs every client more than the object. */
export function managementOf(
  { id, max, location }: ManagementEnabled,
  { hasBegun, until }: Pick<Management, 'hasBegun' | 'until'>,
): Management {
  return { id, max, location, hasBegun, until };
}

/** How long the server still keeps the session that is lost, in milliseconds; `undefined` where nobody knows. */
export function timeToExpiry({ management, settings }: ClientContext): number | undefined {
  if (management?.until === undefined) return undefined;
  return Math.min(Math.max(0, management.until - settings.clock.now()), LONGEST_TIMER);
}

/** Asks for the session that was lost, with the number of stanzas that were handled in it. */
export function resumeRequest(context: ClientContext, session: AnyActorRef | undefined): Element {
  const received: number = session?.getSnapshot().context.ledger.received ?? 0;
  return buildResume(context.management?.id ?? '', received);
}

/** Whether the login said nothing about the session that was lost, so that it can still be asked for (XEP-0198 §5). */
export function mayResumeBehind(context: ClientContext, outcome: Sasl2Outcome | undefined): boolean {
  return isLost(context) && outcome?.bound === undefined && outcome?.resumption === undefined;
}

/** Whether there is a session that was lost and can be resumed: not one that this login began. */
export function isLost(context: ClientContext): boolean {
  return context.management?.hasBegun === true && isResumable(context);
}

/** What goes along with an authentication (XEP-0198 §9.2): the session that was lost, if the server takes it back this way. */
export function resumptionAlong(
  context: ClientContext,
  inline: Sasl2Inline,
  session: AnyActorRef | undefined,
): readonly Element[] {
  return inline.sm && isResumable(context) ? [resumeRequest(context, session)] : [];
}

/**
 * How many of our stanzas the server handled in the session that it takes up again; `undefined` if it does not. One that binds
 * a resource as well resumes nothing (XEP-0198 §9.2), whatever it says.
 */
export function resumedCount(context: ClientContext, event: ClientEvent): number | undefined {
  const outcome = outcomeOf(context, event);
  const resumed = outcome?.bound ? undefined : parseResumed(answerOf(context, event));
  return resumed && resumed.previd === context.management?.id ? resumed.h : undefined;
}

/** How many it handled before it forgot the session, if it says so. */
export function forfeitedCount(context: ClientContext, event: ClientEvent): number | undefined {
  return parseManagementFailed(answerOf(context, event))?.h;
}

/** What the server says about managing the session that begins, if it was asked. */
export function enabledManagement(context: ClientContext, event: ClientEvent): ManagementEnabled | undefined {
  if (!context.settings.streamManagement) return undefined;
  if (event.type === 'management.answered') return parseEnabled(event.element);
  return context.outcome?.bound && parseEnabled(childOf(context.outcome.bound, 'enabled', NS_SM));
}

/** Whether the server manages streams, and neither was asked along with the login nor has answered yet. */
export function awaitsManagement({ features, settings, management, outcome }: ClientContext): boolean {
  const wasRefused = outcome?.bound && childOf(outcome.bound, 'failed', NS_SM) !== undefined;
  return features?.sm === true && settings.streamManagement && management === undefined && !wasRefused;
}

/**
 * Whether the server is asked as soon as there is a resource: not where it demands the session of RFC 3921, for it would count
 * the request for that, and nobody here would.
 */
export function mayManageAtOnce(context: ClientContext): boolean {
  return awaitsManagement(context) && context.features?.session?.optional !== false;
}

/** Why the server does not take up the session that was lost, if it says so. */
export function forfeitReason(context: ClientContext, event: ClientEvent): XmppError | undefined {
  return parseManagementFailed(answerOf(context, event))?.error;
}

function answerOf(context: ClientContext, event: ClientEvent): Element | undefined {
  return event.type === 'management.answered' ? event.element : outcomeOf(context, event)?.resumption;
}

/** When the chart is online, it has forgotten the outcome, and the event still has it. */
function outcomeOf({ outcome }: ClientContext, event: ClientEvent): Sasl2Outcome | undefined {
  if (event.type === 'sasl.succeeded') return event.outcome;
  if (event.type === 'xstate.done.actor.authentication') return event.output.outcome ?? outcome;
  return outcome;
}
