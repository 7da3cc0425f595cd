import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { equalJids, parseJid, tryParseJid, withResource } from '../../src/jid/index.ts';

const letters = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
const anything = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 });
const odd = fc.string({
  unit: fc.constantFrom(
    ...'aA.-_@/ \u00df\u03a3\u03c2\u0130\u0131\u00e9\u0301\u212b\uff21\uff20\uff9e\uff76\u3000\u3002\u1fb3\u0345',
  ),
  minLength: 1,
  maxLength: 10,
});
const part = fc.oneof(letters, anything, odd);
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
