// Stanza Forwarding, XEP-0297 version 1.0.

import { NS_CLIENT } from '../stanza/index.ts';
import { childOf, type Element } from '../xml/index.ts';
import { type Delay, parseDelay } from './delay.ts';
import { type Message, parseMessage } from './message.ts';

/** Namespace of Stanza Forwarding. */
export const NS_FORWARD = 'urn:xmpp:forward:0';

/** A message that somebody hands on. It is worth as much as the word of who does (XEP-0297 §7). */
export interface ForwardedMessage {
  readonly message: Message;
  /** When it came to who hands it on, if they say so. */
  readonly delay: Delay | undefined;
}

/**
 * Reads the message that an element of another extension hands on; `undefined` if there is none. One in another namespace
 * than that of clients is none (XEP-0297 §3.2).
 */
export function parseForwardedMessage(wrapper: Element): ForwardedMessage | undefined {
  const forwarded = childOf(wrapper, 'forwarded', NS_FORWARD);
  const stanza = forwarded && childOf(forwarded, 'message', NS_CLIENT);
  return stanza && { message: parseMessage(stanza), delay: parseDelay(forwarded) };
}
