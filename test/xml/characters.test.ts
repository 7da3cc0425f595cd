import { describe, expect, it } from 'vitest';
import {
  ASCII,
  BEYOND_ASCII,
  CONTROL,
  CONTROL_OR_SURROGATE,
  FORBIDDEN,
  FORBIDDEN_OR_LONE,
  NAME,
  SPACE,
  SPECIAL_IN_TEXT,
  SPECIAL_IN_VALUE,
  showCharacter,
  utf8Length,
} from '../../src/xml/characters.ts';
import { copy, share, shareWhole, TextBuffer } from '../../src/xml/strings.ts';

const EDGES = [0, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xfffd, 0x10000, 0x10ffff];

describe('a character', () => {
  it.each([
    ['a', '“a”'],
    ['!', '“!”'],
    ['~', '“~”'],
    [' ', 'U+0020'],
    ['\u007f', 'U+007F'],
    ['\n', 'U+000A'],
    ['\u{1f339}', 'U+1F339'],
    ['', 'the end'],
  ])('%j is shown as %s', (character, shown) => {
    expect(showCharacter(`x${character}`, 1)).toBe(shown);
  });

  it('takes as many bytes as UTF-8 says', () => {
    const text = EDGES.map((code) => String.fromCodePoint(code)).join('');
    for (let at = 0; at < text.length; at++) {
      const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
      expect(utf8Length(text, at, at + character.length)).toBe(new TextEncoder().encode(character).length);
      if (character.length === 2) at++;
    }
    expect(utf8Length(text, 0, text.length)).toBe(new TextEncoder().encode(text).length);
  });

  it.each<[string, RegExp, string]>([
    ['forbidden in XML', FORBIDDEN, '\0\u0001\b\u000b\f\u000e\u001f\ufffe\uffff'],
    ['forbidden, or half a pair', FORBIDDEN_OR_LONE, '\0\u0001\b\u000b\f\u000e\u001f\ud800\udfff\ufffe\uffff'],
    ['to be looked at', CONTROL, '\0\u0001\b\t\n\u000b\f\r\u000e\u001f\ufffe\uffff'],
    ['to be looked at in a text', CONTROL_OR_SURROGATE, '\0\u0001\b\t\n\u000b\f\r\u000e\u001f\ud800\udfff\ufffe\uffff'],
    ['not to stand in text', SPECIAL_IN_TEXT, '\0\u0001\b\u000b\f\r\u000e\u001f&<>\ud800\udfff\ufffe\uffff'],
    ['not to stand in a value', SPECIAL_IN_VALUE, '\0\u0001\b\t\n\u000b\f\r\u000e\u001f"&\'<>\ud800\udfff\ufffe\uffff'],
    [
      'beyond ASCII',
      BEYOND_ASCII,
      '\0\u0001\b\u000b\f\u000e\u001f\u007f\u0080\u00e9\ud7ff\ud800\udfff\ue000\ufffd\ufffe\uffff',
    ],
  ])('may be %s', (_, pattern, characters) => {
    const some =
      '\0\u0001\b\t\n\u000b\f\r\u000e\u001f !"&\'09;<=>AZ[]az~\u007f\u0080\u00e9\ud7ff\ud800\udfff\ue000\ufffd\ufffe\uffff';
    expect(some.split('').filter((character) => pattern.test(character))).toEqual(characters.split(''));
  });

  it('of ASCII is white space, or may be in a name, or neither', () => {
    const inClass = (wanted: number) =>
      [...ASCII.keys()].filter((code) => ASCII[code] === wanted).map((code) => String.fromCharCode(code));
    expect(inClass(SPACE)).toEqual(['\t', '\n', ' ']);
    expect(inClass(NAME).join('')).toBe('-.0123456789:ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz');
    expect(ASCII.length).toBe(128);
  });
});

describe('a string', () => {
  const TEXTS = [
    '',
    'short',
    'x'.repeat(12),
    'x'.repeat(13),
    'urn:ietf:params:xml:ns:xmpp-stanzas',
    'y'.repeat(128),
    'y'.repeat(129),
  ];

  it.each(TEXTS)('%j is the same when it is copied, or shared', (text) => {
    for (let again = 0; again < 2; again++) {
      expect(copy(text)).toBe(text);
      expect(shareWhole(text)).toBe(text);
      expect(share(`<${text}>`, 1, text.length + 1)).toBe(text);
    }
  });

  it('that shares its place with others is still itself', () => {
    const texts = Array.from({ length: 3000 }, (_, at) => `romeo${at}@montague.example`);
    for (const text of [...texts, ...texts]) expect(share(`'${text}'`, 1, text.length + 1)).toBe(text);
  });

  it.each([1, 100, 4095, 4096, 5000])('that arrives in pieces of %i is whole again', (size) => {
    const piece = 'abcdefghij'.repeat(500).slice(0, size);
    const count = Math.ceil(13_000 / size);
    const buffer = new TextBuffer();
    expect([buffer.isEmpty, buffer.take()]).toEqual([true, '']);
    for (let at = 0; at < count; at++) {
      buffer.append(piece);
      buffer.append('');
      expect(buffer.isEmpty).toBe(false);
    }
    expect(buffer.take()).toBe(piece.repeat(count));
    expect([buffer.isEmpty, buffer.take()]).toEqual([true, '']);
    buffer.append(piece);
    buffer.clear();
    expect([buffer.isEmpty, buffer.take()]).toEqual([true, '']);
  });
});
