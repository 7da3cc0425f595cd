import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { ChannelBindingType, SecureChannel } from '../sasl/index.ts';
import type { Framing } from '../stream/index.ts';

/** What a link tells its side, a server or a client. Nothing comes after `closed`. */
export interface LinkListener {
  /** Bytes, cut anywhere; where the framing is one of messages, those of one message. */
  received(bytes: Uint8Array): void;
  /** The TLS handshake that {@link Link.startTls} began is done, and a client has verified the certificate. */
  secured(): void;
  /** The connection is gone, whoever ended it; for a reason, where the socket or TLS failed. */
  closed(reason?: Error): void;
}

/** The value of each type of channel binding that a connection has. */
export type ChannelBindings = ReadonlyMap<ChannelBindingType, Uint8Array>;

/** What TLS says about a connection. */
export interface LinkSecurity {
  /** What a login can be bound to, as a server sees it. */
  readonly channelBindings: ChannelBindings;
  /** The address in the client's certificate, where that can be trusted; as it is written there. */
  readonly certifiedAddress: string | undefined;
  /** What a login can be bound to, as a client sees it. */
  readonly channel?: SecureChannel | undefined;
}

/** One end of TLS: a server's or a client's. */
export interface LinkTls {
  /** The event of a socket that says that the handshake is done, and all is well. */
  readonly whenSecured: 'secure' | 'secureConnect';
  /** Does this end's part of the handshake on a socket. */
  secure(socket: Socket, alpn: string | undefined): TLSSocket;
  /** What there is to say of a socket once its handshake is done. */
  security(socket: TLSSocket): LinkSecurity;
}

/** A connection, below the stream, as one of its sides sees it. */
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
  /** Does this side's part of the handshake, which the client begins; what was written before goes out in clear. */
  startTls(): void;
  /** Hears nothing more, until {@link Link.resume}; the other side notices once the network's buffers are full. */
  pause(): void;
  resume(): void;
  /** Ends the connection once all that was written has gone out, and gives the other side half a second to do so, too. */
  end(): void;
  /** Cuts the connection: the other side gets a reset (RST), and what was not sent yet is lost. */
  reset(): void;
}

/** Of a link without TLS. */
export const NO_SECURITY: LinkSecurity = { channelBindings: new Map(), certifiedAddress: undefined };

/** Takes a new connection. */
export type Accept = (link: Link) => LinkListener;
