import library from '@mongodb-js/saslprep';
import { expect, test } from 'vitest';
import { saslprep } from '../../src/sasl/saslprep.ts';

test('every code point, alone and beside letters of each direction, means what the library of MongoDB says', () => {
  const differing: string[] = [];
  for (let point = 0; point <= 0x10ffff; point += 1) {
    // RFC 3454 C.4 prohibits these two; the library's table leaves them out.
    if (point === 0xffffe || point === 0xfffff) continue;
    const character = String.fromCodePoint(point);
    for (const text of [character, `a${character}`, `\u05d0${character}\u05d0`]) {
      if (saslprep(text) !== expected(text)) differing.push(`${point.toString(16)} in ${JSON.stringify(text)}`);
      // Only assigned characters differ by what stands beside them.
      if (point > 0x2fffd && point < 0xe0000) break;
    }
  }
  expect(differing).toEqual([]);
}, 60_000);

function expected(text: string): string | undefined {
  try {
    return library(text, { allowUnassigned: true }) || undefined;
  } catch {
    return undefined;
  }
}
