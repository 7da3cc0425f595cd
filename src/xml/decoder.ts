import { BEYOND_ASCII, CONTROL, CONTROL_OR_SURROGATE, FORBIDDEN, FORBIDDEN_OR_LONE } from './characters.ts';
import { copy } from './strings.ts';
import { decodeUtf8, forbiddenCharacter, normalizeLineEnds, sequenceLength } from './utf8.ts';
import type { XmlError } from './xml-error.ts';

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

/** Turns bytes, cut anywhere, into blocks of characters. Blocks end between characters, for the sake of {@link decodeUtf8}. */
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
    const { text, length, failure } = decodeUtf8(bytes);
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
    const text = this.joinLineEnds(decoded);
    const bad = text.search(forbidden);
    if (bad < 0) blocks.push({ text, isAscii, hasBreaks: true, failure });
    else blocks.push({ text: text.slice(0, bad), isAscii, hasBreaks: true, failure: forbiddenCharacter(text, bad) });
  }

  private joinLineEnds(text: string): string {
    const start = this.afterReturn && text.charCodeAt(0) === 0x0a ? 1 : 0;
    this.afterReturn = text.charCodeAt(text.length - 1) === 0x0d;
    return normalizeLineEnds(start === 0 ? text : text.slice(1));
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

/** Bytes at the end that begin a character but do not complete it. */
function incompleteLength(bytes: Uint8Array, start: number, end: number): number {
  for (let length = 1; length <= 3 && length <= end - start; length++) {
    const byte = bytes[end - length] ?? 0;
    if ((byte & 0xc0) !== 0x80) return sequenceLength(byte) > length ? length : 0;
  }
  return 0;
}
