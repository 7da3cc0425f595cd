import { describe, expect, test } from 'vitest';
import { prepare } from '../../src/sasl/prepare.ts';
import { conditionOf } from './scram-peer.ts';

describe('a string is prepared', () => {
  test.each([
    ['RFC 4013 §3, 1: SOFT HYPHEN mapped to nothing', 'I\u00adX', 'IX'],
    ['RFC 4013 §3, 2: no transformation', 'user', 'user'],
    ['RFC 4013 §3, 3: case preserved', 'USER', 'USER'],
    ['RFC 4013 §3, 4: NFKC', '\u00aa', 'a'],
    ['RFC 4013 §3, 5: NFKC, as number 1', '\u2168', 'IX'],
    ['a space of another kind', 'a\u00a0b\u3000c', 'a b c'],
    ['two ways to write one letter', 'e\u0301', '\u00e9'],
    ['all from right to left', '\u0627\u0628', '\u0627\u0628'],
    ['a digit inside', '\u06271\u0628', '\u06271\u0628'],
    ['a character that Unicode 3.2 did not know', '\u{1f600}', '\u{1f600}'],
    ['printable ASCII', ' !~', ' !~'],
  ])('%s', async (_, text, prepared) => {
    expect(await prepare(text, 'password')).toBe(prepared);
  });
});

describe('a string is refused', () => {
  test.each([
    ['RFC 4013 §3, 6: a control character', '\u0007'],
    ['RFC 4013 §3, 7: directions mixed up', '\u06271'],
    ['letters of both directions', '\u0627a\u0628'],
    ['one from right to left in the middle', '1\u06271'],
    ['half a character', 'a\ud800'],
    ['a character for private use', 'a\ue000'],
    ['a mark of direction', 'a\u200e'],
    ['nothing but what is mapped to nothing', '\u00ad'],
    ['NUL', 'a\0'],
  ])('%s', async (_, text) => {
    expect(await conditionOf(() => prepare(text, 'password'))).toBe('invalid-credentials');
  });
});
