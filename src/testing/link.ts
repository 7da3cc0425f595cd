/** What a link tells the server. Nothing comes after `closed`. */
export interface LinkListener {
  received(bytes: Uint8Array): void;
  /** The TLS handshake that {@link Link.startTls} began is done. */
  secured(): void;
  /** The connection is gone, whoever ended it. */
  closed(): void;
}

/** A connection to a client, below the stream, as the server sees it. */
export interface Link {
  /** Whether nobody can listen: under TLS, or in memory. */
  readonly isSecure: boolean;
  /** Whether {@link Link.startTls} is possible now. */
  readonly canStartTls: boolean;
  /** Sends in one piece. */
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

/** Takes a new connection. */
export type Accept = (link: Link) => LinkListener;
