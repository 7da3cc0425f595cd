import { ASCII, NAME, SPACE } from './characters.ts';
import type { Cursor } from './cursor.ts';
import { hashName, nameAt, type QualifiedName } from './names.ts';
import { ReferenceScanner } from './references.ts';
import { shareWhole, TextBuffer } from './strings.ts';
import type { TreeBuilder } from './tree-builder.ts';

// What is expected next.
const TAG_NAME = 0;
const ATTRIBUTE_OR_END = 1;
const ATTRIBUTE_NAME = 2;
const EQUALS_SIGN = 3;
const QUOTE = 4;
const VALUE = 5;
const REFERENCE = 6;
const END_OF_EMPTY = 7;

const DOUBLE_QUOTE = 0x22;
const APOSTROPHE = 0x27;
const SLASH = 0x2f;
const EQUALS = 0x3d;
const GREATER = 0x3e;

/**
 * Reads a start tag or an empty-element tag from behind its `<`, and hands names and values to the tree builder. Blocks may
 * end anywhere in it; no character is looked at twice.
 */
export class StartTagScanner {
  /** Whether the tag was one of an empty element. */
  isEmpty = false;
  private readonly builder: TreeBuilder;
  private readonly references = new ReferenceScanner();
  /** The part of a name or value that stood in earlier blocks. */
  private readonly partial = new TextBuffer();
  private state = TAG_NAME;
  private hash = 0;
  private afterSpace = false;
  private isSingleQuoted = false;
  private tagName: QualifiedName | undefined;
  private attributeName: QualifiedName | undefined;

  constructor(builder: TreeBuilder) {
    this.builder = builder;
  }

  /** The tag's name once it is complete; `undefined` if it goes on in the next block. */
  scan(cursor: Cursor): QualifiedName | undefined {
    const { text } = cursor;
    while (cursor.position < text.length) {
      switch (this.state) {
        case TAG_NAME:
          this.tagName = this.scanName(cursor, 'the name of an element');
          if (this.tagName !== undefined) this.state = ATTRIBUTE_OR_END;
          break;
        case ATTRIBUTE_OR_END:
          if (this.scanBetween(cursor)) return this.finish();
          break;
        case ATTRIBUTE_NAME:
          this.attributeName = this.scanName(cursor, 'the name of an attribute');
          if (this.attributeName !== undefined) this.expectValue(cursor);
          break;
        case EQUALS_SIGN:
          if (cursor.skipSpace()) this.scanEquals(cursor);
          break;
        case QUOTE:
          if (cursor.skipSpace()) this.scanQuote(cursor);
          break;
        case VALUE:
          this.scanValue(cursor);
          break;
        case REFERENCE:
          this.scanReference(cursor);
          break;
        default:
          if (text.charCodeAt(cursor.position) !== GREATER) throw cursor.unexpected(cursor.position, '“>” after “/”');
          cursor.position++;
          this.isEmpty = true;
          return this.finish();
      }
    }
    return undefined;
  }

  clear(): void {
    this.state = TAG_NAME;
    this.hash = 0;
    this.isEmpty = false;
    this.afterSpace = false;
    this.partial.clear();
    this.references.clear();
  }

  private finish(): QualifiedName | undefined {
    this.state = TAG_NAME;
    this.afterSpace = false;
    return this.tagName;
  }

  private scanName(cursor: Cursor, expected: string): QualifiedName | undefined {
    const { text, position } = cursor;
    const end = text.length;
    let at = position;
    let { hash } = this;
    while (at < end) {
      const code = text.charCodeAt(at);
      if (code < 128 && ASCII[code] !== NAME) break;
      hash = hashName(hash, code);
      at++;
    }
    cursor.position = at;
    if (at === end) {
      this.hash = hash;
      this.partial.append(text.slice(position));
      return undefined;
    }
    this.hash = 0;
    if (this.partial.isEmpty) {
      if (at === position) throw cursor.unexpected(at, expected);
      return nameAt(text, position, at, hash);
    }
    this.partial.append(text.slice(position, at));
    const whole = this.partial.take();
    return nameAt(whole, 0, whole.length, hash);
  }

