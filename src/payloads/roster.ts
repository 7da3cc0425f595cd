// Roster management, RFC 6121 §2.

import { type Jid, tryParseJid } from '../jid/index.ts';
import { childrenOf, type Element, element, textOf } from '../xml/index.ts';
import { payloadOf } from './payload.ts';

/** Namespace of the roster. */
export const NS_ROSTER = 'jabber:iq:roster';

/** Who sees whose presence; `remove` takes the contact off the roster (RFC 6121 §2.1.2.5). */
export type RosterSubscription = 'none' | 'to' | 'from' | 'both' | 'remove';

/** A contact on the roster (RFC 6121 §2.1.2). */
export interface RosterItem {
  readonly jid: Jid;
  /** The name that the user gave the contact. */
  readonly name: string | undefined;
  readonly subscription: RosterSubscription;
  /** Whether we asked for the contact's presence and wait for an answer (`ask='subscribe'`). */
  readonly ask: boolean;
  /** Whether the contact may subscribe without asking (RFC 6121 §3.4). */
  readonly approved: boolean;
  /** Each once. */
  readonly groups: readonly string[];
}

/** A roster, or a change to one. */
export interface Roster {
  readonly items: readonly RosterItem[];
  /** Version of the roster (RFC 6121 §2.6); the empty string is one, too. */
  readonly ver: string | undefined;
}

/** What a client may set about a contact (RFC 6121 §2.1.5). */
export interface RosterSetOptions {
  readonly name?: string | undefined;
  readonly groups?: readonly string[] | undefined;
}

/** The payload that asks for the roster; with the version that is known, only for what changed since (RFC 6121 §2.6). */
export function buildRosterGet(ver?: string): Element {
  return element(`{${NS_ROSTER}}query`, { ver });
}

/** The payload that adds a contact or changes name and groups (RFC 6121 §2.3, §2.4): those not given are taken away. */
export function buildRosterSet(jid: Jid, options: RosterSetOptions = {}): Element {
  const { name, groups = [] } = options;
  const inner = [...new Set(groups)].map((group) => element('group', {}, group));
  return element(`{${NS_ROSTER}}query`, {}, element('item', { jid: jid.bare, name }, inner));
}

/** The payload that takes a contact off the roster and ends all subscriptions (RFC 6121 §2.5). */
export function buildRosterRemove(jid: Jid): Element {
  return element(`{${NS_ROSTER}}query`, {}, element('item', { jid: jid.bare, subscription: 'remove' }));
}

/** The payload of a server's answer or push. */
export function buildRoster(roster: Roster): Element {
  return element(`{${NS_ROSTER}}query`, { ver: roster.ver }, roster.items.map(buildItem));
}

/**
 * Reads the answer to a roster request or a push, from the iq or its payload. Items whose address is no JID are left
 * out: one of them must not cost all the others. Who sent it is for the caller to check (RFC 6121 §2.1.6).
 *
 * @throws StanzaError what was answered instead, or `bad-request`
 */
export function parseRoster(source: Element | undefined): Roster {
  const query = payloadOf(source, 'query', NS_ROSTER);
  return { items: childrenOf(query, 'item').flatMap((item) => parseItem(item) ?? []), ver: query.attributes.ver };
}

function parseItem(item: Element): RosterItem | undefined {
  const { jid: address, name, subscription, ask, approved } = item.attributes;
  const jid = tryParseJid(address);
  if (jid === undefined) return undefined;
  return {
    jid,
    name,
    subscription: isSubscription(subscription) ? subscription : 'none',
    ask: ask === 'subscribe',
    approved: approved === 'true' || approved === '1',
    groups: [...new Set(childrenOf(item, 'group').map(textOf))],
  };
}

function buildItem(item: RosterItem): Element {
  const { jid, name, subscription, ask, approved, groups } = item;
  const attributes = {
    jid: jid.full,
    name,
    subscription,
    ask: ask ? 'subscribe' : undefined,
    approved: approved ? 'true' : undefined,
  };
  return element(
    'item',
    attributes,
    groups.map((group) => element('group', {}, group)),
  );
}

function isSubscription(text: string | undefined): text is RosterSubscription {
  return text === 'none' || text === 'to' || text === 'from' || text === 'both' || text === 'remove';
}
