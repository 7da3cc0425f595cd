import { describe, expect, test } from 'vitest';
import {
  bareJid,
  createJid,
  equalJids,
  formatJid,
  JidError,
  parseJid,
  tryParseJid,
  withResource,
} from '../../src/jid/index.ts';

/** RFC 7622 §3.5, table 1, and what it says about each. */
const VALID: readonly (readonly [
  text: string,
  local: string | undefined,
  domain: string,
  resource: string | undefined,
])[] = [
  ['juliet@example.com', 'juliet', 'example.com', undefined],
  ['juliet@example.com/foo', 'juliet', 'example.com', 'foo'],
  ['juliet@example.com/foo bar', 'juliet', 'example.com', 'foo bar'],
  ['juliet@example.com/foo@bar', 'juliet', 'example.com', 'foo@bar'],
  ['foo\\20bar@example.com', 'foo\\20bar', 'example.com', undefined],
  ['fussball@example.com', 'fussball', 'example.com', undefined],
  ['fu\u00dfball@example.com', 'fu\u00dfball', 'example.com', undefined],
  ['\u03c0@example.com', '\u03c0', 'example.com', undefined],
  ['\u03a3@example.com/foo', '\u03c3', 'example.com', 'foo'],
  ['\u03c3@example.com/foo', '\u03c3', 'example.com', 'foo'],
  ['\u03c2@example.com/foo', '\u03c2', 'example.com', 'foo'],
  ['king@example.com/\u265a', 'king', 'example.com', '\u265a'],
  ['example.com', undefined, 'example.com', undefined],
  ['example.com/foobar', undefined, 'example.com', 'foobar'],
  ['a.example.com/b@example.net', undefined, 'a.example.com', 'b@example.net'],
  // No. 18 of table 2 is valid after all: erratum 4560.
  ['juliet@example.com/ foo', 'juliet', 'example.com', ' foo'],
  // A slash ends the bare JID wherever it stands (RFC 7622 §3.2).
  ['example.com/a/b', undefined, 'example.com', 'a/b'],
  ['JULIET@EXAMPLE.COM/Foo', 'juliet', 'example.com', 'Foo'],
  ['__proto__@constructor/toString', '__proto__', 'constructor', 'toString'],
  ['!#$%()*+,-.;=?[]^_`{|}~@example.com', '!#$%()*+,-.;=?[]^_`{|}~', 'example.com', undefined],
];

/** RFC 7622 §3.5, table 2, and others. */
const INVALID: readonly (readonly [text: string, condition: JidError['condition'], why: string])[] = [
  ['"juliet"@example.com', 'invalid-localpart', 'quotation marks'],
  ['foo bar@example.com', 'invalid-localpart', 'a space'],
  ['@example.com/', 'invalid-localpart', 'an empty localpart'],
  ['henry\u2163@example.com', 'invalid-localpart', 'a letter with a compatibility equivalent'],
  ['\u265a@example.com', 'invalid-localpart', 'a symbol'],
  ['juliet@', 'invalid-domainpart', 'no domainpart'],
  ['/foobar', 'invalid-domainpart', 'no domainpart'],
  ['', 'invalid-domainpart', 'nothing'],
  ['/', 'invalid-domainpart', 'nothing but a separator'],
  ['@', 'invalid-localpart', 'nothing but a separator'],
  ['@/', 'invalid-localpart', 'nothing but separators'],
  ['@example.com', 'invalid-localpart', 'an empty localpart'],
  ['juliet@/foo', 'invalid-domainpart', 'an empty domainpart'],
  ['juliet@example.com/', 'invalid-resourcepart', 'an empty resourcepart'],
  ['juliet@@example.com', 'invalid-domainpart', 'a second separator'],
  ['romeo@juliet@example.com', 'invalid-domainpart', 'a second separator'],
  ['juliet\u0000@example.com', 'invalid-localpart', 'a control character'],
  ['juliet\u0085@example.com', 'invalid-localpart', 'a C1 control character'],
  ['juliet\u00a0@example.com', 'invalid-localpart', 'a space beyond ASCII'],
  ['juliet\u3000@example.com', 'invalid-localpart', 'an ideographic space'],
  ['a\uff20b@example.com', 'invalid-localpart', 'a separator in full width'],
  ['a\uff0fb@example.com', 'invalid-localpart', 'a slash in full width'],
  ['ju\u200dliet@example.com', 'invalid-localpart', 'an invisible joiner'],
  ['ju\u00adliet@example.com', 'invalid-localpart', 'a soft hyphen'],
  ['juliet\ufe0f@example.com', 'invalid-localpart', 'a variation selector'],
  ['juliet\ud800@example.com', 'invalid-localpart', 'half a surrogate pair'],
  ['\uffa1\uffc2@example.com', 'invalid-localpart', 'halfwidth Hangul, which stands for compatibility letters'],
  ['juliet@example.com/a\u0000', 'invalid-resourcepart', 'a control character'],
  ['juliet@example.com/a\nb', 'invalid-resourcepart', 'a line feed'],
  ['juliet@example.com/\udc00', 'invalid-resourcepart', 'half a surrogate pair'],
  ...['"', '&', "'", ':', '<', '>'].map(
    (sign) => [`ju${sign}liet@example.com`, 'invalid-localpart', `${sign}`] as const,
  ),
];

