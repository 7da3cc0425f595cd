import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createJid, escapeLocalpart, JidError, parseJid, unescapeLocalpart } from '../../src/jid/index.ts';

/** XEP-0106 §3, §4.2, §4.3 and the examples of §5: a name, and the localpart that stands for it. */
const EXAMPLES: readonly (readonly [name: string, localpart: string])[] = [
  ["d'artagnan", 'd\\27artagnan'],
  ['tr\u00e9ville@musketeers.lit', 'tr\u00e9ville\\40musketeers.lit'],
  ['space cadet', 'space\\20cadet'],
  ['call me "ishmael"', 'call\\20me\\20\\22ishmael\\22'],
  ['at&t guy', 'at\\26t\\20guy'],
  ['/.fanboy', '\\2f.fanboy'],
  ['::foo::', '\\3a\\3afoo\\3a\\3a'],
  ['<foo>', '\\3cfoo\\3e'],
  ['user@host', 'user\\40host'],
  ['c:\\net', 'c\\3a\\net'],
  ['c:\\\\net', 'c\\3a\\\\net'],
  ['c:\\cool stuff', 'c\\3a\\cool\\20stuff'],
  ['c:\\5commas', 'c\\3a\\5c5commas'],
  ['\\3and\\2is\\5cool', '\\5c3and\\2is\\5c5cool'],
  ["here's_a_wild_&_/cr%zy/_address", 'here\\27s_a_wild_\\26_\\2fcr%zy\\2f_address'],
  [
    'here\'s_a_wild_&_/cr%zy/_address_for:<wv>("IMPS")',
    'here\\27s_a_wild_\\26_\\2fcr%zy\\2f_address_for\\3a\\3cwv\\3e(\\22IMPS\\22)',
  ],
  [
    "CN=D'Artagnan Saint-Andr\u00e9,O=Example & Company, Inc.,DC=example,DC=com",
    'CN=D\\27Artagnan\\20Saint-Andr\u00e9,O=Example\\20\\26\\20Company,\\20Inc.,DC=example,DC=com',
  ],
  ['somenick!user"&\'/:<>\\3address', 'somenick!user\\22\\26\\27\\2f\\3a\\3c\\3e\\5c3address'],
  // §4.3: what is no escape is left alone.
  ['\\2plus\\2is\\4', '\\2plus\\2is\\4'],
  ['foo\\bar', 'foo\\bar'],
  ['foob\\41r', 'foob\\41r'],
  ['juliet', 'juliet'],
  ['\\20', '\\5c20'],
  ['\\5c', '\\5c5c'],
  ['\\\\27', '\\\\5c27'],
];

describe('XEP-0106', () => {
  test.each(EXAMPLES)('%j is escaped as %j, and back', (name, localpart) => {
    expect(escapeLocalpart(name)).toBe(localpart);
    expect(unescapeLocalpart(localpart)).toBe(name);
    expect(createJid({ localpart, domainpart: 'example.com' }).localpart).toBe(localpart.toLowerCase());
  });

  test.each([' juliet', 'juliet ', ' '])('has no escape for a space at the edge: %j', (name) => {
    expect(() => escapeLocalpart(name)).toThrow(
      new JidError('invalid-localpart', 'a name without spaces at its beginning and end', name),
    );
  });

  test.each([
    ['\\20juliet', '\\20juliet'],
    ['juliet\\20', 'juliet\\20'],
    ['\\20', '\\20'],
    ['a\\20\\20b', 'a  b'],
    ['c\\3A', 'c\\3A'],
    ['a\\2F', 'a\\2F'],
  ])('%j is shown as %j: the place and the case count', (localpart, name) => {
    expect(unescapeLocalpart(localpart)).toBe(name);
  });

  test('a backslash before an escape in upper case is escaped, too, because localparts become lower case', () => {
    const jid = createJid({ localpart: escapeLocalpart('c\\3A'), domainpart: 'example.com' });
    expect(jid.localpart).toBe('c\\5c3a');
    expect(unescapeLocalpart(jid.localpart ?? '')).toBe('c\\3a');
  });

  test('two JIDs are compared as they are written, not as they are shown', () => {
    expect(parseJid('a\\5c20b@example.com').full).not.toBe(parseJid('a\\20b@example.com').full);
  });

  test('every name comes back, and what stands for it has no forbidden character', () => {
    const unit = fc.oneof(
      fc.constantFrom(...' "&\'/:<>@\\0234567acefACEF'),
      fc.string({ unit: 'grapheme', maxLength: 1 }),
    );
    fc.assert(
      fc.property(fc.string({ unit, minLength: 1, maxLength: 12 }), (name) => {
        fc.pre(!/^ | $/.test(name));
        const localpart = escapeLocalpart(name);
        expect(localpart).not.toMatch(/[ "&'/:<>@]|^\\20|\\20$/);
        expect(unescapeLocalpart(localpart)).toBe(name);
      }),
      { numRuns: 1000 },
    );
  });
});
