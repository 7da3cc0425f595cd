import {
  BEYOND_ASCII,
  CONTROL,
  CONTROL_OR_SURROGATE,
  FORBIDDEN,
  FORBIDDEN_OR_LONE,
  showCharacter,
} from './characters.ts';
import { copy } from './strings.ts';
import { XmlError } from './xml-error.ts';

/** A run of decoded characters: all legal in XML, line ends already U+000A (XML 1.0 §2.11). */
export interface Block {
  readonly text: string;
  /** Whether every character takes one byte. */
  readonly isAscii: boolean;
  /** Whether there are tabs or line ends, which attribute values do not keep. */
  readonly hasBreaks: boolean;
  /** What is wrong behind the last character; nothing comes after this block then. */
  readonly failure: XmlError | undefined;
}

/** Larger chunks are decoded in parts, so that a limit is noticed soon and no string keeps more than this. */
const LONGEST_BLOCK = 64 * 1024;

// Blocks end between characters, so that the decoder needs no state; without it, decoding is ten times as fast in Node.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Turns bytes, cut anywhere, into blocks of characters. */
export class Decoder {
  /** First bytes of a character whose last ones are still to come. */
  private partial: Uint8Array | undefined;
  private highSurrogate = '';
  private afterReturn = false;

  /** Whether a part of a character waits for the rest of it. */
  get hasPartial(): boolean {
    return this.partial !== undefined || this.highSurrogate !== '';
  }

  decode(bytes: Uint8Array, blocks: Block[]): void {
    let start = this.partial === undefined ? 0 : this.completePartial(this.partial, bytes, blocks);
    while (start < bytes.length) {
      let end = Math.min(start + LONGEST_BLOCK, bytes.length);
      const whole = end - incompleteLength(bytes, start, end);
      if (end === bytes.length && whole < end) this.partial = Uint8Array.from(bytes.subarray(whole, end));
      else end = whole;
      if (whole > start)
        this.decodePart(start === 0 && whole === bytes.length ? bytes : bytes.subarray(start, whole), blocks);
      start = end;
    }
  }

  /** The same for text that a caller has decoded, also cut anywhere. */
  decodeText(chunk: string, blocks: Block[]): void {
    const text = this.highSurrogate + chunk;
    this.highSurrogate = '';
    let start = 0;
    while (start < text.length) {
      let end = Math.min(start + LONGEST_BLOCK, text.length);
      if ((text.charCodeAt(end - 1) & 0xfc00) === 0xd800) end--;
      if (end === start) {
        this.highSurrogate = text.slice(start);
        return;
      }
      const part = end - start === text.length ? text : copy(text.slice(start, end));
      start = end;
      const isAscii = !BEYOND_ASCII.test(part);
      if (CONTROL_OR_SURROGATE.test(part)) this.emitChecked(part, isAscii, undefined, FORBIDDEN_OR_LONE, blocks);
      else this.emit(part, isAscii, undefined, blocks);
    }
  }

  private decodePart(bytes: Uint8Array, blocks: Block[]): void {
    let text: string;
    let { length } = bytes;
    let failure: XmlError | undefined;
    try {
      text = utf8.decode(bytes);
    } catch {
      const valid = bytes.subarray(0, validLength(bytes));
      const byte = (bytes[valid.length] ?? 0).toString(16).padStart(2, '0');
      failure = new XmlError('unsupported-encoding', `expected UTF-8, got the byte 0x${byte} out of place`);
      text = utf8.decode(valid);
      length = valid.length;
    }
    const isAscii = text.length === length;
    if (CONTROL.test(text)) this.emitChecked(text, isAscii, failure, FORBIDDEN, blocks);
    else this.emit(text, isAscii, failure, blocks);
  }

  private emit(text: string, isAscii: boolean, failure: XmlError | undefined, blocks: Block[]): void {
    this.afterReturn = false;
    blocks.push({ text, isAscii, hasBreaks: false, failure });
  }

  private emitChecked(
    decoded: string,
    isAscii: boolean,
    failure: XmlError | undefined,
    forbidden: RegExp,
    blocks: Block[],
  ): void {
    const text = this.normalizeLineEnds(decoded);
    const bad = text.search(forbidden);
    if (bad < 0) blocks.push({ text, isAscii, hasBreaks: true, failure });
    else blocks.push({ text: text.slice(0, bad), isAscii, hasBreaks: true, failure: forbiddenCharacter(text, bad) });
  }

  private normalizeLineEnds(text: string): string {
    const start = this.afterReturn && text.charCodeAt(0) === 0x0a ? 1 : 0;
    this.afterReturn = text.charCodeAt(text.length - 1) === 0x0d;
    const rest = start === 0 ? text : text.slice(1);
    return rest.includes('\r') ? rest.replace(/\r\n?/g, '\n') : rest;
  }

  /** How many of the new bytes the waiting character took. */
  private completePartial(partial: Uint8Array, bytes: Uint8Array, blocks: Block[]): number {
    const taken = Math.min(sequenceLength(partial[0] ?? 0) - partial.length, bytes.length);
    const joined = new Uint8Array(partial.length + taken);
    joined.set(partial);
    joined.set(bytes.subarray(0, taken), partial.length);
    this.partial = incompleteLength(joined, 0, joined.length) === joined.length ? joined : undefined;
    if (this.partial === undefined) this.decodePart(joined, blocks);
    return taken;
  }
}

function forbiddenCharacter(text: string, at: number): XmlError {
  return new XmlError('not-well-formed', `expected a character of XML, got ${showCharacter(text, at)}`);
}

/** Bytes at the end that begin a character but do not complete it. */
function incompleteLength(bytes: Uint8Array, start: number, end: number): number {
  for (let length = 1; length <= 3 && length <= end - start; length++) {
    const byte = bytes[end - length] ?? 0;
    if ((byte & 0xc0) !== 0x80) return sequenceLength(byte) > length ? length : 0;
  }
  return 0;
}

/** RFC 3629 §4: bytes of the character that begins with this one; 1 also for bytes that begin none. */
function sequenceLength(first: number): number {
  if (first < 0xc2 || first > 0xf4) return 1;
  return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
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
