import type { Framing } from '../stream/index.ts';
import type { ChannelBindings } from './server-tls.ts';

/** What a link tells the server. Nothing comes after `closed`. */
export interface LinkListener {
  /** Bytes, cut anywhere; where the framing is one of messages, those of one message. */
  received(bytes: Uint8Array): void;
  /** The TLS handshake that {@link Link.startTls} began is done. */
  secured(): void;
  /** The connection is gone, whoever ended it. */
  closed(): void;
}

/** What TLS says about a connection. */
export interface LinkSecurity {
  /** What a login can be bound to. */
  readonly channelBindings: ChannelBindings;
  /** The address in the client's certificate, where that can be trusted; as it is written there. */
  readonly certifiedAddress: string | undefined;
}

/** A connection to a client, below the stream, as the server sees it. */
export interface Link {
  /** Whether nobody can listen: under TLS, or in memory. */
  readonly isSecure: boolean;
  /** Whether {@link Link.startTls} is possible now. */
  readonly canStartTls: boolean;
  /** How a stream is written on it. */
  readonly framing: Framing;
  /** Of the TLS that there is now; without any, nothing. */
  readonly security: LinkSecurity;
  /** Sends in one piece; as one message, where the framing is one of messages. */
  write(data: string | Uint8Array): void;
  /** Lets the client start its handshake; what was written before goes out in clear. */
  startTls(): void;
  /** Hears nothing more, until {@link Link.resume}; the client notices once the network's buffers are full. */
  pause(): void;
  resume(): void;
  /** Ends the connection once all that was written has gone out, and gives the client half a second to do so, too. */
  end(): void;
  /** Cuts the connection: the client gets a reset (RST), and what was not sent yet is lost. */
  reset(): void;
}

/** Of a link without TLS. */
export const NO_SECURITY: LinkSecurity = { channelBindings: new Map(), certifiedAddress: undefined };

/** Takes a new connection. */
export type Accept = (link: Link) => LinkListener;
