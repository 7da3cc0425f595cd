// Delayed Delivery, XEP-0203 version 2.0.

import { type Jid, tryParseJid } from '../jid/index.ts';
import { childOf, type Element, element, textOf } from '../xml/index.ts';

/** Namespace of Delayed Delivery. */
export const NS_DELAY = 'urn:xmpp:delay';

/** When something was sent that is delivered later. Whoever handed it on may have made it up (XEP-0203 §5). */
export interface Delay {
  readonly stamp: Date;
  /** Who delayed it; `undefined` where nobody is named, or by an address that is no JID. */
  readonly from: Jid | undefined;
  /** Why, for people: `Offline Storage`. */
  readonly reason: string | undefined;
}

/** Reads the delay of a stanza, or of what a stanza is wrapped in; `undefined` without one, or without a readable time. */
export function parseDelay(delayed: Element): Delay | undefined {
  const delay = childOf(delayed, 'delay', NS_DELAY);
  if (delay === undefined) return undefined;
  const { stamp, from } = delay.attributes;
  const date = parseDateTime(stamp);
  return date && { stamp: date, from: tryParseJid(from), reason: textOf(delay).trim() || undefined };
}

/** What tells that a stanza was sent earlier than it is delivered, and by whom. */
export function buildDelay({ stamp, from }: Pick<Delay, 'stamp' | 'from'>): Element {
  return element(`{${NS_DELAY}}delay`, { from: from?.full, stamp: stamp.toISOString() });
}

/** A moment as XEP-0082 §3.2 writes it. `Date` knows milliseconds alone, and other readings of other texts. */
function parseDateTime(text: string | undefined): Date | undefined {
  const [, seconds, fraction = '', zone] = DATE_TIME.exec(text?.trim() ?? '') ?? [];
  if (seconds === undefined || zone === undefined) return undefined;
  const date = new Date(`${seconds}.${fraction.slice(0, 3).padEnd(3, '0')}${zone}`);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

const DATE_TIME = /^([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]+))?(Z|[+-][0-9]{2}:[0-9]{2})$/;
