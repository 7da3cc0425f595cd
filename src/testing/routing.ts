import { bareJid, type Jid, tryParseJid } from '../jid/index.ts';
import { parseMessage } from '../payloads/index.ts';
import { buildIqResult, StanzaError, type StanzaKind, stanzaKind } from '../stanza/index.ts';
import { StreamError } from '../stream/index.ts';
import type { Element } from '../xml/index.ts';
import { addressed, errorAnswer, type Hub } from './hub.ts';
import { broadcastPresence, directPresence, priorityOf } from './presence.ts';
import type { Session } from './registry.ts';
import { type Respondent, serve } from './services.ts';

/**
 * Handles what a client sent (RFC 6120 §10, RFC 6121 §8). What cannot be delivered comes back as an error.
 *
 * @throws StreamError `unsupported-stanza-type` or `invalid-from`
 */
export function route(hub: Hub, sender: Session, stanza: Element): void {
  const kind = stanzaKind(stanza);
  if (kind === undefined) throw new StreamError('unsupported-stanza-type');
  checkSender(sender, stanza);
  const stamped = { ...stanza, attributes: { ...stanza.attributes, from: sender.jid.full } };
  try {
    dispatch(hub, sender, stamped, kind);
  } catch (error) {
    if (!(error instanceof StanzaError)) throw error;
    const answer = errorAnswer(stamped, error);
    if (answer) sender.send(answer);
  }
}

/** Does with a stanza what would have been done with it, had its recipient not been there (RFC 6121 §8.5). */
export function reroute(hub: Hub, recipient: Jid, stanza: Element): void {
  const from = tryParseJid(stanza.attributes.from) ?? hub.domain;
  const kind = stanzaKind(stanza);
  try {
    if (kind === 'message') routeToAccount(hub, from, stanza, bareJid(recipient));
    if (kind === 'iq') throw new StanzaError('service-unavailable');
  } catch (error) {
    if (!(error instanceof StanzaError)) throw error;
    const answer = errorAnswer(stanza, error);
    if (answer) hub.registry.get(from)?.send(answer);
  }
}

/** A client speaks for its own address only (RFC 6120 §8.1.2.1). */
function checkSender(sender: Session, stanza: Element): void {
  if (stanza.attributes.from === undefined) return;
  const from = tryParseJid(stanza.attributes.from)?.full;
  if (from !== sender.jid.full && from !== sender.jid.bare) throw new StreamError('invalid-from');
}

function dispatch(hub: Hub, sender: Session, stanza: Element, kind: StanzaKind): void {
  const to = tryParseJid(stanza.attributes.to);
  if (to === undefined && stanza.attributes.to !== undefined) throw new StanzaError('jid-malformed');
  if (to && to.domainpart !== hub.domain.domainpart) throw new StanzaError('remote-server-not-found');
  if (kind === 'iq') routeIq(hub, sender, stanza, to);
  else if (kind === 'message') routeMessage(hub, sender, stanza, to ?? bareJid(sender.jid));
  else if (to) directPresence(hub, sender, stanza, to);
  else broadcastPresence(hub, sender, stanza);
}

/** A request has exactly one child element (RFC 6120 §8.2.3). */
function onlyChildOf({ children }: Element): Element | undefined {
  const [first, ...others] = children.filter((child) => typeof child !== 'string');
  return others.length === 0 ? first : undefined;
}

function routeIq(hub: Hub, sender: Session, iq: Element, to: Jid | undefined): void {
  const { type, id } = iq.attributes;
  const payload = onlyChildOf(iq);
  const isRequest = type === 'get' || type === 'set';
  const isAnswer = type === 'result' || type === 'error';
  if (!id || !(isAnswer || (isRequest && payload))) throw new StanzaError('bad-request');
  if (to?.localpart !== undefined && to.resourcepart !== undefined) {
    const recipient = hub.registry.get(to);
    if (recipient === undefined) throw new StanzaError('service-unavailable');
    recipient.send(iq);
  } else if (isRequest && payload) {
    const result = serve(hub, sender, iq, payload, respondentFor(hub, sender, to));
    sender.send(buildIqResult(iq, result));
  }
}

function respondentFor(hub: Hub, sender: Session, to: Jid | undefined): Respondent {
  if (to === undefined || to.full === sender.jid.bare) return 'self';
  if (to.full === hub.domain.full) return 'server';
  if (hub.accounts.has(to)) return 'contact';
  throw new StanzaError('service-unavailable');
}

/** RFC 6121 §8.5.2.1.1 and §8.5.3; where the tables there leave a choice, the highest priority gets it. */
function routeMessage(hub: Hub, sender: Session, message: Element, to: Jid): void {
  const session = to.resourcepart === undefined ? undefined : hub.registry.get(to);
  if (session) session.send(message);
  else if (hub.accounts.has(to)) routeToAccount(hub, sender.jid, message, to);
  else throw new StanzaError('service-unavailable');
}

function routeToAccount(hub: Hub, from: Jid, message: Element, to: Jid): void {
  const { type } = parseMessage(message);
  if (type === 'groupchat') throw new StanzaError('service-unavailable');
  if (type === 'error' || (type === 'headline' && to.resourcepart !== undefined)) return;
  const willing = hub.registry.available(to).filter((session) => priorityOf(session) >= 0);
  const highest = Math.max(...willing.map(priorityOf));
  for (const session of willing) {
    if (type === 'headline' || priorityOf(session) === highest) session.send(message);
  }
  if (willing.length > 0 || type === 'headline') return;
  if (!hub.offline.keep(to, addressed(message, from, to))) throw new StanzaError('service-unavailable');
}
