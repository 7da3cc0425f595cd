import fc from 'fast-check';
import punycode from 'punycode/punycode.js';
import { describe, expect, test } from 'vitest';
import { toUnicode } from '../../src/jid/punycode.ts';

describe('Punycode', () => {
  // RFC 3492 §7.1, those in lower case.
  test.each([
    [
      'egbpdaj6bu4bxfgehfvwxn',
      '\u0644\u064a\u0647\u0645\u0627\u0628\u062a\u0643\u0644\u0645\u0648\u0634\u0639\u0631\u0628\u064a\u061f',
    ],
    ['ihqwcrb4cv8a8dqg056pqjye', '\u4ed6\u4eec\u4e3a\u4ec0\u4e48\u4e0d\u8bf4\u4e2d\u6587'],
    [
      '4dbcagdahymbxekheh6e0a7fei0b',
      '\u05dc\u05de\u05d4\u05d4\u05dd\u05e4\u05e9\u05d5\u05d8\u05dc\u05d0\u05de\u05d3\u05d1\u05e8\u05d9\u05dd\u05e2\u05d1\u05e8\u05d9\u05ea',
    ],
    [
      'n8jok5ay5dzabd5bym9f0cm5685rrjetr6pdxa',
      '\u306a\u305c\u307f\u3093\u306a\u65e5\u672c\u8a9e\u3092\u8a71\u3057\u3066\u304f\u308c\u306a\u3044\u306e\u304b',
    ],
    ['-with-super-monkeys-pc58ag80a8qai00g7n9n', '\u5b89\u5ba4\u5948\u7f8e\u6075-with-super-monkeys'],
    ['2-u9tlzr9756bt3uc0v', '\u3072\u3068\u3064\u5c4b\u6839\u306e\u4e0b2'],
    ['d9juau41awczczp', '\u305d\u306e\u30b9\u30d4\u30fc\u30c9\u3067'],
  ])('%j is %j', (encoded, decoded) => {
    expect(toUnicode(`a.xn--${encoded}.b`)).toBe(`a.${decoded}.b`);
  });

  test.each([
    'xn--a!',
    'xn--\u00e9',
    'xn--9',
    'xn---9ca',
    'xn--99999999',
    'xn--999999999999999999999999999',
    'xn--a-\u0131',
    `xn--${'9'.repeat(300)}a`,
  ])('%j encodes nothing', (name) => {
    expect(toUnicode(name)).toBeUndefined();
  });

  test('is decoded as the library punycode encodes it', () => {
    const label = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).filter((text) => !/[.A-Z]/.test(text));
    fc.assert(
      fc.property(label, (text) => {
        expect(toUnicode(`xn--${punycode.encode(text)}`)).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });
});
