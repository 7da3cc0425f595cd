import { ASCII, SPACE, showCharacter, utf8Length } from './characters.ts';
import type { Block } from './decoder.ts';
import { NO_NAME } from './names.ts';
import { copy, LONGEST_SHARED, SHORTEST_VIEW, share } from './strings.ts';
import { XmlError } from './xml-error.ts';

/** Characters of its surroundings that a piece may keep in memory: below that, one copy serves several pieces. */
const WINDOW = 512;

/**
 * Where reading stands: a block of characters and a position in it. It remembers where the next `<`, `&`, quote and
 * `]]>` are: however often they are asked for, the block is searched for each only once.
 */
export class Cursor {
  text = '';
  position = 0;
  hasBreaks = false;
  /** The name of the last start tag that was read in one step. */
  tagName = NO_NAME;
  private isAscii = true;
  private before = 0;
  private less = -1;
  private ampersand = -1;
  private sectionEnd = -1;
  private quote = -1;
  private apostrophe = -1;
  /** A part of the block in a string of its own, from which pieces are cut, and where in the block it stands. */
  private window = '';
  private windowStart = 0;

  /** Goes on to the next block; the present one is used up. */
  load(block: Block): void {
    this.before += this.text.length;
    this.text = block.text;
    this.position = 0;
    this.hasBreaks = block.hasBreaks;
    this.isAscii = block.isAscii;
    this.less = -1;
    this.ampersand = -1;
    this.sectionEnd = -1;
    this.quote = -1;
    this.apostrophe = -1;
    this.window = '';
    this.windowStart = 0;
  }

  /** Characters before this position since the input began. */
  get offset(): number {
    return this.before + this.position;
  }

  /** Index of the next `<`; the block's length if there is none. */
  nextLess(from: number): number {
    if (this.less < from) this.less = this.find('<', from);
    return this.less;
  }

  nextAmpersand(from: number): number {
    if (this.ampersand < from) this.ampersand = this.find('&', from);
    return this.ampersand;
  }

  /** Goes back behind places that were asked for: the next `<` and `&` are the given ones again. */
  rewind(less: number, ampersand: number): void {
    this.less = less;
    this.ampersand = ampersand;
  }

  nextQuote(from: number): number {
    if (this.quote < from) this.quote = this.find('"', from);
    return this.quote;
  }

  nextApostrophe(from: number): number {
    if (this.apostrophe < from) this.apostrophe = this.find("'", from);
    return this.apostrophe;
  }

  nextSectionEnd(from: number): number {
    if (this.sectionEnd < from) this.sectionEnd = this.find(']]>', from);
    return this.sectionEnd;
  }

  /**
   * A part of the block that does not keep the whole block in memory where that is much larger. Pieces are asked for from
   * left to right.
   */
  cut(start: number, end: number): string {
    const { text } = this;
    const size = end - start;
    if (size < SHORTEST_VIEW || text.length - size < WINDOW) return text.slice(start, end);
    if (size >= WINDOW) return copy(text.slice(start, end));
    let from = start - this.windowStart;
    if (from < 0 || from + size > this.window.length) {
      this.window = copy(text.slice(start, start + WINDOW));
      this.windowStart = start;
      from = 0;
    }
    return this.window.slice(from, from + size);
  }

  /** {@link cut} for what may come again and again; one string then serves all. */
  share(start: number, end: number): string {
    const size = end - start;
    return size < SHORTEST_VIEW || size > LONGEST_SHARED ? this.cut(start, end) : share(this.text, start, end);
  }

  /** Goes on behind white space; whether there is more in the block. */
  skipSpace(): boolean {
    const { text } = this;
    let at = this.position;
    while (at < text.length) {
      const code = text.charCodeAt(at);
      if (code > 0x20 || ASCII[code] !== SPACE) break;
      at++;
    }
    this.position = at;
    return at < text.length;
  }

  /** UTF-8 bytes of the block between two positions. */
  bytesBetween(start: number, end: number): number {
    return this.isAscii ? end - start : utf8Length(this.text, start, end);
  }

  /** The error of a character that is none of those expected. */
  unexpected(at: number, expected: string): XmlError {
    this.position = at;
    return new XmlError('not-well-formed', `expected ${expected}, got ${showCharacter(this.text, at)}`);
  }

  private find(what: string, from: number): number {
    const at = this.text.indexOf(what, from);
    return at < 0 ? this.text.length : at;
  }
}
