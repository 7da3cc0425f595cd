import { createHash, createHmac, pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { type HashName, type ScramCrypto, untilAborted } from './crypto.ts';

/**
 * Node's own cryptography. PBKDF2 runs in the thread pool, where it cannot be interrupted: after an abort nobody waits for
 * it, its result is erased, and one thread stays busy until it ends.
 */
export const nodeScramCrypto: ScramCrypto = {
  async hash(name, data) {
    return withoutPool(createHash(DIGESTS[name]).update(data).digest());
  },

  async hmac(name, key, data) {
    return withoutPool(createHmac(DIGESTS[name], key).update(data).digest());
  },

  async pbkdf2(name, password, salt, iterations, keyLength, signal) {
    signal?.throwIfAborted();
    const work = pbkdf2Async(password, salt, iterations, keyLength, DIGESTS[name]);
    return withoutPool(await untilAborted(work, signal, (late) => late.fill(0)));
  },

  randomBytes(length) {
    return withoutPool(randomBytes(length));
  },
};

const pbkdf2Async = promisify(pbkdf2);

const DIGESTS: Readonly<Record<HashName, string>> = { 'SHA-1': 'sha1', 'SHA-256': 'sha256', 'SHA-512': 'sha512' };

/** A plain array of its own, and the buffer it came in erased: a Buffer prints what it holds. */
function withoutPool(buffer: Buffer): Uint8Array {
  const bytes = new Uint8Array(buffer);
  buffer.fill(0);
  return bytes;
}