describe('an address', () => {
  test.each(VALID)('%j is valid', (text, localpart, domainpart, resourcepart) => {
    const bare = localpart === undefined ? domainpart : `${localpart}@${domainpart}`;
    const full = resourcepart === undefined ? bare : `${bare}/${resourcepart}`;
    expect({ ...parseJid(text) }).toEqual({ localpart, domainpart, resourcepart, bare, full });
    expect(String(parseJid(text))).toBe(full);
    expect(formatJid({ localpart, domainpart, resourcepart })).toBe(full);
  });

  test.each(INVALID)('%j is refused with %s for %s', (text, condition) => {
    expect(() => parseJid(text)).toThrow(
      expect.objectContaining({ name: 'JidError', condition, code: `jid/${condition}` }),
    );
    expect(tryParseJid(text)).toBeUndefined();
  });

  test('that is refused says what was expected and what came, and cannot forge a line in a log', () => {
    expect(() => parseJid('a\r\nb@example.com')).toThrow(
      new JidError(
        'invalid-localpart',
        'a localpart: 1 to 1023 bytes of letters, digits and signs, without spaces and "&\'/:<>@',
        'a\r\nb',
      ),
    );
    expect(() => parseJid('a\r\nb@example.com')).toThrow(/, got "a\\r\\nb"$/);
    expect(() => parseJid(`${' '.repeat(500)}@example.com`)).toThrow(/, got " {80}"…$/);
    expect(() => parseJid(`${' '.repeat(80)}@example.com`)).toThrow(/, got " {80}"$/);
    expect(() => parseJid('example.com/\n')).toThrow(
      new JidError('invalid-resourcepart', 'a resourcepart: 1 to 1023 bytes without control characters', '\n'),
    );
  });

  test('that is absent is no address, and what is no text at all is a mistake', () => {
    expect(tryParseJid(undefined)).toBeUndefined();
    expect(() => Reflect.apply(tryParseJid, undefined, [null])).toThrow('Expected an address as text, got null');
  });

  test('is the same object for the same text, and cannot be changed', () => {
    expect(parseJid('juliet@example.com')).toBe(parseJid('juliet@example.com'));
    expect(Object.isFrozen(parseJid('juliet@example.com'))).toBe(true);
  });

  test('stays right however many others were read', () => {
    const texts = Array.from({ length: 3000 }, (_, n) => `user${n}@example.com/${n}`);
    for (const text of [...texts, ...texts]) expect(parseJid(text).full).toBe(text);
  });
});

describe('each part has 1 to 1023 bytes of UTF-8 (RFC 7622 §3.1)', () => {
  test.each(['a', '\u00e9', '\u4e2d'])('counted in bytes, with %j', (letter) => {
    const bytes = new TextEncoder().encode(letter).length;
    const most = letter.repeat(1023 / bytes);
    expect(parseJid(`${most}@example.com/${most}`).full).toBe(`${most}@example.com/${most}`);
    expect(() => parseJid(`${most}${letter}@example.com`)).toThrow(JidError);
    expect(() => parseJid(`juliet@example.com/${most}${letter}`)).toThrow(JidError);
  });

  test('and so has the domainpart', () => {
    const most = 'a.'.repeat(512).slice(0, 1023);
    expect(parseJid(most).domainpart).toBe(most);
    expect(() => parseJid(`aa.${most}`)).toThrow(JidError);
  });

  test('and so an address of three parts has at most 3071', () => {
    const [part, domain] = ['a'.repeat(1023), 'a.'.repeat(512).slice(0, 1023)];
    const most = `${part}@${domain}/${part}`;
    expect(parseJid(most).full).toBe(most);
    expect(() => parseJid(`${most}a`)).toThrow(
      new JidError('invalid-domainpart', 'an address of at most 3071 characters', `${most}a`),
    );
  });

  test('and much more text than that is refused before it is looked at', () => {
    expect(() => parseJid('\u0344'.repeat(1_000_000))).toThrow(
      new JidError('invalid-domainpart', 'an address of at most 3071 characters', '\u0344'.repeat(81)),
    );
  });
});

