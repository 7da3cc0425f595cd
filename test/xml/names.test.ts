import { describe, expect, it } from 'vitest';
import { DEFAULT_DECLARATION, hashName, nameAt, PLAIN, PREFIX_DECLARATION, recentNameAt } from '../../src/xml/names.ts';

/** The name that a whole text is. */
function nameOf(text: string) {
  return nameAt(text, 0, text.length, hashOf(text));
}

function hashOf(text: string): number {
  let hash = 0;
  for (let at = 0; at < text.length; at++) hash = hashName(hash, text.charCodeAt(at));
  return hash;
}

describe('a name', () => {
  it.each([
    ['body', { prefix: '', local: 'body', role: PLAIN }],
    ['xmlns', { prefix: '', local: 'xmlns', role: DEFAULT_DECLARATION }],
    ['xmlns:p', { prefix: 'xmlns', local: 'p', role: PREFIX_DECLARATION }],
    ['xml:lang', { prefix: 'xml', local: 'lang', role: PLAIN }],
    ['p:a', { prefix: 'p', local: 'a', role: 1 }],
    ['x:xmlns', { prefix: 'x', local: 'xmlns', role: 1 }],
  ])('%s is taken apart', (text, parts) => {
    expect(nameOf(text)).toEqual({ text, ...parts, slot: hashOf(text) & 1023, nextTag: 0, nextAttribute: 0 });
  });

  it('that came lately is the same object, wherever it stands', () => {
    const name = nameOf('presence');
    expect(nameAt('<presence>', 1, 9, hashOf('presence'))).toBe(name);
    expect(nameAt('<presence>', 1, 5, hashOf('pres'))).not.toBe(name);
    expect(nameAt('<presence>', 1, 5, hashOf('pres')).text).toBe('pres');
  });

  it('is forgotten when another takes its place', () => {
    const [one, other] = ['Aa', 'BB'];
    expect(hashOf(one)).toBe(hashOf(other));
    const first = nameOf(one);
    expect(nameOf(other).text).toBe('BB');
    expect(nameOf(one)).not.toBe(first);
    expect(recentNameAt('<BB>', 1, 4, 0)).toBeUndefined();
  });

  it('is kept up to 64 characters', () => {
    for (const [length, isKept] of [
      [64, true],
      [65, false],
    ] as const) {
      const text = 'n'.repeat(length);
      expect(nameAt(`<${text}>`, 1, length + 1, hashOf(text)) === nameOf(text)).toBe(isKept);
    }
  });
});

describe('a name that came lately', () => {
  const name = nameOf('message');
  const other = nameOf('messages');

  it.each<[string, number, number, boolean]>([
    ['<message>', 1, 9, true],
    ['<message id', 1, 11, true],
    ['<message=', 1, 9, true],
    ['xx<message>', 3, 11, true],
    ['<message', 1, 8, false],
    ['<message>', 1, 8, false],
    ['<messag>', 1, 8, false],
    ['<Message>', 1, 9, false],
    ['<message\u00e9>', 1, 10, false],
    ['<message\u0080>', 1, 10, false],
    ['<message:a>', 1, 11, false],
  ])('is found in %j from %i to %i: %j', (source, start, end, isFound) => {
    const expected = isFound ? name : undefined;
    expect(recentNameAt(source, start, end, name.slot)).toBe(expected);
    expect(recentNameAt(source, start, end, other.slot)).toBe(expected);
    expect(recentNameAt(source, start, end, 1023)).toBe(expected);
  });

  it('is not found where none came', () => {
    expect(recentNameAt('<neverseen>', 1, 11, 1022)).toBeUndefined();
    expect(recentNameAt('<messages>', 1, 10, name.slot)).toBe(other);
  });
});

it('the hash of a name is that of its characters in their order, in 32 bits', () => {
  expect([hashOf(''), hashOf('a'), hashOf('ab'), hashOf('ba')]).toEqual([0, 97, 3105, 3135]);
  expect(hashOf('a long name')).toBe(hashOf('a long name') | 0);
});
