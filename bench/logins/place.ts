/** A server on this machine with an account for {@link LOCALPART}. */
export interface Place {
  readonly host: string;
  /** The port for STARTTLS, and the one for TLS at once. */
  readonly startTls: number;
  readonly directTls: number;
  /** PEM of the authority to trust. */
  readonly ca: string;
}

/** A real server, as a peer of the table sees it. */
export interface RealServer extends Place {
  /** URL of the WebSocket endpoint, without TLS. */
  readonly url: string;
}

/** Logs in; gives what ends the session and resolves when the connection is gone. */
export type Login = () => Promise<() => Promise<unknown>>;

export const DOMAIN = 'capulet.example';
export const LOCALPART = 'juliet';
export const PASSWORD = 'balcony';
