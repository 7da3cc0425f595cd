import type { ChannelBinding, ChannelBindingType } from './channel-binding.ts';
import type { HashName, ScramCrypto } from './crypto.ts';
import type { Offer } from './offer.ts';
import type { SaslError } from './sasl-error.ts';

/** What a user logs in with. The strings are secrets: they belong into no event, context, log or error. */
export interface Credentials {
  /** The localpart of the account, unescaped. */
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Whom to act as, where that is not the username itself (RFC 6120 §6.3.8); a bare JID. */
  readonly authzid?: string | undefined;
  /** An OAuth 2.0 access token, for OAUTHBEARER. */
  readonly token?: string | undefined;
  /** The token of an earlier login (XEP-0484), good for the mechanism it was asked for and no other. */
  readonly hashedToken?: string | undefined;
  /** For ANONYMOUS: what the operator of the server may see of this guest (RFC 4505 §2); nothing by default. */
  readonly trace?: string | undefined;
}

/**
 * What a mechanism takes from the user: a password, an OAuth token, the token of an earlier login, the client certificate of
 * the TLS connection, or nothing at all.
 */
export type CredentialKind = 'password' | 'token' | 'hashed-token' | 'certificate' | 'none';

/** What an exchange needs beside the credentials. */
export interface ExchangeOptions {
  readonly crypto: ScramCrypto;
  /** Ends the exchange with `aborted`, also in the middle of a computation. */
  readonly signal?: AbortSignal | undefined;
  /** Fewest SCRAM iterations that are accepted; 4096 by default, the least that RFC 5802 §5.1 and RFC 7677 §4 allow. */
  readonly minIterations?: number | undefined;
  /** Most SCRAM iterations that are computed; 10,000,000 by default, some seconds. */
  readonly maxIterations?: number | undefined;
  /** What the login is bound to; mechanisms that bind fail without it, the others do not look at it. */
  readonly channelBinding?: ChannelBinding | undefined;
  /** Whether this client would have bound if the server had offered it; says so to the server (RFC 5802 §6). Not by default. */
  readonly canBind?: boolean | undefined;
  /** What the server offered, to be compared with what it says it offered (XEP-0474). */
  readonly offer?: Offer | undefined;
  /** Fail unless the server says what it offered (XEP-0474 §6). */
  readonly requireOfferHash?: boolean | undefined;
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
  /** The server reported failure: the same error, or a better one where the mechanism knows more. Absent if it never does. */
  explain?(failure: SaslError): SaslError;
}

/** A way to authenticate. */
export interface Mechanism {
  /** Its registered name, as in `SCRAM-SHA-256`. */
  readonly name: string;
  readonly credential: CredentialKind;
  /** The type it binds to, `any` for one of the user's choice, `inherent` where TLS itself authenticates the client. */
  readonly binds: ChannelBindingType | 'any' | 'inherent' | undefined;
  /** Whether the peer learns the secret, so that only TLS stands between it and everybody else. */
  readonly showsSecret: boolean;
  /** The hash function of SCRAM. */
  readonly scramHash?: HashName | undefined;
  createExchange(credentials: Credentials, options: ExchangeOptions): ClientExchange;
}
