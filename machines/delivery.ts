import type { XmppError } from '../src/errors/index.ts';
import type { StreamLedger } from '../src/stream/index.ts';
import type { Element } from '../src/xml/index.ts';

/** What is to become of a stanza that cannot go out at once, or whose session is lost. */
export interface SendOptions {
  /** Milliseconds from now. What was not written by then is not worth sending any more, and fails. Never if absent. */
  readonly expires?: number | undefined;
  /**
   * `false`: worth something at this moment only, as a typing notification (XEP-0085 §5.1). It fails at once where there is no
   * session, and is not sent again when a session goes on. True if absent.
   */
  readonly keep?: boolean | undefined;
  /**
   * Sends it again in the next session where this one ended before the server confirmed it. It may then arrive twice, with the
   * same id, and tells when it was sent at first (XEP-0203). False if absent: it fails, and the application decides. Means nothing
   * where the stream is not managed, since nobody confirms anything there, and nothing for requests, which end with their session.
   */
  readonly resend?: boolean | undefined;
  /** What happens when the queue is full; `reject` if absent. */
  readonly whenFull?: WhenFull | undefined;
}

/**
 * What happens to a stanza that finds the queue full. `reject`: it fails. `drop-oldest`: the oldest one of the same name that was
 * sent with `drop-oldest` as well fails instead, or as many of them as make room for it; if there is none, the new one. `wait`: it
 * waits for room; whoever produces without end should wait with it, for what waits this way is not bounded.
 */
export type WhenFull = 'reject' | 'drop-oldest' | 'wait';

/** Hears what becomes of a stanza that was given to be sent. */
export interface DeliveryReport {
  /** The queue has no room for it yet; `queued` follows, or `failed`. */
  waiting?(): void;
  /** The queue took it; also when it is to be sent once more, in the next session. */
  queued?(): void;
  /**
   * Handed to the connection; `isLast`: nobody will acknowledge it. The stream is not managed, or the client was stopped, which
   * is said of a stanza that is written already.
   */
  written(isLast: boolean): void;
  /** The server handled it (XEP-0198 §4); never said where the stream is not managed. */
  acknowledged?(): void;
  failed(reason: XmppError): void;
}

/** Hears from the transport what becomes of one stanza. */
export interface WriteReport {
  /** Handed to the connection, as so many UTF-16 units. */
  written(length: number): void;
  /** Not handed on: it would have taken so many, which is more than was said that it may. */
  tooLong?(length: number): void;
  failed(reason: XmppError): void;
}

/** A stanza on its way out, and who wants to hear of it. What becomes of it on the wire it hears from the transport itself. */
export interface SentStanza extends WriteReport {
  /** Another one, once it is to be sent again in another session: that one tells when it was sent at first. */
  stanza: Element;
  readonly report: DeliveryReport;
  readonly options: SendOptions | undefined;
  /** Its place in the order of sending: greater than that of all that was given before it. */
  readonly order: number;
  /** UTF-16 units: while it waits, as it will be written; then as it was. */
  length: number;
  /** When it is not worth sending any more, in milliseconds of the client's clock; `undefined` if it always is, and once it is written. */
  expiresAt: number | undefined;
  /** When it was written first, in milliseconds since 1970; known only of what may be sent again in another session. */
  readonly sentAt: number | undefined;
}

/** What came and what went out in a managed session: kept by the router and the outbox, and outlives connections. */
export type SessionLedger = StreamLedger<SentStanza>;
