import { describe, expect, test } from 'vitest';
import { obeysBidiRule } from '../../src/jid/bidi.ts';
import { isFreeform, isIdentifier } from '../../src/jid/code-points.ts';
import { obeysContextRules } from '../../src/jid/context.ts';
import { createJid, JidError } from '../../src/jid/index.ts';

type DerivedProperty = 'pvalid' | 'context' | 'free-pvalid' | 'disallowed';

/** RFC 8264 §8, word by word, for one code point. */
function derivedProperty(codePoint: number): DerivedProperty {
  const character = String.fromCodePoint(codePoint);
  const has = (pattern: RegExp) => pattern.test(character);
  if (has(/[\u00df\u03c2\u06fd\u06fe\u0f0b\u3007]/)) return 'pvalid';
  if (has(/[\u00b7\u0375\u05f3\u05f4\u30fb\u0660-\u0669\u06f0-\u06f9]/)) return 'context';
  if (has(/[\u0640\u07fa\u302e\u302f\u3031-\u3035\u303b]/)) return 'disallowed';
  if (has(/\p{Cn}/u)) return 'disallowed';
  if (has(/[!-~]/)) return 'pvalid';
  if (has(/\p{Join_Control}/u)) return 'context';
  if (has(/[\u1100-\u11ff\ua960-\ua97c\ud7b0-\ud7c6\ud7cb-\ud7fb]/)) return 'disallowed';
  if (has(/\p{Default_Ignorable_Code_Point}|\p{Noncharacter_Code_Point}/u)) return 'disallowed';
  if (has(/\p{Cc}/u)) return 'disallowed';
  if (character.normalize('NFKC') !== character) return 'free-pvalid';
  if (has(/\p{Ll}|\p{Lu}|\p{Lo}|\p{Nd}|\p{Lm}|\p{Mn}|\p{Mc}/u)) return 'pvalid';
  if (has(/\p{Lt}|\p{Nl}|\p{No}|\p{Me}|\p{Zs}|\p{S}|\p{P}/u)) return 'free-pvalid';
  return 'disallowed';
}

