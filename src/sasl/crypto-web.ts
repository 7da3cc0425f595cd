import { type ScramCrypto, untilAborted } from './crypto.ts';
import { SaslError } from './sasl-error.ts';

/**
 * The cryptography of browsers. Its PBKDF2 runs outside the page's thread, where it cannot be interrupted: after an abort
 * nobody waits for it and its result is erased.
 */
export const webScramCrypto: ScramCrypto = {
  async hash(name, data) {
    return new Uint8Array(await subtle().digest(name, own(data)));
  },

  async hmac(name, key, data) {
    const algorithm = { name: 'HMAC', hash: name };
    const imported = await subtle().importKey('raw', own(key), algorithm, false, ['sign']);
    return new Uint8Array(await subtle().sign('HMAC', imported, own(data)));
  },

  async pbkdf2(name, password, salt, iterations, keyLength, signal) {
    signal?.throwIfAborted();
    const imported = await subtle().importKey('raw', own(password), 'PBKDF2', false, ['deriveBits']);
    signal?.throwIfAborted();
    const algorithm = { name: 'PBKDF2', hash: name, salt: own(salt), iterations };
    const work = subtle().deriveBits(algorithm, imported, keyLength * 8);
    return new Uint8Array(await untilAborted(work, signal, (late) => new Uint8Array(late).fill(0)));
  },

  randomBytes(length) {
    return globalThis.crypto.getRandomValues(new Uint8Array(length));
  },
};

/** WebCrypto exists in secure contexts only, whatever its declaration says. */
function subtle(): SubtleCrypto {
  const available: SubtleCrypto | undefined = globalThis.crypto.subtle;
  if (available) return available;
  throw new SaslError('The browser offers no cryptography to this page', { condition: 'crypto-unavailable' });
}

/** WebCrypto takes no memory that other threads may share. */
function own(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
