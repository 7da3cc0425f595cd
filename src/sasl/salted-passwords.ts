import { decodeBase64, encodeBase64 } from './bytes.ts';
import type { ScramCrypto } from './crypto.ts';

/** Nobody sees it, and it never leaves the process. */
let key: Uint8Array | undefined;

/** Bytes of the key under which passwords are recognised. */
const KEY_BYTES = 32;

/**
 * Remembers the last salted password of an account, so that who comes back need not compute it anew; RFC 5802 §5.1 allows that to
 * clients. It is a secret as good as the password for logins to that server, so nobody can look in, and it goes with the client. The
 * password itself is not kept, but a mark by which it is known again, which means nothing outside of this process.
 */
export class SaltedPasswords {
  /** What the salted password was made of. */
  #source = '';
  #salted = '';

  /** The same cryptography, which does not compute the same salted password twice in a row. */
  remembering(crypto: ScramCrypto): ScramCrypto {
    return {
      ...crypto,
      pbkdf2: async (name, password, salt, iterations, keyLength, signal) => {
        key ??= crypto.randomBytes(KEY_BYTES);
        const mark = await crypto.hmac(name, key, password);
        const source = [name, iterations, keyLength, encodeBase64(salt), encodeBase64(mark)].join();
        const known = source === this.#source ? decodeBase64(this.#salted) : undefined;
        if (known) return known;
        const salted = await crypto.pbkdf2(name, password, salt, iterations, keyLength, signal);
        // What gives nonsense is found out by those who use it.
        if (salted instanceof Uint8Array) {
          this.#source = source;
          this.#salted = encodeBase64(salted);
        }
        return salted;
      },
    };
  }
}
