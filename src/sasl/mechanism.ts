import type { ScramCrypto } from './crypto.ts';

/** What a user logs in with. The strings are secrets: they belong into no event, context, log or error. */
export interface Credentials {
  /** The localpart of the account, unescaped. */
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Whom to act as, where that is not the username itself (RFC 6120 §6.3.8); a bare JID. */
  readonly authzid?: string | undefined;
}

/** What an exchange needs beside the credentials. Channel binding data will be handed in here as well. */
export interface ExchangeOptions {
  readonly crypto: ScramCrypto;
  /** Ends the exchange with `aborted`, also in the middle of a computation. */
  readonly signal?: AbortSignal | undefined;
  /** Fewest SCRAM iterations that are accepted; 4096 by default, the least that RFC 5802 §5.1 and RFC 7677 §4 allow. */
  readonly minIterations?: number | undefined;
  /** Most SCRAM iterations that are computed; 10,000,000 by default, some seconds. */
  readonly maxIterations?: number | undefined;
}

/**
 * The client's side of one authentication. Use it once: `start`, an `answer` for each challenge, `finish`. After an error it
 * is over, and so are the secrets it held. All methods fail with {@link SaslError}.
 */
export interface ClientExchange {
  /** The initial response; `undefined` for a mechanism that waits for a challenge. */
  start(): Promise<Uint8Array | undefined>;
  /** The response to a challenge. */
  answer(challenge: Uint8Array): Promise<Uint8Array>;
  /**
   * The server reported success, perhaps with additional data. Throws unless the server proved itself as the mechanism
   * demands: only after this may anything be sent that is meant for the real server.
   */
  finish(additional: Uint8Array | undefined): void;
}

/** A way to authenticate. */
export interface Mechanism {
  /** Its registered name, as in `SCRAM-SHA-256`. */
  readonly name: string;
  createExchange(credentials: Credentials, options: ExchangeOptions): ClientExchange;
}
