import { expect, test } from 'vitest';
import { createCache } from '../../src/jid/cache.ts';

test('a cache forgets what was not asked for while twice its generation was put in', () => {
  const cache = createCache<number>(2);
  for (const [n, key] of ['a', 'b', 'c', 'd', 'e'].entries()) cache.set(key, n);
  expect(['a', 'b', 'c', 'd', 'e'].map((key) => cache.get(key))).toEqual([undefined, undefined, 2, 3, 4]);
});

test('a cache keeps what is asked for often', () => {
  const cache = createCache<number>(10);
  cache.set('often', 1);
  for (let n = 0; n < 1000; n++) {
    cache.set(`once ${n}`, n);
    expect(cache.get('often')).toBe(1);
  }
});

test('a cache takes any text for a key', () => {
  const cache = createCache<number>(2);
  expect(cache.get('__proto__')).toBeUndefined();
  cache.set('__proto__', 1);
  expect(cache.get('__proto__')).toBe(1);
  expect(cache.get('constructor')).toBeUndefined();
});
