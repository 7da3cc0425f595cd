import type { XmppError } from '../errors/index.ts';
import type { Element } from '../xml/index.ts';

/** Why a well-formed stanza reached nobody. */
export type DropReason =
  /** It is no iq, message or presence. */
  | 'unknown-kind'
  /** It answers no request that waits. */
  | 'unknown-answer'
  /** It answers a request, but comes from somebody who was not asked (RFC 6120 §8.1.2.1). */
  | 'foreign-answer'
  /** An iq without id, or of an unknown type: nobody could be answered. */
  | 'unreadable-iq'
  /** The session is over, and the stream is being closed. */
  | 'no-session'
  /** It came before the session began, and too many did. */
  | 'too-early'
  /** It says that it is a copy of a message, and does not come from the own account (XEP-0280 §11). */
  | 'foreign-carbon'
  /** It says that it is a copy of a message, and has none inside. */
  | 'unreadable-carbon';

/** A stanza was dropped. It never ends the stream, whatever it contains. */
export interface DroppedEvent {
  readonly type: 'stanza.dropped';
  readonly stanza: Element;
  readonly reason: DropReason;
}

export function droppedEvent(stanza: Element, reason: DropReason): DroppedEvent {
  return { type: 'stanza.dropped', stanza, reason };
}

/** Something failed that the client lives on without. */
export interface ErrorEvent {
  readonly type: 'error';
  readonly error: XmppError;
}

/** A stanza of an earlier process failed: nobody holds its handle any more. */
export interface DeliveryFailedEvent {
  readonly type: 'delivery.failed';
  readonly stanza: Element;
  readonly error: XmppError;
}

export function deliveryFailedEvent(stanza: Element, error: XmppError): DeliveryFailedEvent {
  return { type: 'delivery.failed', stanza, error };
}

export function errorEvent(error: XmppError): ErrorEvent {
  return { type: 'error', error };
}
