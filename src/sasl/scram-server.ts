import { encodeBase64, encodeUtf8, equalBytes, noBytes, xorBytes } from './bytes.ts';
import type { ScramCrypto } from './crypto.ts';
import type { Gs2Flag } from './gs2.ts';
import { hashOffer, type Offer, offersPlus } from './offer.ts';
import { prepare } from './prepare.ts';
import {
  type ClientFirst,
  parseClientFinal,
  parseClientFirst,
  readMessage,
  ScramSyntaxError,
} from './scram-grammar.ts';
import {
  authMessage,
  deriveKeys,
  HASH_LENGTHS,
  isPlus,
  SCRAM_HASHES,
  type ScramName,
  type ScramPlusName,
  scramHash,
} from './scram-keys.ts';
import type { ServerExchange, ServerReply } from './server-exchange.ts';

/** What a server stores instead of a password (RFC 5802 §2.3). */
export interface ScramKeys {
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly storedKey: Uint8Array;
  readonly serverKey: Uint8Array;
}

/** How {@link createScramKeys} makes its keys. */
export interface ScramKeysOptions {
  readonly crypto: ScramCrypto;
  /** 4096 by default. */
  readonly iterations?: number | undefined;
  /** 16 random bytes by default. */
  readonly salt?: Uint8Array | undefined;
}

/** What a SCRAM server needs. */
export interface ScramServerOptions {
  readonly mechanism: ScramName | ScramPlusName;
  readonly crypto: ScramCrypto;
  /** The values of the channel bindings of this connection, by type, for -PLUS. */
  readonly channelBindings?: ReadonlyMap<string, Uint8Array> | undefined;
  /** What was offered: a client that says it missed -PLUS is refused if it is in here (RFC 5802 §6). */
  readonly offer?: Offer | undefined;
  /** Send the hash of {@link offer} (XEP-0474). Not by default. */
  readonly sendOfferHash?: boolean | undefined;
  /** The stored keys of a user, for this mechanism; `undefined` if there is no such user. */
  keysOf(username: string): ScramKeys | undefined | Promise<ScramKeys | undefined>;
}

/** Makes what a server stores of a password, for one mechanism. Throws {@link SaslError} for an empty or forbidden one. */
export async function createScramKeys(
  mechanism: ScramName,
  password: string,
  { crypto, iterations = 4096, salt = crypto.randomBytes(16) }: ScramKeysOptions,
): Promise<ScramKeys> {
  const source = { password: encodeUtf8(await prepare(password, 'password')), salt, iterations };
  const { storedKey, serverKey } = await deriveKeys(SCRAM_HASHES[mechanism], source, crypto);
  return { salt, iterations, storedKey, serverKey };
}

/**
 * The server's side of SCRAM (RFC 5802). Made for tests: it tells users that do not exist apart
 * from wrong passwords by failing earlier.
 */
export function createScramServer(options: ScramServerOptions): ServerExchange {
  let step: Step = { is: 'awaitingClientFirst' };
  return {
    async answer(message) {
      const current = step;
      if (current.is === 'awaitingClientFirst' && message === undefined) return { type: 'challenge', data: noBytes() };
      step = { is: 'over' };
      if (current.is === 'over' || message === undefined) return malformed('no message was expected');
      try {
        if (current.is === 'awaitingClientFinal') return await answerFinal(current, readMessage(message), options);
        const answered = await answerFirst(parseClientFirst(readMessage(message)), options);
        step = answered.next;
        return answered.reply;
      } catch (error) {
        if (error instanceof ScramSyntaxError) return malformed(error.message);
        throw error;
      }
    },
  };
}

type Step = { readonly is: 'awaitingClientFirst' } | AwaitingClientFinal | { readonly is: 'over' };

interface AwaitingClientFinal {
  readonly is: 'awaitingClientFinal';
  readonly first: ClientFirst;
  readonly keys: ScramKeys;
  readonly nonce: string;
  readonly serverFirst: string;
}

async function answerFirst(
  first: ClientFirst,
  options: ScramServerOptions,
): Promise<{ readonly next: Step; readonly reply: ServerReply }> {
  const { mechanism, crypto, keysOf, offer, sendOfferHash } = options;
  const over: Step = { is: 'over' };
  const refusal = refuseFlag(first.gs2.flag, options);
  if (refusal !== undefined) return { next: over, reply: malformed(refusal) };
  const keys = await keysOf(first.username);
  if (!keys) return { next: over, reply: unauthorized('unknown user') };
  const nonce = first.nonce + encodeBase64(crypto.randomBytes(18));
  const offerHash = offer && sendOfferHash ? `,h=${await hashOffer(scramHash(mechanism), offer, crypto)}` : '';
  const serverFirst = `r=${nonce},s=${encodeBase64(keys.salt)},i=${keys.iterations}${offerHash}`;
  return {
    next: { is: 'awaitingClientFinal', first, keys, nonce, serverFirst },
    reply: { type: 'challenge', data: encodeUtf8(serverFirst) },
  };
}

/** Why a client's view of channel binding ends the exchange, if it does: an error value of RFC 5802 §7. */
function refuseFlag(flag: Gs2Flag, { mechanism, offer, channelBindings }: ScramServerOptions): string | undefined {
  if (isPlus(mechanism) !== flag.startsWith('p=')) return 'channel-binding-not-supported';
  if (flag === 'y') return offer && offersPlus(offer.mechanisms) ? 'server-does-support-channel-binding' : undefined;
  if (flag === 'n') return undefined;
  return channelBindings?.has(typeOf(flag)) ? undefined : 'unsupported-channel-binding-type';
}

function typeOf(flag: Gs2Flag): string {
  return flag.slice('p='.length);
}

async function answerFinal(
  { first, keys, nonce, serverFirst }: AwaitingClientFinal,
  message: string,
  { mechanism, crypto, channelBindings }: ScramServerOptions,
): Promise<ServerReply> {
  const hash = scramHash(mechanism);
  const final = parseClientFinal(message);
  if (final.nonce !== nonce) return malformed('the nonce is not that of this exchange');
  const header = encodeUtf8(first.gs2Text);
  if (!equalBytes(final.channelBinding.subarray(0, header.length), header)) {
    return malformed('the GS2 header was not repeated');
  }
  const data = channelBindings?.get(typeOf(first.gs2.flag)) ?? noBytes();
  if (!equalBytes(final.channelBinding.subarray(header.length), data)) {
    return unauthorized('channel-bindings-dont-match');
  }
  if (final.proof.length !== HASH_LENGTHS[hash]) return malformed('the proof has a wrong length');
  const signed = authMessage(first.bare, serverFirst, final.withoutProof);
  const clientKey = xorBytes(final.proof, await crypto.hmac(hash, keys.storedKey, signed));
  if (!equalBytes(await crypto.hash(hash, clientKey), keys.storedKey)) return unauthorized('invalid proof');
  const signature = await crypto.hmac(hash, keys.serverKey, signed);
  const { authzid } = first.gs2;
  return { type: 'success', username: first.username, authzid, data: encodeUtf8(`v=${encodeBase64(signature)}`) };
}

function malformed(text: string): ServerReply {
  return { type: 'failure', condition: 'malformed-request', text };
}

function unauthorized(text: string): ServerReply {
  return { type: 'failure', condition: 'not-authorized', text };
}
