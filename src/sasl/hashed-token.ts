import { encodeUtf8 } from './bytes.ts';
import type { ChannelBindingType } from './channel-binding.ts';
import type { Credentials, ExchangeOptions, Mechanism } from './mechanism.ts';
import { prepare } from './prepare.ts';
import { SaslError } from './sasl-error.ts';
import { createSingleMessageExchange, type SingleMessage } from './single-message.ts';

/** Names of the hashed token mechanisms, strongest first (draft-schmaus-kitten-sasl-ht-09 §2, as XEP-0484 refers to it). */
export type HashedTokenName = 'HT-SHA-256-EXPR' | 'HT-SHA-256-UNIQ' | 'HT-SHA-256-ENDP' | 'HT-SHA-256-NONE';

/** The type of channel binding that each of them prescribes. */
export const HASHED_TOKEN_BINDINGS: Readonly<Record<HashedTokenName, ChannelBindingType | undefined>> = {
  'HT-SHA-256-EXPR': 'tls-exporter',
  'HT-SHA-256-UNIQ': 'tls-unique',
  'HT-SHA-256-ENDP': 'tls-server-end-point',
  'HT-SHA-256-NONE': undefined,
};

/**
 * A mechanism for logging in with the token of an earlier login (XEP-0484), in one round trip. The server proves that it
 * knows the token too. Without nonces: whoever reads a message of HT-SHA-256-NONE can use it again, so TLS is a must.
 */
export function hashedTokenMechanism(name: HashedTokenName): Mechanism {
  return {
    name,
    credential: 'hashed-token',
    binds: HASHED_TOKEN_BINDINGS[name],
    showsSecret: false,
    createExchange: (credentials, options) =>
      createSingleMessageExchange(name, options, () => buildMessage(name, credentials, options)),
  };
}

/** What one side sends: HMAC(token, "Initiator" or "Responder", channel binding data). */
export function hashToken(
  token: string,
  side: 'Initiator' | 'Responder',
  bindingData: Uint8Array,
  crypto: ExchangeOptions['crypto'],
): Promise<Uint8Array> {
  return crypto.hmac('SHA-256', encodeUtf8(token), new Uint8Array([...encodeUtf8(side), ...bindingData]));
}

async function buildMessage(
  name: HashedTokenName,
  credentials: Credentials,
  options: ExchangeOptions,
): Promise<SingleMessage> {
  const { hashedToken } = credentials;
  const data = bindingData(name, options);
  const username = await prepare(credentials.username, 'username');
  if (!hashedToken) throw new SaslError('The token is missing', { condition: 'missing-credentials' });
  const hashed = await hashToken(hashedToken, 'Initiator', data, options.crypto);
  return {
    message: new Uint8Array([...encodeUtf8(`${username}\0`), ...hashed]),
    proof: await hashToken(hashedToken, 'Responder', data, options.crypto),
  };
}

function bindingData(name: HashedTokenName, { channelBinding }: ExchangeOptions): Uint8Array {
  const type = HASHED_TOKEN_BINDINGS[name];
  if (type === undefined) return new Uint8Array(0);
  if (channelBinding?.type === type && channelBinding.data.length > 0) return channelBinding.data;
  throw new SaslError(`${name} needs the channel binding ${type}`, { condition: 'no-mechanism' });
}
