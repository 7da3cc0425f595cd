// Message Carbons, XEP-0280 version 1.0.1.

import { type Jid, tryParseJid } from '../jid/index.ts';
import { type Element, element } from '../xml/index.ts';
import { type ForwardedMessage, parseForwardedMessage } from './forwarded.ts';

/** Namespace of Message Carbons, and their name where features are listed. */
export const NS_CARBONS = 'urn:xmpp:carbons:2';

/** A copy of a message between another client of the account and somebody else. */
export interface Carbon extends ForwardedMessage {
  /** Whether the other client received the message, or sent it. */
  readonly direction: 'received' | 'sent';
}

/** The payload that asks for copies (XEP-0280 §4), also along with resource binding (XEP-0386 §3.2). */
export function buildCarbonsEnable(): Element {
  return element(`{${NS_CARBONS}}enable`);
}

/** The payload that asks for no more copies (XEP-0280 §5). */
export function buildCarbonsDisable(): Element {
  return element(`{${NS_CARBONS}}disable`);
}

/**
 * What a message to this address carries so that no server makes copies of it (XEP-0280 §9). The hint goes along for full
 * addresses only (XEP-0334 §4.3): it would not keep a message to a bare one from several clients either.
 */
export function buildPrivate(to: Jid | string | undefined): readonly Element[] {
  const mark = element(`{${NS_CARBONS}}private`);
  const { resourcepart } = (typeof to === 'string' ? tryParseJid(to) : to) ?? {};
  return resourcepart === undefined ? [mark] : [mark, element(`{${NS_HINTS}}no-copy`)];
}

/**
 * Whether a message says that it is a copy of another. It may lie: who sent it has to be asked before it is read, and it is
 * no message of its own in any case (XEP-0280 §11).
 */
export function isCarbon(stanza: Element): boolean {
  return wrapperIn(stanza) !== undefined;
}

/** Reads the copy in a message; `undefined` if there is none. Who sent it is for the caller to check (XEP-0280 §11). */
export function parseCarbon(stanza: Element): Carbon | undefined {
  const wrapper = wrapperIn(stanza);
  const forwarded = wrapper && parseForwardedMessage(wrapper);
  // A copy of a copy: somebody forged one, and the server took it for a message.
  if (!forwarded || isCarbon(forwarded.message.stanza)) return undefined;
  return { direction: wrapper.name === 'sent' ? 'sent' : 'received', ...forwarded };
}

/** Message Processing Hints, XEP-0334. */
const NS_HINTS = 'urn:xmpp:hints';

function wrapperIn({ children }: Element): Element | undefined {
  for (const child of children) {
    if (typeof child === 'string' || child.namespace !== NS_CARBONS) continue;
    if (child.name === 'received' || child.name === 'sent') return child;
  }
  return undefined;
}