describe('code points', () => {
  test('belong to the classes that RFC 8264 §8 derives', () => {
    const wrong: string[] = [];
    for (const [from, to] of [
      [0, 0x323af],
      [0xe0000, 0xe01ff],
      [0xf0000, 0xf0010],
      [0x10fff0, 0x10ffff],
    ] as const) {
      for (let codePoint = from; codePoint <= to; codePoint++) {
        const character = String.fromCodePoint(codePoint);
        const property = derivedProperty(codePoint);
        const identifier = property === 'pvalid' || property === 'context';
        if (isIdentifier(character) !== identifier) wrong.push(`${codePoint.toString(16)} in the IdentifierClass`);
        if (isFreeform(character) !== (property !== 'disallowed'))
          wrong.push(`${codePoint.toString(16)} in the FreeformClass`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test.each([
    ['a letter', '\u00e9', true, true],
    ['a capital', '\u00c9', true, true],
    ['a titlecase letter', '\u1f88', false, true],
    ['a letter with a compatibility equivalent', '\u2163', false, true],
    ['a symbol', '\u265a', false, true],
    ['an emoji', '\u{1f600}', false, true],
    ['a space', ' ', false, true],
    ['punctuation beyond ASCII', '\u201c', false, true],
    ['an enclosing mark', 'a\u20dd', false, true],
    ['tatweel', '\u0640', false, false],
    ['conjoining Hangul that has no syllable', '\u1100\u11aa', false, false],
    ['a variation selector', '\u2764\ufe0f', false, false],
    ['a byte order mark', '\ufeff', false, false],
    ['an override of direction', '\u202e', false, false],
    ['a line separator', '\u2028', false, false],
    ['a number sign that is a format character', '\u0600', false, false],
    ['private use', '\ue000', false, false],
    ['a noncharacter', '\uffff', false, false],
    ['half a surrogate pair', '\ud800', false, false],
    ['an unassigned code point', '\u0378', false, false],
  ])('%s', (_, text, identifier, freeform) => {
    expect([isIdentifier(text), isFreeform(text)]).toEqual([identifier, freeform]);
  });
});

describe('contexts (RFC 5892 Appendix A)', () => {
  test.each([
    ['A.1 after a virama', '\u0a4d\u200c', true],
    ['A.1 after a virama that is no letter of India', '\u1039\u200c', true],
    ['A.1 between letters that join', '\u062c\u200c\u0627', true],
    ['A.1 and through marks', '\u062c\u0610\u0610\u200c\u0610\u0627', true],
    ['A.1 between a left-joining and a dual-joining letter', '\ua872\u200c\u062c', true],
    ['A.1 twice', '\u0628\u200c\u0628\u200c\u0628', true],
    ['A.1 not after a letter that does not join on', '\u0627\u200c\u0628', false],
    ['A.1 not before a left-joining letter', '\u0628\u200c\ua872', false],
    ['A.1 not alone', '\u200c', false],
    ['A.1 not between Latin letters', 'a\u200cb', false],
    ['A.1 not at the beginning', '\u200c\u0627', false],
    ['A.1 not at the end', '\u062c\u200c', false],
    ['A.1 not after a mark after a virama', '\u0a4d\u0a3c\u200ca', false],
    ['A.1 not after a mark that is no virama', 'a\u05b0\u200c', false],
    ['A.1 nor after a voiced sound mark', '\u304b\u3099\u200c', false],
    ['A.2 after a virama', '\u0915\u094d\u200d\u0937', true],
    ['A.2 not between letters that join', '\u062c\u200d\u0627', false],
    ['A.2 not in an emoji', '\u{1f468}\u200d\u{1f469}', false],
    ['A.2 not alone', '\u200d', false],
    ['A.3 between two l', 'al\u00b7la', true],
    ['A.3 not between others', 'a\u00b7b', false],
    ['A.3 not before another', 'l\u00b7a', false],
    ['A.3 not after another', 'a\u00b7l', false],
    ['A.3 not twice', 'l\u00b7\u00b7l', false],
    ['A.3 not at the beginning', '\u00b7l', false],
    ['A.3 not at the end', 'l\u00b7', false],
    ['A.4 before Greek', '\u0375\u03b1', true],
    ['A.4 not after Greek alone', '\u03b1\u0375', false],
    ['A.4 not before Latin', '\u0375a', false],
    ['A.5 after Hebrew', '\u05e9\u05f3', true],
    ['A.5 repeatedly', '\u05e9\u05f3\u05f3', true],
    ['A.5 not before Hebrew alone', '\u05f3\u05d4', false],
    ['A.6 after Hebrew', '\u05e9\u05f4\u05e9', true],
    ['A.6 not after Latin', 'a\u05f4', false],
    ['A.7 beside Katakana', 'abc\u30fbd\u30c5f', true],
    ['A.7 beside Hiragana', '\u3076\u30fbdef', true],
    ['A.7 beside Han', '\u6f22\u30fbdef', true],
    ['A.7 not beside Latin alone', 'abc\u30fbdef', false],
    ['A.8 alone', '\u0661\u0662', true],
    ['A.9 alone', '\u06f1\u06f2', true],
    ['A.8 and A.9 not together', '\u0661a\u06f1', false],
    ['nothing of that', 'juliet', true],
  ])('%s', (_, text, expected) => {
    expect(obeysContextRules(text)).toBe(expected);
  });

  test('hold for resourceparts and localparts', () => {
    expect(() => createJid({ domainpart: 'example.com', resourcepart: 'a\u00b7b' })).toThrow(JidError);
    expect(() => createJid({ localpart: 'a\u00b7b', domainpart: 'example.com' })).toThrow(JidError);
    expect(createJid({ localpart: 'l\u00b7l', domainpart: 'example.com', resourcepart: 'l\u00b7l' }).full).toBe(
      'l\u00b7l@example.com/l\u00b7l',
    );
  });
});

describe('the Bidi Rule (RFC 5893 §2)', () => {
  test.each([
    ['text from left to right does not need it', ['1-', 'a-'], true],
    ['Hebrew', ['\u05d0\u05d1'], true],
    ['Arabic', ['\u0645\u0631\u062d\u0628\u0627'], true],
    ['Adlam', ['\u{1e900}'], true],
    ['with marks at the end', ['\u05d0\u05b0'], true],
    ['with signs in it', ['\u05d0(/%\\))\u05d1'], true],
    ['with European digits at the end', ['\u05d012'], true],
    ['with Arabic digits at the end', ['\u0645\u0661\u0662'], true],
    ['with extended Arabic digits, which are European', ['\u0645\u06f1'], true],
    ['1: not with a digit first', ['1\u05d0'], false],
    ['1: not with an Arabic digit first', ['\u0661\u0645'], false],
    ['1: not with a sign first', ['+\u05d0\u05d1'], false],
    ['1: not with a mark first', ['\u05b0\u05d0'], false],
    ['2: not with Latin at the end', ['\u05d0\u05d1a'], false],
    ['2: not with Latin in it', ['\u05d0a\u05d1'], false],
    ['2: not with a mark of class L', ['\u05d0\u0cbf\u05d0'], false],
    ['3: not with a sign last', ['\u05d0\u05d1+'], false],
    ['3: not with a sign and a mark last', ['\u05d0\u05d1+\u05b0'], false],
    ['4: not with both kinds of digits', ['\u06451\u0661'], false],
    ['5: not with Hebrew after Latin', ['a\u05d0\u05d1'], false],
    ['5: not with an Arabic digit after Latin', ['a\u0661'], false],
    ['another label from left to right', ['\u05d0', 'example1'], true],
    ['another label with a mark last', ['\u05d0', 'ae\u0301\u0323'], true],
    ['1: not with another label that begins with a digit', ['\u05d0', '1a'], false],
    ['6: not with another label that ends with a sign', ['\u05d0', 'a\u02b9'], false],
  ])('%s', (_, labels, expected) => {
    expect(obeysBidiRule(labels)).toBe(expected);
  });

  test('holds for localparts, not for resourceparts', () => {
    const parts = { domainpart: 'example.com', resourcepart: '\u05d0a' };
    expect(createJid(parts).resourcepart).toBe('\u05d0a');
    expect(() => createJid({ localpart: '\u05d0a', domainpart: 'example.com' })).toThrow(JidError);
  });
});
