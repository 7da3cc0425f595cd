// Resource binding, RFC 6120 §7.

import { type Jid, tryParseJid } from '../jid/index.ts';
import { buildIq, buildIqResult } from '../stanza/index.ts';
import { NS_BIND } from '../stream/index.ts';
import { childTextOf, type Element, element } from '../xml/index.ts';
import { payloadOf, quote, unreadable } from './payload.ts';

/** The iq that asks for a resource: this one, or one that the server makes up (RFC 6120 §7.6, §7.7). */
export function buildBindRequest(id: string, resource?: string): Element {
  const wish = resource === undefined ? undefined : element('resource', {}, resource);
  return buildIq({ type: 'set', id }, element(`{${NS_BIND}}bind`, {}, wish));
}

/**
 * The resource that a client asks for; `undefined` where the server shall make one up.
 *
 * @throws StanzaError `bad-request`
 */
export function parseBindRequest(request: Element | undefined): string | undefined {
  return childTextOf(payloadOf(request, 'bind', NS_BIND), 'resource', NS_BIND) || undefined;
}

/** The iq that answers a bind request with the address of the session. */
export function buildBindResult(request: Element, jid: Jid): Element {
  return buildIqResult(request, element(`{${NS_BIND}}bind`, {}, element('jid', {}, jid.full)));
}

/**
 * The address that the server bound to the stream, from the iq or its payload: always with a resourcepart.
 *
 * @throws StanzaError what the server answered, or `bad-request` where the answer has no full JID
 */
export function parseBindResult(result: Element | undefined): Jid {
  const text = childTextOf(payloadOf(result, 'bind', NS_BIND), 'jid', NS_BIND);
  const jid = tryParseJid(text?.trim());
  if (jid?.resourcepart === undefined) {
    throw unreadable('a full JID in the answer to a bind request', text === undefined ? 'none' : quote(text));
  }
  return jid;
}
