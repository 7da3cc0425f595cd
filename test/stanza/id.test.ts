import { expect, test } from 'vitest';
import { createId } from '../../src/stanza/index.ts';

test('ids have 132 random bits in 22 characters that need no escaping, and none comes twice', () => {
  const ids = Array.from({ length: 10_000 }, createId);
  for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]{22}$/);
  expect(new Set(ids).size).toBe(ids.length);
});

test('every character of an id can be any of the 64, about equally often', () => {
  const counts = Array.from({ length: 22 }, () => new Map<string, number>());
  for (let n = 0; n < 6400; n++) {
    for (const [place, character] of [...createId()].entries()) {
      counts[place]?.set(character, (counts[place].get(character) ?? 0) + 1);
    }
  }
  for (const count of counts) {
    expect(count.size).toBe(64);
    // 100 are expected of each; five standard deviations are 50.
    for (const times of count.values()) expect(Math.abs(times - 100)).toBeLessThan(60);
  }
});
