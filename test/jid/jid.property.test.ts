import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { domainToAscii, equalJids, formatJid, parseJid, tryParseJid, withResource } from '../../src/jid/index.ts';

const letters = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
const anything = fc.string({ unit: 'binary', minLength: 1, maxLength: 3 });
const odd = fc.string({
  unit: fc.constantFrom(
    ...'aA.-_@/ \u00df\u03a3\u03c2\u0130\u0131\u00e9\u0301\u212b\uff21\uff20\uff9e\uff76\u3000\u3002\u1fb3\u0345',
  ),
  minLength: 1,
  maxLength: 10,
});
const plain = fc.string({ unit: fc.constantFrom(...'abcXYZ019-'), minLength: 1, maxLength: 8 });
const part = fc.oneof(letters, anything, odd, plain, plain);
const text = fc.oneof(
  part,
  fc.tuple(part, part).map(([a, b]) => `${a}@${b}.example`),
  fc.tuple(part, part, part).map(([a, b, c]) => `${a}@${b}/${c}`),
  fc.tuple(part, part).map(([a, c]) => `${a}@example.com/${c}`),
);

describe('for every text that is an address', () => {
  test('normal form is stable: reading what was written gives the same parts', () => {
    fc.assert(
      fc.property(text, (input) => {
        const jid = tryParseJid(input);
        fc.pre(jid !== undefined);
        expect({ ...parseJid(jid.full) }).toEqual({ ...jid });
      }),
      { numRuns: 3000 },
    );
  });

  test('writing its parts and reading them gives the same address, which is remembered', () => {
    fc.assert(
      fc.property(text, (input) => {
        const jid = tryParseJid(input);
        fc.pre(jid !== undefined);
        expect(formatJid(jid)).toBe(jid.full);
        expect(parseJid(formatJid(jid))).toBe(parseJid(jid.full));
      }),
    );
  });

  test('two are equal in both directions, exactly if they are written alike', () => {
    fc.assert(
      fc.property(text, text, (one, other) => {
        const [a, b] = [tryParseJid(one), tryParseJid(other)];
        fc.pre(a !== undefined && b !== undefined);
        expect(equalJids(a, b)).toBe(equalJids(b, a));
        expect(equalJids(a, b)).toBe(
          a.localpart === b.localpart && a.domainpart === b.domainpart && a.resourcepart === b.resourcepart,
        );
      }),
    );
  });

  test('every part fits into 1023 bytes and has no control character', () => {
    fc.assert(
      fc.property(text, (input) => {
        const jid = tryParseJid(input);
        fc.pre(jid !== undefined);
        for (const value of [jid.localpart ?? 'a', jid.domainpart, jid.resourcepart ?? 'a']) {
          const bytes = new TextEncoder().encode(value).length;
          expect(bytes).toBeGreaterThan(0);
          expect(bytes).toBeLessThanOrEqual(1023);
          expect(value).not.toMatch(/[\p{Cc}\p{Cs}]/u);
        }
      }),
    );
  });

  test('another resourcepart leaves the account as it is', () => {
    fc.assert(
      fc.property(text, (input) => {
        const jid = tryParseJid(input);
        fc.pre(jid !== undefined);
        expect(withResource(jid, 'x').bare).toBe(jid.bare);
        expect({ ...withResource(jid, 'x') }).toEqual({ ...parseJid(`${jid.bare}/x`) });
      }),
    );
  });
});

/** Letters of the scripts that the rules are about, each in the form that a localpart and a domain keep. */
const name = fc.string({
  unit: fc.oneof(
    fc.constantFrom(...'abcxyz019\u00e9\u00df\u03b1\u03c3\u044f\u30ab\u6f22\ud55c\u0e01\u0905'),
    fc.constantFrom(...'\u05d0\u05d1\u0628\u062c\u0661\u06f1'),
  ),
  minLength: 1,
  maxLength: 8,
});

describe('for every name', () => {
  test('the spellings that RFC 8265 §3.3 maps are equal as localparts, and not as resourceparts', () => {
    fc.assert(
      fc.property(name, name, (local, resource) => {
        const jid = tryParseJid(`${local}@example.com/${resource}`);
        fc.pre(jid !== undefined);
        const capitals = local.replaceAll('\u00df', '\u1e9e').toUpperCase();
        for (const spelling of [capitals, local.normalize('NFD'), fullwidth(local), fullwidth(capitals)]) {
          expect(equalJids(parseJid(`${spelling}@example.com/${resource}`), jid)).toBe(true);
        }
        const wide = fullwidth(resource);
        expect(equalJids(withResource(jid, wide), jid)).toBe(wide === resource);
        expect(withResource(jid, resource.normalize('NFD')).full).toBe(jid.full);
      }),
    );
  });

  test('the U-label and the A-label of a domain are equal, and each leads to the other', () => {
    fc.assert(
      fc.property(name, (label) => {
        const jid = tryParseJid(`${label}.example`);
        fc.pre(jid !== undefined);
        const ascii = domainToAscii(jid.domainpart);
        expect(ascii).toMatch(/^[a-z0-9.-]+$/);
        for (const spelling of [
          ascii,
          ascii.toUpperCase(),
          `${ascii}.`,
          `${label}\u3002example`,
          `${label.normalize('NFD')}.example`,
        ]) {
          expect(parseJid(spelling).full).toBe(jid.full);
        }
      }),
    );
  });

  test('any code point at all leaves normal form stable, or is refused', () => {
    const codePoints = fc.string({
      unit: fc.integer({ min: 0, max: 0x10ffff }).map(String.fromCodePoint),
      maxLength: 2,
    });
    fc.assert(
      fc.property(codePoints, codePoints, name, (one, other, ok) => {
        for (const input of [
          `${one}${ok}${other}@example.com`,
          `${one}${ok}${other}.example`,
          `example.com/${one}${other}`,
        ]) {
          const jid = tryParseJid(input);
          if (jid) expect(parseJid(jid.full).full).toBe(jid.full);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

function fullwidth(text: string): string {
  return text.replace(/[!-~]/g, (sign) => String.fromCodePoint(sign.charCodeAt(0) + 0xfee0));
}