describe('normal form', () => {
  test.each([
    ['the case of a localpart does not count', 'Juliet@example.com', 'juliet@example.com'],
    ['nor that of a domainpart', 'juliet@Example.COM', 'juliet@example.com'],
    ['nor the width of its letters', '\uff2auliet@example.com', 'juliet@example.com'],
    ['half-width kana are full-width ones', '\uff76\uff9e@example.com', '\u30ac@example.com'],
    ['composed and decomposed letters are the same', 'e\u0301@example.com/e\u0301', '\u00e9@example.com/\u00e9'],
    ['Hangul may be decomposed', '\u1112\u1161\u11ab@example.com/\u1112\u1161\u11ab', '\ud55c@example.com/\ud55c'],
    ['the sign for a kelvin is a k', '\u212aarl@example.com', 'karl@example.com'],
    ['sigma has one lower case, also at the end of a word', '\u0391\u03a3@example.com', '\u03b1\u03c3@example.com'],
    ['all spaces of a resourcepart are the same', 'a@example.com/x\u00a0y\u3000z', 'a@example.com/x y z'],
  ])('%s', (_, text, full) => {
    expect(parseJid(text).full).toBe(full);
    expect(equalJids(parseJid(text), parseJid(full))).toBe(true);
  });

  test.each([
    ['the case of a resourcepart counts', 'a@example.com/x', 'a@example.com/X'],
    ['the width of its letters counts', 'a@example.com/x', 'a@example.com/\uff58'],
    ['sharp s is not ss', 'fu\u00dfball@example.com', 'fussball@example.com'],
    ['final sigma is not sigma', '\u03c2@example.com', '\u03c3@example.com'],
    ['i without dot is not i', '\u0131@example.com', 'i@example.com'],
    ['a bare JID is not a full one', 'a@example.com', 'a@example.com/x'],
    ['a domain with resourcepart is not an account', 'example.com/a', 'a@example.com'],
  ])('%s', (_, one, other) => {
    expect(equalJids(parseJid(one), parseJid(other))).toBe(false);
  });
});

describe('an address can be made', () => {
  test('of parts, which are brought into normal form', () => {
    expect(createJid({ localpart: 'Juliet', domainpart: 'EXAMPLE.com', resourcepart: 'a/b@c' }).full).toBe(
      'juliet@example.com/a/b@c',
    );
    expect(createJid({ domainpart: 'example.com' })).toEqual(parseJid('example.com'));
  });

  test('only of parts that are what they say', () => {
    expect(() => createJid({ localpart: 'a@b', domainpart: 'example.com' })).toThrow(JidError);
    expect(() => createJid({ localpart: '', domainpart: 'example.com' })).toThrow(JidError);
    expect(() => createJid({ domainpart: 'a@example.com' })).toThrow(JidError);
    expect(() => createJid({ domainpart: 'example.com/x' })).toThrow(JidError);
    expect(() => createJid({ domainpart: 'example.com', resourcepart: '' })).toThrow(JidError);
  });

  test('of another one without its resourcepart', () => {
    expect(bareJid(parseJid('juliet@example.com/balcony'))).toBe(parseJid('juliet@example.com'));
    expect(bareJid(parseJid('example.com/x')).full).toBe('example.com');
    expect(bareJid(parseJid('juliet@example.com'))).toBe(parseJid('juliet@example.com'));
    const made = createJid({ localpart: 'juliet', domainpart: 'example.com' });
    expect(bareJid(made)).toBe(made);
  });

  test('of another one with a resourcepart', () => {
    expect(withResource(parseJid('juliet@example.com/balcony'), 'x\u00a0/@')).toEqual(
      parseJid('juliet@example.com/x /@'),
    );
    expect(() => withResource(parseJid('juliet@example.com'), '')).toThrow(JidError);
  });
});
