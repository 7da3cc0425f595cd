import { encodeUtf8 } from './bytes.ts';
import type { HashName, ScramCrypto } from './crypto.ts';

/** Names of the SCRAM mechanisms without channel binding, strongest first (RFC 5802, RFC 7677). */
export type ScramName = 'SCRAM-SHA-512' | 'SCRAM-SHA-256' | 'SCRAM-SHA-1';

/** The hash function of each mechanism. */
export const SCRAM_HASHES: Readonly<Record<ScramName, HashName>> = {
  'SCRAM-SHA-512': 'SHA-512',
  'SCRAM-SHA-256': 'SHA-256',
  'SCRAM-SHA-1': 'SHA-1',
};

/** A SCRAM mechanism that is bound to the TLS connection (RFC 5802 §6). */
export type ScramPlusName = `${ScramName}-PLUS`;

/** The hash function of a mechanism, with channel binding or without. */
export function scramHash(name: ScramName | ScramPlusName): HashName {
  return SCRAM_HASHES[withoutPlus(name)];
}

/** Whether a mechanism is one with channel binding. */
export function isPlus(name: ScramName | ScramPlusName): name is ScramPlusName {
  return name.endsWith('-PLUS');
}

function withoutPlus(name: ScramName | ScramPlusName): ScramName {
  switch (name) {
    case 'SCRAM-SHA-512-PLUS':
      return 'SCRAM-SHA-512';
    case 'SCRAM-SHA-256-PLUS':
      return 'SCRAM-SHA-256';
    case 'SCRAM-SHA-1-PLUS':
      return 'SCRAM-SHA-1';
    default:
      return name;
  }
}

/** Length in bytes of what each hash function gives. */
export const HASH_LENGTHS: Readonly<Record<HashName, number>> = { 'SHA-512': 64, 'SHA-256': 32, 'SHA-1': 20 };

/** The keys that a password, a salt and an iteration count make (RFC 5802 §3). All are secrets. */
export interface DerivedKeys {
  readonly clientKey: Uint8Array;
  readonly storedKey: Uint8Array;
  readonly serverKey: Uint8Array;
}

/** What {@link deriveKeys} starts from; the password is prepared already. */
export interface KeySource {
  readonly password: Uint8Array;
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly signal?: AbortSignal | undefined;
}

/** Computes the keys; this is the slow part. Rejects with the signal's reason once it is aborted. */
export async function deriveKeys(name: HashName, source: KeySource, crypto: ScramCrypto): Promise<DerivedKeys> {
  const { password, salt, iterations, signal } = source;
  const salted = await crypto.pbkdf2(name, password, salt, iterations, HASH_LENGTHS[name], signal);
  const clientKey = await crypto.hmac(name, salted, encodeUtf8('Client Key'));
  const serverKey = await crypto.hmac(name, salted, encodeUtf8('Server Key'));
  salted.fill(0);
  return { clientKey, storedKey: await crypto.hash(name, clientKey), serverKey };
}

/** What both sides sign: the three messages of the exchange (RFC 5802 §3). */
export function authMessage(clientFirstBare: string, serverFirst: string, clientFinalWithoutProof: string): Uint8Array {
  return encodeUtf8(`${clientFirstBare},${serverFirst},${clientFinalWithoutProof}`);
}
