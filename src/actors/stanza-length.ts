import { NS_CLIENT } from '../stanza/index.ts';
import { type Element, serialize } from '../xml/index.ts';

/**
 * UTF-16 units of a stanza in a stream that declares `jabber:client`, as streams over TCP do; a WebSocket takes a few more.
 *
 * @throws XmlError for what no XML can express
 */
export function lengthOf(stanza: Element): number {
  return serialize(stanza, NS_CLIENT).length;
}
