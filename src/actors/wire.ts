import type { TransportInput } from '../../machines/contracts.ts';
import type { XmppError } from '../errors/index.ts';
import type { SecureChannel } from '../sasl/index.ts';
import type { Framing } from '../stream/index.ts';

/** What a wire tells the transport. After `failed` or `closed` it tells nothing more. */
export interface WireListener {
  /** Bytes can be exchanged. */
  connected(): void;
  /** TLS stands, and the certificate is for the domain. */
  secured(channel: SecureChannel): void;
  /** Bytes, cut anywhere; where the framing is one of messages, those of one message. */
  received(bytes: Uint8Array): void;
  /** The peer gave a sign of life that is no part of the stream, as far as the platform tells of such. */
  heard(): void;
  /** What was refused by {@link Wire.write} has gone out. */
  drained(): void;
  /** The connection is of no use any more. A `StreamError` says that the peer broke the rules, and is told to it if possible. */
  failed(error: XmppError): void;
  /** The peer ended the connection, or both sides did. The farewell is what it said about that, for people. */
  closed(farewell?: string): void;
}

/** A connection below the stream: bytes, TLS, and the end. Hosts implement it; the transport knows nothing else of them. */
export interface Wire {
  /** How a stream is written on it. Without {@link Framing.joins} each text to write is one message. */
  readonly framing: Framing;
  /** Answers `false` when enough waits already: no more before `drained`. */
  write(text: string): boolean;
  startTls(): void;
  /**
   * Holds back what comes, so that the peer cannot send without end; a little may come nevertheless, and so may the end. Answers
   * `false` where the platform cannot, and gives each piece a turn of its own anyway.
   */
  pause(): boolean;
  /** Lets come, later than now, what was held back. */
  resume(): void;
  /** Ends the connection once all that was written has gone out; what the peer does then does not matter. */
  end(): void;
  /** Ends it now, without a word: what was written and has not gone out is lost. */
  abort(): void;
}

/** Opens a wire to the endpoint; reports through the listener, never before it returned. */
export type Dial = (input: TransportInput, listener: WireListener) => Wire;
