import type { TransportInput } from '../../machines/contracts.ts';
import type { TransportError } from '../errors/index.ts';

/** What a wire tells the transport. After `failed` or `closed` it tells nothing more. */
export interface WireListener {
  /** Bytes can be exchanged. */
  connected(): void;
  /** TLS stands, and the certificate is for the domain. */
  secured(): void;
  received(bytes: Uint8Array): void;
  /** What was refused by {@link Wire.write} has gone out. */
  drained(): void;
  failed(error: TransportError): void;
  /** The peer ended the connection, or both sides did. */
  closed(): void;
}

/** A connection below the stream: bytes, TLS, and the end. Hosts implement it; the transport knows nothing else of them. */
export interface Wire {
  /** Answers `false` when enough waits already: no more before `drained`. */
  write(text: string): boolean;
  startTls(): void;
  /** Ends the connection once all that was written has gone out; what the peer does then does not matter. */
  end(): void;
}

/** Opens a wire to the endpoint; reports through the listener, never before it returned. */
export type Dial = (input: TransportInput, listener: WireListener) => Wire;
