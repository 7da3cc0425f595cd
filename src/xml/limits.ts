import { XmlError } from './xml-error.ts';

/** What a peer may make this client keep in memory. Whoever exceeds one gets `policy-violation`. */
export interface XmlLimits {
  /**
   * UTF-8 bytes of one element directly inside the stream, counted while it is incomplete; 1 MiB. An attribute in a
   * namespace counts with the namespace's name, which the tree repeats.
   */
  readonly maxElementBytes: number;
  /** UTF-8 bytes of a stream header with everything before it: XML declaration and white space; 64 KiB. */
  readonly maxHeaderBytes: number;
  /** Elements inside each other, not counting the stream's root; 256. */
  readonly maxDepth: number;
  /** Attributes of one element, namespace declarations included; 1000. */
  readonly maxAttributes: number;
  /** Namespace prefixes declared at once: by the header, an element and those around it; 1000. */
  readonly maxPrefixes: number;
}

/** The limits that hold unless others are asked for: those of a stanza that any server would pass on. */
export const DEFAULT_LIMITS: XmlLimits = {
  maxElementBytes: 1024 * 1024,
  maxHeaderBytes: 64 * 1024,
  maxDepth: 256,
  maxAttributes: 1000,
  maxPrefixes: 1000,
};

/** Bytes that one header or element has taken, against what it may take. */
export class Budget {
  used = 0;
  private limit = 0;
  private subject = '';

  /** A new header or element begins. */
  start(subject: string, limit: number): void {
    this.subject = subject;
    this.limit = limit;
    this.used = 0;
  }

  charge(bytes: number): void {
    this.used += bytes;
    if (this.used > this.limit) {
      throw new XmlError('policy-violation', `expected ${this.subject} of at most ${this.limit} bytes, got more`);
    }
  }

  /** Whether so many characters, each of at most three bytes, certainly fit. */
  fits(characters: number): boolean {
    return this.used + characters * 3 <= this.limit;
  }
}

/** Bytes of a part of well-formed text in UTF-8. */
export function utf8Length(text: string, start: number, end: number): number {
  let bytes = end - start;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x80) continue;
    // Each half of a surrogate pair stands for two of the four bytes.
    bytes += code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 1 : 2;
  }
  return bytes;
}
