import { StanzaError, stanzaKind } from '../stanza/index.ts';
import { childOf, type Element, firstChildOf, is } from '../xml/index.ts';

/** How much of what came an error repeats, in UTF-16 units. */
const QUOTED_LENGTH = 100;

/**
 * The payload with this name and namespace: the element itself, or that inside an iq.
 *
 * @throws StanzaError the one that an iq of type `error` carries; else `bad-request` with what was expected and what came
 */
export function payloadOf(source: Element | undefined, name: string, namespace: string): Element {
  if (source !== undefined && is(source, name, namespace)) return source;
  if (source === undefined || stanzaKind(source) !== 'iq') throw unreadable(tagOf(name, namespace), describe(source));
  if (source.attributes.type === 'error') throw StanzaError.fromElement(source);
  const payload = childOf(source, name, namespace);
  if (payload === undefined) throw unreadable(tagOf(name, namespace), describe(firstChildOf(source)));
  return payload;
}

/** The error for a payload that cannot be interpreted: thrown by a handler, it is the answer. */
export function unreadable(expected: string, got: string): StanzaError {
  return new StanzaError('bad-request', { text: `Expected ${expected}, got ${got}` });
}

/** What came from the peer, short and as JSON, so that it can be sent back and shown whatever it is. */
export function quote(text: string): string {
  return JSON.stringify(text.slice(0, QUOTED_LENGTH));
}

function describe(source: Element | undefined): string {
  return source === undefined ? 'nothing' : `${quote(source.name)} in namespace ${quote(source.namespace)}`;
}

function tagOf(name: string, namespace: string): string {
  return `"${name}" in namespace "${namespace}"`;
}
