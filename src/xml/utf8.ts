import { showCharacter } from './characters.ts';
import { XmlError } from './xml-error.ts';

/** What was decoded, as far as it could be. */
interface Decoded {
  readonly text: string;
  /** Bytes that were decoded. */
  readonly length: number;
  /** What is wrong with the next one. */
  readonly failure: XmlError | undefined;
}

// What is decoded ends between characters, so that the decoder needs no state; without it, it is ten times as fast in Node.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Decodes UTF-8 up to the first byte that is none (RFC 3629). A character that is not complete is none. */
export function decodeUtf8(bytes: Uint8Array): Decoded {
  try {
    return { text: utf8.decode(bytes), length: bytes.length, failure: undefined };
  } catch {
    const valid = bytes.subarray(0, validLength(bytes));
    const byte = (bytes[valid.length] ?? 0).toString(16).padStart(2, '0');
    const failure = new XmlError('unsupported-encoding', `expected UTF-8, got the byte 0x${byte} out of place`);
    return { text: utf8.decode(valid), length: valid.length, failure };
  }
}

/** RFC 3629 §4: bytes of the character that begins with this one; 1 also for bytes that begin none. */
export function sequenceLength(first: number): number {
  if (first < 0xc2 || first > 0xf4) return 1;
  return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/** The error of a character that XML forbids, or half of one. */
export function forbiddenCharacter(text: string, at: number): XmlError {
  return new XmlError('not-well-formed', `expected a character of XML, got ${showCharacter(text, at)}`);
}

/** XML 1.0 §2.11: every line end is U+000A. */
export function normalizeLineEnds(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

/** Bytes before the first that is no UTF-8. */
function validLength(bytes: Uint8Array): number {
  let low = 0;
  let at = 0;
  while (at < bytes.length) {
    at += sequenceLength(bytes[at] ?? 0);
    try {
      utf8.decode(bytes.subarray(low, at));
    } catch {
      return low;
    }
    low = at;
  }
  return low;
}
