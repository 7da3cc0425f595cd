// XMPP Ping, XEP-0199 version 2.0.1.

import { type Element, element, is } from '../xml/index.ts';

/** Namespace of XMPP Ping. */
export const NS_PING = 'urn:xmpp:ping';

/** The payload of a ping; the answer is an empty result, or an error that shows as well that somebody is there. */
export function buildPing(): Element {
  return element(`{${NS_PING}}ping`);
}

/** Whether a payload is a ping. */
export function isPing(payload: Element): boolean {
  return is(payload, 'ping', NS_PING);
}
