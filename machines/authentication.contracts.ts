import { fromCallback, fromPromise } from 'xstate';
import type { XmppError } from '../src/errors/index.ts';
import type {
  ChannelBindingType,
  FastInline,
  FastToken,
  Offer,
  SaslError,
  Sealed,
  SecureChannel,
} from '../src/sasl/index.ts';
import { unprovided } from './contracts.ts';
import type { SaslEvent } from './events.ts';
import type { ClientInput } from './settings.ts';

/*
 * The actors that know what an account logs in with. See `contracts.ts` for what a slot is.
 */

export interface RecallInput {
  readonly settings: ClientInput;
}

/** What the application's stores know about an account. Holds no secret. */
export interface Recollection {
  /** The mechanism that worked before: what protects less is refused. */
  readonly pin: string | undefined;
  readonly token: RecalledToken | undefined;
}

/** A token without the token: only the actor of an authentication takes that out. */
export type RecalledToken = Pick<FastToken, 'mechanism' | 'userAgent' | 'inline'>;

/** Asks the application's stores; rejects with a `TransportError`. */
export const recallSlot = fromPromise<Recollection, RecallInput>(async () => unprovided('recall'));

export interface ExchangeInput {
  readonly settings: ClientInput;
  readonly mechanism: string;
  /** What the server offered, as it came (XEP-0474). */
  readonly offer: Offer;
  /** The login is one with the stored token (XEP-0484). */
  readonly usesToken: boolean;
  /** The mechanism that a new token was asked for. */
  readonly requestedToken: string | undefined;
  /** What a token is kept with. */
  readonly userAgent: string;
  readonly inline: FastInline | undefined;
  readonly channel: SecureChannel | undefined;
  readonly channelBinding: ChannelBindingType | undefined;
  readonly canBind: boolean;
  readonly requireOfferHash: boolean;
  readonly reason: SaslError | undefined;
}

/** What the SASL exchange reports to its parent. */
export type ExchangeEvent =
  | { readonly type: 'exchange.started'; readonly payload: Sealed<Uint8Array> | undefined }
  | { readonly type: 'exchange.answered'; readonly payload: Sealed<Uint8Array> }
  /** The server proved that it knows the secret; `unsaved` says what a store did not keep. */
  | { readonly type: 'exchange.verified'; readonly unsaved: XmppError | undefined }
  /** The server refused the login: its error, or a better one where the mechanism knows more. */
  | { readonly type: 'exchange.refused'; readonly error: SaslError }
  | { readonly type: 'exchange.failed'; readonly error: XmppError };

/** One run of a SASL mechanism. Asks for the credentials and is the only actor that ever holds them. */
export const exchangeSlot = fromCallback<SaslEvent, ExchangeInput>(() => unprovided('exchange'));
