import { encodeBase64, encodeUtf8, equalBytes, noBytes, xorBytes } from './bytes.ts';
import type { ScramCrypto } from './crypto.ts';
import { prepare } from './prepare.ts';
import {
  type ClientFirst,
  parseClientFinal,
  parseClientFirst,
  readMessage,
  ScramSyntaxError,
} from './scram-grammar.ts';
import { authMessage, deriveKeys, HASH_LENGTHS, SCRAM_HASHES, type ScramName } from './scram-keys.ts';
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
  readonly mechanism: ScramName;
  readonly crypto: ScramCrypto;
  /** The stored keys of a user, for this mechanism; `undefined` if there is no such user. */
  keysOf(username: string): ScramKeys | undefined | Promise<ScramKeys | undefined>;
}

/** Makes what a server stores of a password, for one mechanism. Throws {@link SaslError} for an empty or forbidden one. */
export async function createScramKeys(
  mechanism: ScramName,
  password: string,
  { crypto, iterations = 4096, salt = crypto.randomBytes(16) }: ScramKeysOptions,
): Promise<ScramKeys> {
  const source = { password: encodeUtf8(prepare(password, 'password')), salt, iterations };
  const { storedKey, serverKey } = await deriveKeys(SCRAM_HASHES[mechanism], source, crypto);
  return { salt, iterations, storedKey, serverKey };
}

/**
 * The server's side of SCRAM (RFC 5802), without channel binding. Made for tests: it tells users that do not exist apart
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
  { crypto, keysOf }: ScramServerOptions,
): Promise<{ readonly next: Step; readonly reply: ServerReply }> {
  if (first.gs2.flag.startsWith('p=')) return { next: { is: 'over' }, reply: malformed('no channel binding here') };
  const keys = await keysOf(first.username);
  if (!keys) return { next: { is: 'over' }, reply: unauthorized('unknown user') };
  const nonce = first.nonce + encodeBase64(crypto.randomBytes(18));
  const serverFirst = `r=${nonce},s=${encodeBase64(keys.salt)},i=${keys.iterations}`;
  return {
    next: { is: 'awaitingClientFinal', first, keys, nonce, serverFirst },
    reply: { type: 'challenge', data: encodeUtf8(serverFirst) },
  };
}

async function answerFinal(
  { first, keys, nonce, serverFirst }: AwaitingClientFinal,
  message: string,
  { mechanism, crypto }: ScramServerOptions,
): Promise<ServerReply> {
  const hash = SCRAM_HASHES[mechanism];
  const final = parseClientFinal(message);
  if (final.nonce !== nonce) return malformed('the nonce is not that of this exchange');
  if (!equalBytes(final.channelBinding, encodeUtf8(first.gs2Text))) return malformed('the GS2 header was not repeated');
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
