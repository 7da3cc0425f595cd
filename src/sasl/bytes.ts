const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** No bytes at all: an empty response or additional data. */
export function noBytes(): Uint8Array {
  return new Uint8Array(0);
}

/** The UTF-8 bytes of a text. */
export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** The text of UTF-8 bytes, or `undefined` where they are not UTF-8; a byte order mark is kept, so nothing gets lost. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Base64 with padding and without line breaks (RFC 4648 §4, as RFC 6120 §6.4.1 and RFC 5802 §7 want it). */
export function encodeBase64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/**
 * The bytes of a base64 text, or `undefined` unless the text is exactly what {@link encodeBase64} makes of those bytes:
 * white space, missing padding, the URL alphabet and stray bits at the end are refused (RFC 4648 §3.5, §12).
 */
export function decodeBase64(text: string): Uint8Array | undefined {
  let binary: string;
  try {
    binary = atob(text);
  } catch {
    return undefined;
  }
  if (btoa(binary) !== text) return undefined;
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/** Whether two secrets are equal, in a time that depends on their lengths only. */
export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  return xorBytes(left, right).reduce((difference, byte) => difference | byte, 0) === 0;
}

/** Byte by byte exclusive or of two values of the same length. */
export function xorBytes(left: Uint8Array, right: Uint8Array): Uint8Array {
  return left.map((byte, index) => byte ^ (right[index] ?? 0));
}
