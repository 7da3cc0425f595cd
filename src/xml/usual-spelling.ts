import type { Cursor } from './cursor.ts';
import { createAttributes, type Element } from './element.ts';
import { DEFAULT_DECLARATION, PLAIN, recentNameAt } from './names.ts';
import { isReserved } from './namespaces.ts';
import { predefinedAt } from './references.ts';
import { copy } from './strings.ts';
import { NO_ATTRIBUTES, ROOT_DEPTH, type TreeBuilder } from './tree-builder.ts';

/** Text with more references is written out: as a concatenation, each piece takes more memory than its characters. */
const MOST_JOINED = 4;
const BREAK = /[\t\n]/;

/** `<a>` */
const SHORTEST_TAG = 3;

// What became of a start tag: it was left for the scanners; read; read, and its element is to be left.
const LEFT = 0;
const READ = 1;
const READ_EMPTY = 2;

const BLANK = 0x20;
const EXCLAMATION = 0x21;
const DOUBLE_QUOTE = 0x22;
const APOSTROPHE = 0x27;
const SLASH = 0x2f;
const EQUALS = 0x3d;
const GREATER = 0x3e;

/**
 * Reads text and tags that are spelled as almost all are, and complete in the block: names that came lately and have no
 * prefix, one space before each attribute and none elsewhere in a tag, predefined entities only. What is spelled
 * in another way, is not complete or is wrong is left for the scanners, which read everything and can be interrupted
 * everywhere; all errors but that of too great a depth are theirs. So each character is looked at twice at most.
 *
 * Gives the element that is complete when reading is directly inside the root again; otherwise the cursor stands before text or a `<`.
 */
export function readUsual(cursor: Cursor, builder: TreeBuilder, maxAttributes: number): Element | undefined {
  const { text } = cursor;
  const last = text.length - SHORTEST_TAG;
  let less = cursor.nextLess(cursor.position);
  let ampersand = cursor.nextAmpersand(cursor.position);
  while (less <= last) {
    if (less > cursor.position) {
      const content = text.charCodeAt(less + 1) === EXCLAMATION ? undefined : readText(cursor, cursor.position, less);
      if (content === undefined) break;
      builder.addText(content);
      cursor.position = less;
    }
    if (text.charCodeAt(less + 1) === SLASH) {
      const end = builder.depth > ROOT_DEPTH ? endOfTag(text, less, builder.openName) : 0;
      if (end === 0) break;
      cursor.position = end;
      const element = builder.leave();
      if (builder.depth === ROOT_DEPTH) return element;
    } else {
      const result = readStartTag(cursor, builder, less + 1, maxAttributes);
      if (result === LEFT) break;
      if (result === READ_EMPTY) {
        const element = builder.leave();
        if (builder.depth === ROOT_DEPTH) return element;
      }
    }
    less = cursor.nextLess(cursor.position);
    ampersand = cursor.nextAmpersand(cursor.position);
  }
  cursor.rewind(less, ampersand);
  return undefined;
}

/** `undefined` if there is anything in it but characters and predefined entities. */
function readText(cursor: Cursor, start: number, end: number): string | undefined {
  if (cursor.nextSectionEnd(start) < end) return undefined;
  return cursor.nextAmpersand(start) < end ? resolve(cursor, start, end) : cursor.cut(start, end);
}

/** Where the end tag at this place ends; 0 if it is none, or not this one. */
function endOfTag(text: string, less: number, name: string): number {
  const end = less + 2 + name.length;
  if (end >= text.length || text.charCodeAt(end) !== GREATER || text.slice(less + 2, end) !== name) return 0;
  return text.charCodeAt(less + 1) === SLASH ? end + 1 : 0;
}

/** From behind the `<`. Leaves no trace unless it reads the tag; one function because what it finds is kept in variables. */
function readStartTag(cursor: Cursor, builder: TreeBuilder, start: number, maxAttributes: number): number {
  const { text } = cursor;
  // All of the tag stands before the next one: no character behind that is looked at.
  const less = cursor.nextLess(start);
  const name = recentNameAt(text, start, less, cursor.tagName.nextTag);
  if (name === undefined || name.prefix !== '') return LEFT;
  cursor.tagName.nextTag = name.slot;
  cursor.tagName = name;

  let attributes: Record<string, string | undefined> = NO_ATTRIBUTES;
  let declaredDefault: string | undefined;
  let before = name;
  let at = start + name.text.length;
  let code = text.charCodeAt(at);
  for (let count = 0; code === BLANK; count++) {
    const key = recentNameAt(text, ++at, less, before.nextAttribute);
    if (key === undefined || count === maxAttributes) return LEFT;
    before.nextAttribute = key.slot;
    before = key;
    at += key.text.length;
    if (text.charCodeAt(at) !== EQUALS || at + 2 >= less) return LEFT;
    const quote = text.charCodeAt(at + 1);
    if (quote !== DOUBLE_QUOTE && quote !== APOSTROPHE) return LEFT;
    const close = text.indexOf(quote === DOUBLE_QUOTE ? '"' : "'", at + 2);
    if (close < 0 || close + 1 >= less) return LEFT;
    const value = readValue(cursor, at + 2, close);
    if (value === undefined) return LEFT;
    if (key.role === PLAIN) {
      if (attributes === NO_ATTRIBUTES) attributes = createAttributes();
      else if (attributes[key.text] !== undefined) return LEFT;
      attributes[key.text] = value;
    } else {
      if (key.role !== DEFAULT_DECLARATION || declaredDefault !== undefined || isReserved(value)) return LEFT;
      declaredDefault = value;
    }
    at = close + 1;
    code = text.charCodeAt(at);
  }
  const isEmpty = code === SLASH && at + 1 < less;
  if (isEmpty) code = text.charCodeAt(++at);
  if (code !== GREATER) return LEFT;
  at++;
  if (builder.mayAddLeaf) {
    const end = isEmpty ? at : endOfTag(text, less, name.text);
    if (end > 0) {
      const content = end === at || less === at ? '' : readText(cursor, at, less);
      if (content === undefined) return LEFT;
      builder.addLeaf(name, attributes, declaredDefault, content);
      cursor.position = end;
      return READ;
    }
  }
  cursor.position = at;
  builder.enterPlain(name, attributes, declaredDefault);
  return isEmpty ? READ_EMPTY : READ;
}

function readValue(cursor: Cursor, start: number, end: number): string | undefined {
  if (cursor.hasBreaks && BREAK.test(cursor.text.slice(start, end))) return undefined;
  return cursor.nextAmpersand(start) < end ? resolve(cursor, start, end) : cursor.share(start, end);
}

/** With predefined entities replaced; `undefined` if there are others. */
function resolve(cursor: Cursor, start: number, end: number): string | undefined {
  let resolved = '';
  let from = start;
  let ampersand = cursor.nextAmpersand(start);
  let count = 0;
  for (; ampersand < end; count++) {
    const predefined = predefinedAt(cursor.text, ampersand + 1);
    if (predefined === undefined) return undefined;
    resolved += cursor.cut(from, ampersand) + predefined.character;
    from = ampersand + 1 + predefined.source.length;
    ampersand = cursor.nextAmpersand(from);
  }
  resolved += cursor.cut(from, end);
  return count > MOST_JOINED ? copy(resolved) : resolved;
}
