import { beginningOf } from '../errors/index.ts';
import { ASCII, NAME } from './characters.ts';
import type { Cursor } from './cursor.ts';
import { TextBuffer } from './strings.ts';
import { XmlError } from './xml-error.ts';

const HASH = 0x23;
const SEMICOLON = 0x3b;

/** One of the five entities that need no declaration. */
export interface Predefined {
  /** As it stands behind the ampersand. */
  readonly source: string;
  readonly character: string;
}

const LESS: Predefined = { source: 'lt;', character: '<' };
const GREATER: Predefined = { source: 'gt;', character: '>' };
const AMPERSAND: Predefined = { source: 'amp;', character: '&' };
const QUOTE: Predefined = { source: 'quot;', character: '"' };
const APOSTROPHE: Predefined = { source: 'apos;', character: "'" };

/** Reads a reference from behind its ampersand, over as many blocks as it takes. */
export class ReferenceScanner {
  private readonly partial = new TextBuffer();

  /** What the reference stands for; `undefined` if it goes on in the next block. */
  scan(cursor: Cursor): string | undefined {
    const { text, position } = cursor;
    if (this.partial.isEmpty) {
      const predefined = predefinedAt(text, position);
      if (predefined !== undefined) {
        cursor.position = position + predefined.source.length;
        return predefined.character;
      }
    }
    for (let at = position; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === SEMICOLON) {
        const name = text.slice(position, at);
        cursor.position = at + 1;
        if (this.partial.isEmpty) return resolveReference(name);
        this.partial.append(name);
        return resolveReference(this.partial.take());
      }
      if (code < 128 && (ASCII[code] ?? 0) !== NAME && code !== HASH) {
        throw cursor.unexpected(at, 'a reference that ends with a semicolon');
      }
    }
    this.partial.append(text.slice(position));
    cursor.position = text.length;
    return undefined;
  }

  clear(): void {
    this.partial.clear();
  }
}

/** Only tells two errors apart, so that letters of all scripts may do for XML's table of names. */
const ENTITY_NAME = /^[\p{L}_:][\p{L}\p{M}\p{N}_:.\u00b7-]*$/u;

/** Text in which every reference is replaced by what it stands for. */
export function decodeReferences(text: string): string {
  return text.includes('&') ? text.replace(REFERENCE, replace) : text;
}

const REFERENCE = /&([^&;]*)(;?)/g;

function replace(_reference: string, name: string, end: string): string {
  if (end === ';') return resolveReference(name);
  throw new XmlError('not-well-formed', 'expected a reference that ends with a semicolon');
}

/** What `&name;` or `&#number;` stands for, without the ampersand and the semicolon. */
function resolveReference(name: string): string {
  const predefined = predefinedAt(`${name};`, 0);
  if (predefined !== undefined) return predefined.character;
  if (name.charCodeAt(0) === HASH) return resolveCharacter(name);
  // RFC 6120 §4.9.3.18, §11.1: a reference to any other entity is restricted XML; what has no name is no reference.
  const condition = ENTITY_NAME.test(name) ? 'restricted-xml' : 'not-well-formed';
  throw new XmlError(condition, `expected one of the five predefined entities, got &${beginningOf(name, 32)};`);
}

/** The predefined entity (XML 1.0 §4.6) whose name, with a semicolon, stands there. */
export function predefinedAt(text: string, at: number): Predefined | undefined {
  const first = text.charCodeAt(at);
  let candidate: Predefined | undefined;
  if (first === 0x6c) candidate = LESS;
  else if (first === 0x67) candidate = GREATER;
  else if (first === 0x71) candidate = QUOTE;
  else if (first === 0x61) candidate = text.charCodeAt(at + 1) === 0x6d ? AMPERSAND : APOSTROPHE;
  else return undefined;
  return text.slice(at, at + candidate.source.length) === candidate.source ? candidate : undefined;
}

/** XML 1.0 §4.1 and its constraint that the character be a legal one. */
function resolveCharacter(name: string): string {
  const digits = /^#(?:x0*([\dA-Fa-f]{1,6})|0*(\d{1,7}))$/.exec(name);
  const code = digits ? Number.parseInt(digits[1] ?? digits[2] ?? '', digits[1] === undefined ? 10 : 16) : -1;
  if (isCharacter(code)) return String.fromCodePoint(code);
  throw new XmlError('not-well-formed', `expected a reference to a character of XML, got &${beginningOf(name, 32)};`);
}

/** XML 1.0 §2.2, Char. */
function isCharacter(code: number): boolean {
  if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd;
  return code < 0xd800 || (code >= 0xe000 && code <= 0x10ffff && code !== 0xfffe && code !== 0xffff);
}
