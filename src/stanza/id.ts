const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
/** 22 characters of 6 bits each hold 128 bits and a bit more. */
const CHARACTERS = 22;
const BATCH = 128;

/** Pairs of characters by 12 bits, so that an id is put together from 11 pieces. */
const pairs = Array.from({ length: 4096 }, (_, bits) => `${ALPHABET[bits >> 6]}${ALPHABET[bits & 63]}`);
const random = new Uint16Array((CHARACTERS / 2) * BATCH);
let next = random.length;

/**
 * A new id for a stanza: 132 random bits as 22 characters of base64url. Nobody can guess it, so an answer with this id
 * comes from somebody who saw the question (RFC 6120 §8.1.3).
 */
export function createId(): string {
  if (next === random.length) {
    globalThis.crypto.getRandomValues(random);
    next = 0;
  }
  let id = '';
  for (const end = next + CHARACTERS / 2; next < end; next++) id += pairs[(random[next] ?? 0) & 4095];
  return id;
}