  /** Between attributes; true at the `>` that ends the tag. */
  private scanBetween(cursor: Cursor): boolean {
    const { text } = cursor;
    let at = cursor.position;
    let code = text.charCodeAt(at);
    while (code < 128 && ASCII[code] === SPACE) {
      this.afterSpace = true;
      code = text.charCodeAt(++at);
    }
    cursor.position = at;
    if (at === text.length) return false;
    if (code === GREATER) {
      cursor.position = at + 1;
      this.isEmpty = false;
      return true;
    }
    if (code === SLASH) {
      cursor.position = at + 1;
      this.state = END_OF_EMPTY;
      return false;
    }
    if (!this.afterSpace) throw cursor.unexpected(at, 'white space, “>” or “/>”');
    this.afterSpace = false;
    this.state = ATTRIBUTE_NAME;
    return false;
  }

  /** Behind the name of an attribute; the usual spelling, without white space, in one step. */
  private expectValue(cursor: Cursor): void {
    const { text, position } = cursor;
    const quote = text.charCodeAt(position + 1);
    if (text.charCodeAt(position) === EQUALS && (quote === APOSTROPHE || quote === DOUBLE_QUOTE)) {
      this.isSingleQuoted = quote === APOSTROPHE;
      this.state = VALUE;
      cursor.position = position + 2;
    } else {
      this.state = EQUALS_SIGN;
    }
  }

  private scanEquals(cursor: Cursor): void {
    if (cursor.text.charCodeAt(cursor.position) !== EQUALS) {
      throw cursor.unexpected(cursor.position, '“=” after the name of an attribute');
    }
    cursor.position++;
    this.state = QUOTE;
  }

  private scanQuote(cursor: Cursor): void {
    const code = cursor.text.charCodeAt(cursor.position);
    if (code !== DOUBLE_QUOTE && code !== APOSTROPHE) throw cursor.unexpected(cursor.position, 'a quoted value');
    this.isSingleQuoted = code === APOSTROPHE;
    cursor.position++;
    this.state = VALUE;
  }

  private scanValue(cursor: Cursor): void {
    const { text, position } = cursor;
    const end = this.isSingleQuoted ? cursor.nextApostrophe(position) : cursor.nextQuote(position);
    const less = cursor.nextLess(position);
    const ampersand = cursor.nextAmpersand(position);
    if (ampersand < end && ampersand < less) {
      this.partial.append(this.valuePart(cursor, ampersand));
      cursor.position = ampersand + 1;
      this.state = REFERENCE;
      return;
    }
    if (less < end) throw cursor.unexpected(less, 'no markup in the value of an attribute');
    if (end === text.length) {
      this.partial.append(this.valuePart(cursor, end));
      cursor.position = end;
      return;
    }
    const value = this.takeValue(cursor, end);
    cursor.position = end + 1;
    this.state = ATTRIBUTE_OR_END;
    if (this.attributeName !== undefined) this.builder.addAttribute(this.attributeName, value);
  }

  private takeValue(cursor: Cursor, close: number): string {
    if (this.partial.isEmpty && !cursor.hasBreaks) return cursor.share(cursor.position, close);
    this.partial.append(this.valuePart(cursor, close));
    return shareWhole(this.partial.take());
  }

  /** Tabs and line ends in a value are spaces, unless they are written as references (XML 1.0 §3.3.3). */
  private valuePart(cursor: Cursor, end: number): string {
    const part = cursor.text.slice(cursor.position, end);
    return cursor.hasBreaks ? part.replace(/[\t\n]/g, ' ') : part;
  }

  private scanReference(cursor: Cursor): void {
    const character = this.references.scan(cursor);
    if (character === undefined) return;
    this.partial.append(character);
    this.state = VALUE;
  }
}
