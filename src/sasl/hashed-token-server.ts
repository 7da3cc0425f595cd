import { decodeUtf8, equalBytes, noBytes } from './bytes.ts';
import type { ScramCrypto } from './crypto.ts';
import { HASHED_TOKEN_BINDINGS, type HashedTokenName, hashToken } from './hashed-token.ts';
import type { ServerExchange, ServerReply } from './server-exchange.ts';

/** What a server for hashed tokens needs. */
export interface HashedTokenServerOptions {
  readonly mechanism: HashedTokenName;
  readonly crypto: ScramCrypto;
  /** The values of the channel bindings of this connection, by type. */
  readonly channelBindings?: ReadonlyMap<string, Uint8Array> | undefined;
  /** The tokens that were given to a user for this mechanism; at most two (XEP-0484 §5.1). */
  tokensOf(username: string): readonly string[] | Promise<readonly string[]>;
  /** Told of the token that the client has. Answers whether it may still be used; without this, all may. */
  accept?(username: string, token: string): boolean;
}

/** The server's side of the hashed token mechanisms (draft-schmaus-kitten-sasl-ht-09 §3). */
export function createHashedTokenServer(options: HashedTokenServerOptions): ServerExchange {
  let step: 'awaitingMessage' | 'over' = 'awaitingMessage';
  return {
    async answer(message) {
      if (step === 'over') return malformed('the exchange is over');
      if (message === undefined) return { type: 'challenge', data: noBytes() };
      step = 'over';
      const type = HASHED_TOKEN_BINDINGS[options.mechanism];
      const data = type === undefined ? noBytes() : options.channelBindings?.get(type);
      if (data === undefined) return malformed('unsupported channel binding type');
      return verify(message, data, options);
    },
  };
}

async function verify(message: Uint8Array, data: Uint8Array, options: HashedTokenServerOptions): Promise<ServerReply> {
  const { crypto, tokensOf } = options;
  const end = message.indexOf(0);
  const username = decodeUtf8(message.subarray(0, Math.max(end, 0)));
  const hashed = message.subarray(end + 1);
  if (!username || hashed.length === 0) return malformed('expected authcid NUL initiator-hashed-token');
  for (const token of await tokensOf(username)) {
    if (!equalBytes(hashed, await hashToken(token, 'Initiator', data, crypto))) continue;
    if (options.accept?.(username, token) === false) {
      return { type: 'failure', condition: 'credentials-expired', text: 'the token has expired' };
    }
    const proof = await hashToken(token, 'Responder', data, crypto);
    return { type: 'success', username, authzid: undefined, data: proof };
  }
  return { type: 'failure', condition: 'not-authorized', text: 'invalid token' };
}

function malformed(text: string): ServerReply {
  return { type: 'failure', condition: 'malformed-request', text };
}
