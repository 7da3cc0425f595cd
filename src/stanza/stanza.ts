import { OptionError, shown } from '../errors/index.ts';
import { type Jid, parseJid, tryParseJid } from '../jid/index.ts';
import { type Element, INHERITED } from '../xml/index.ts';

/** Namespace of everything that a client and its server exchange once the stream is negotiated (RFC 6120 §4.8.2). */
export const NS_CLIENT = 'jabber:client';

/** The three kinds of stanza (RFC 6120 §8.2). */
export type StanzaKind = 'iq' | 'message' | 'presence';

/** What an iq does: `get` and `set` ask, `result` and `error` answer (RFC 6120 §8.2.3). */
export type IqType = 'get' | 'set' | 'result' | 'error';

/**
 * Which kind of stanza an element is, or `undefined` for none. An element that was built without a namespace counts,
 * since it takes that of the stream.
 */
export function stanzaKind(candidate: Element): StanzaKind | undefined {
  const { name, namespace } = candidate;
  if (namespace !== NS_CLIENT && namespace !== INHERITED) return undefined;
  return name === 'iq' || name === 'message' || name === 'presence' ? name : undefined;
}

/**
 * Whether a stanza has a `from`, and it is this address, resourcepart included. False where `from` is absent or no JID:
 * the only safe question about an account's own stanzas is this one beside "is there no `from` at all".
 */
export function isFrom(stanza: Element, jid: Jid): boolean {
  return tryParseJid(stanza.attributes.from)?.full === jid.full;
}

/**
 * The attribute value for an address that a caller gave, in normal form.
 *
 * @throws JidError where the text is no JID; OptionError where it is neither a text nor a JID
 */
export function addressText(address: Jid | string | undefined): string | undefined {
  if (address === undefined) return undefined;
  if (typeof address === 'string') return parseJid(address).full;
  // Without this, what JavaScript gives for an address would be none: that of the own account.
  if (typeof address?.full === 'string') return address.full;
  throw new OptionError(`Expected an address as text or as a Jid, got ${shown(address)}`);
}
