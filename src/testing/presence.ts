import { bareJid, type Jid, parseJid } from '../jid/index.ts';
import { buildPresence, parsePresence } from '../payloads/index.ts';
import { StanzaError } from '../stanza/index.ts';
import type { Element } from '../xml/index.ts';
import { addressed, type Hub } from './hub.ts';
import type { Session } from './registry.ts';

/**
 * Takes a presence stanza without recipient: available, or unavailable (RFC 6121 §4.2, §4.4, §4.5).
 *
 * @throws StanzaError `bad-request` for one that needs a recipient
 */
export function broadcastPresence(hub: Hub, sender: Session, stanza: Element): void {
  switch (parsePresence(stanza).type) {
    case undefined:
      enter(hub, sender, stanza);
      break;
    case 'unavailable':
      leave(hub, sender, stanza);
      break;
    case 'error':
      break;
    default:
      throw new StanzaError('bad-request');
  }
}

/** Takes a presence stanza for somebody (RFC 6121 §4.6, §3, §4.3). */
export function directPresence(hub: Hub, sender: Session, stanza: Element, to: Jid): void {
  const { type } = parsePresence(stanza);
  switch (type) {
    case 'probe':
      answerProbe(hub, sender, to);
      break;
    case 'subscribe':
    case 'subscribed':
    case 'unsubscribe':
    case 'unsubscribed':
      changeSubscription(hub, sender, stanza, to);
      break;
    default:
      if (type === undefined) remember(hub, sender, to);
      if (type === 'unavailable') sender.directed.delete(to.full);
      tell(hub, sender, stanza, to);
  }
}

/** A session becomes unavailable: it says so, or its connection is gone (RFC 6121 §4.5.2, §4.6.3). */
export function leave(hub: Hub, sender: Session, stanza = buildPresence({ type: 'unavailable' })): void {
  for (const to of sender.directed.values()) tell(hub, sender, stanza, to);
  sender.directed.clear();
  if (sender.presence === undefined) return;
  tellAudience(hub, sender, stanza);
  sender.presence = undefined;
}

function enter(hub: Hub, sender: Session, stanza: Element): void {
  const isInitial = sender.presence === undefined;
  sender.presence = stanza;
  tellAudience(hub, sender, stanza);
  if (isInitial) welcome(hub, sender);
  if (priorityOf(sender) >= 0) for (const message of hub.offline.take(sender.jid)) sender.send(message);
}

/** Whoever hears that it is there must hear that it is gone; who is not there hears neither. */
function remember(hub: Hub, sender: Session, to: Jid): void {
  if (!isAudience(hub, sender.jid, to) && hub.registry.matching(to).length > 0) sender.directed.set(to.full, to);
}

/** The priority that an available session gave itself. */
export function priorityOf(session: Session): number {
  return session.presence ? parsePresence(session.presence).priority : -128;
}

/** Whether what one account broadcasts goes to another. */
function isAudience(hub: Hub, from: Jid, to: Jid): boolean {
  return hub.accounts.has(to) && (hub.friends || from.bare === to.bare);
}

/** Tells all available resources of those who see the sender, itself included. */
function tellAudience(hub: Hub, sender: Session, stanza: Element): void {
  for (const account of hub.accounts.jids) {
    if (isAudience(hub, sender.jid, account)) tell(hub, sender, stanza, account);
  }
}

function tell(hub: Hub, sender: Session, stanza: Element, to: Jid): void {
  const sessions = to.resourcepart === undefined ? hub.registry.available(to) : hub.registry.matching(to);
  for (const session of sessions) session.send(addressed(stanza, sender.jid, to.resourcepart ? to : bareJid(to)));
}

/** Tells a session that became available who else is (RFC 6121 §4.3). */
function welcome(hub: Hub, newcomer: Session): void {
  for (const session of hub.registry.all()) {
    if (session === newcomer || !session.presence || !isAudience(hub, session.jid, newcomer.jid)) continue;
    newcomer.send(addressed(session.presence, session.jid, newcomer.jid));
  }
}

function answerProbe(hub: Hub, asker: Session, to: Jid): void {
  if (!hub.accounts.has(to)) return;
  if (!isAudience(hub, to, asker.jid)) {
    asker.send(buildPresence({ type: 'unsubscribed', from: to.bare, to: asker.jid }));
    return;
  }
  const available = hub.registry.matching(to).filter(({ presence }) => presence);
  for (const { presence, jid } of available) if (presence) asker.send(addressed(presence, jid, asker.jid));
  if (available.length === 0) asker.send(buildPresence({ type: 'unavailable', from: to.bare, to: asker.jid }));
}

/** Friends are subscribed already; others hear of it, and nobody keeps what they decide. */
function changeSubscription(hub: Hub, sender: Session, stanza: Element, to: Jid): void {
  if (!hub.accounts.has(to)) return;
  const account = parseJid(to.bare);
  if (stanza.attributes.type === 'subscribe' && isAudience(hub, sender.jid, to)) {
    sender.send(buildPresence({ type: 'subscribed', from: account, to: sender.jid.bare }));
  }
  for (const session of hub.registry.available(account)) {
    session.send(addressed(stanza, parseJid(sender.jid.bare), account));
  }
}
