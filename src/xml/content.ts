import type { Cursor } from './cursor.ts';
import { predefinedAt, ReferenceScanner } from './references.ts';
import { copy, TextBuffer } from './strings.ts';
import type { TreeBuilder } from './tree-builder.ts';

// What is being read.
const TEXT = 0;
const REFERENCE = 1;
const SECTION = 2;

const GREATER = 0x3e;
const BRACKET = 0x5d;
const EXCLAMATION = 0x21;

/**
 * Reads character data: text, references and CDATA sections, which together are one string if no tag stands between
 * them.
 */
export class ContentScanner {
  private readonly builder: TreeBuilder;
  private readonly references = new ReferenceScanner();
  private readonly buffer = new TextBuffer();
  private state = TEXT;
  /** `]` at the end of the last block, at most two: they may turn out to be the beginning of `]]>`. */
  private brackets = 0;

  constructor(builder: TreeBuilder) {
    this.builder = builder;
  }

  /** Whether nothing of the text at this place was read in an earlier step. */
  get isFresh(): boolean {
    return this.state === TEXT && this.brackets === 0 && this.buffer.isEmpty;
  }

  /** Whether a `<` was reached; the cursor stands behind it then. */
  scan(cursor: Cursor): boolean {
    while (cursor.position < cursor.text.length) {
      if (this.state === TEXT) {
        if (this.scanText(cursor)) return true;
      } else if (this.state === SECTION) this.scanSection(cursor);
      else this.scanReference(cursor);
    }
    return false;
  }

  /** The `<` began a CDATA section. */
  enterSection(): void {
    this.state = SECTION;
  }

  /** The `<` began a tag: the text before it is complete. */
  flush(): void {
    if (!this.buffer.isEmpty) this.builder.addText(this.buffer.take());
  }

  clear(): void {
    this.state = TEXT;
    this.brackets = 0;
    this.buffer.clear();
    this.references.clear();
  }

  private scanText(cursor: Cursor): boolean {
    if (this.brackets > 0 && this.resumeBrackets(cursor)) {
      throw cursor.unexpected(cursor.position - 1, 'no “]]>” outside a CDATA section');
    }
    const { text, position } = cursor;
    const less = cursor.nextLess(position);
    const sectionEnd = cursor.nextSectionEnd(position);
    let ampersand = cursor.nextAmpersand(position);
    let start = position;
    let run = '';
    while (ampersand < less && ampersand < sectionEnd) {
      const predefined = predefinedAt(text, ampersand + 1);
      if (predefined === undefined)
        return this.enterReference(cursor, run + text.slice(start, ampersand), ampersand + 1);
      run += text.slice(start, ampersand) + predefined.character;
      start = ampersand + 1 + predefined.source.length;
      ampersand = cursor.nextAmpersand(start);
    }
    if (sectionEnd < less) throw cursor.unexpected(sectionEnd + 2, 'no “]]>” outside a CDATA section');
    if (less === text.length) {
      this.buffer.append(run);
      this.suspend(cursor, start);
      return false;
    }
    cursor.position = less + 1;
    if (!this.buffer.isEmpty || less + 1 === text.length || text.charCodeAt(less + 1) === EXCLAMATION) {
      this.buffer.append(run + text.slice(start, less));
    } else if (start === position) {
      if (less > start) this.builder.addText(cursor.cut(start, less));
    } else {
      this.builder.addText(copy(run + text.slice(start, less)));
    }
    return true;
  }

  /** A reference that is longer than the usual ones, or not complete. */
  private enterReference(cursor: Cursor, before: string, position: number): false {
    this.buffer.append(before);
    this.state = REFERENCE;
    cursor.position = position;
    return false;
  }

  private scanSection(cursor: Cursor): void {
    if (this.brackets > 0 && this.resumeBrackets(cursor)) {
      this.state = TEXT;
      return;
    }
    const { text, position } = cursor;
    const end = cursor.nextSectionEnd(position);
    if (end === text.length) {
      this.suspend(cursor, position);
      return;
    }
    this.buffer.append(text.slice(position, end));
    cursor.position = end + 3;
    this.state = TEXT;
  }

  private scanReference(cursor: Cursor): void {
    const character = this.references.scan(cursor);
    if (character === undefined) return;
    this.buffer.append(character);
    this.state = TEXT;
  }

  /** Keeps the rest of the block, all but brackets at its end. */
  private suspend(cursor: Cursor, start: number): void {
    const { text } = cursor;
    let end = text.length;
    while (end > start && this.brackets < 2 && text.charCodeAt(end - 1) === BRACKET) {
      end--;
      this.brackets++;
    }
    this.buffer.append(text.slice(start, end));
    cursor.position = text.length;
  }

  /** Goes on behind brackets; true behind a `]]>`. */
  private resumeBrackets(cursor: Cursor): boolean {
    const { text } = cursor;
    while (cursor.position < text.length) {
      const code = text.charCodeAt(cursor.position);
      if (code === BRACKET) {
        if (this.brackets === 2) this.buffer.append(']');
        else this.brackets++;
        cursor.position++;
        continue;
      }
      const { brackets } = this;
      this.brackets = 0;
      if (code === GREATER && brackets === 2) {
        cursor.position++;
        return true;
      }
      this.buffer.append(']'.repeat(brackets));
      return false;
    }
    return false;
  }
}
