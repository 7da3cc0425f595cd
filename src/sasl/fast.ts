/** Who logs in, as the server shows it to the user (XEP-0388 §2.3). */
export interface UserAgent {
  /** A UUID v4 that stays the same for this installation. */
  readonly id: string;
  /** The name of the software. */
  readonly software?: string | undefined;
  /** The device, as the user knows it. */
  readonly device?: string | undefined;
}

/**
 * A token for one mechanism, got at an earlier login (XEP-0484): as good as a password. JSON, for an application's store,
 * and with it what must be known to use it in the first flight of the next login.
 */
export interface FastToken {
  /** The mechanism it was asked for, and is good for: `HT-SHA-256-EXPR`. */
  readonly mechanism: string;
  readonly token: string;
  /** When it ends, as the server said (XEP-0082); `undefined` if it did not. */
  readonly expiry?: string | undefined;
  /** The id of the user agent that it was given to. */
  readonly userAgent: string;
  /** What could be negotiated inline at that login: the names of Bind 2 features, as in `urn:xmpp:carbons:2`. */
  readonly inline?: FastInline | undefined;
}

/** What a server offers to do along with an authentication (XEP-0388 §2.1). */
export interface FastInline {
  /** Bind 2 (XEP-0386): names of the features that can be enabled along with it. */
  readonly bind?: readonly string[] | undefined;
  /** Stream resumption (XEP-0198). */
  readonly sm: boolean;
}
