import { NS_CLIENT } from '../stanza/index.ts';
import { type Element, serialize } from '../xml/index.ts';

/** As many UTF-16 units stand for one at most: `&quot;`. */
const LONGEST_ESCAPE = 6;

/** What surrounds a name, a namespace or a value at most, twice over: ` xmlns:ns100="" ns100:=""`. */
const AROUND = 60;

/**
 * UTF-16 units of a stanza in a stream that declares `jabber:client`, as streams over TCP do; a WebSocket takes a few more.
 *
 * @throws XmlError for what no XML can express
 */
export function lengthOf(stanza: Element): number {
  return serialize(stanza, NS_CLIENT).length;
}

/**
 * Whether a stanza takes no more than so many UTF-16 units. Where there is plenty of room, a look at its texts is enough: to
 * write it twice would cost more than all the rest of sending it.
 *
 * @throws XmlError for what no XML can express
 */
export function isWithin(stanza: Element, room: number): boolean {
  return room === Number.POSITIVE_INFINITY || mostOf(stanza) <= room || lengthOf(stanza) <= room;
}

/** More than it can take. */
function mostOf({ name, namespace, attributes, children }: Element): number {
  let most = AROUND + 2 * name.length + LONGEST_ESCAPE * namespace.length;
  for (const key in attributes) {
    most += AROUND + LONGEST_ESCAPE * (key.length + (attributes[key]?.length ?? 0));
  }
  for (const child of children) {
    most += typeof child === 'string' ? LONGEST_ESCAPE * child.length : mostOf(child);
  }
  return most;
}
