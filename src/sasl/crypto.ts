/** Hash functions of the SCRAM family, by their names in WebCrypto. */
export type HashName = 'SHA-1' | 'SHA-256' | 'SHA-512';

/** The cryptography that SCRAM needs from the platform; Node's stands in `node.ts`, that of browsers in `browser.ts`. */
export interface ScramCrypto {
  hash(name: HashName, data: Uint8Array): Promise<Uint8Array>;
  hmac(name: HashName, key: Uint8Array, data: Uint8Array): Promise<Uint8Array>;
  /**
   * PBKDF2 with HMAC: the `Hi()` of RFC 5802 §2.2. Must not block the thread. `keyLength` is in bytes. Rejects with the
   * signal's reason as soon as it is aborted.
   */
  pbkdf2(
    name: HashName,
    password: Uint8Array,
    salt: Uint8Array,
    iterations: number,
    keyLength: number,
    signal?: AbortSignal,
  ): Promise<Uint8Array>;
  /** Unpredictable bytes. */
  randomBytes(length: number): Uint8Array;
}

/**
 * Waits for work that the platform cannot interrupt, but no longer than until the signal is aborted: then it rejects with
 * the signal's reason, and `discard` gets the late result.
 */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined, discard: (late: T) => void) {
  if (!signal) return work;
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    work
      .then((result) => (signal.aborted ? discard(result) : resolve(result)), reject)
      .finally(() => signal.removeEventListener('abort', abort));
  });
}
