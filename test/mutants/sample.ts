import { Random } from '../fuzz/random.ts';

/** So many of these, the same for the same seed, in their order; all of them if there are no more. */
export function sample<T>(items: readonly T[], count: number, seed: number): readonly T[] {
  const random = new Random(seed);
  const left = items.map((_, index) => index);
  const chosen = Array.from({ length: Math.min(count, items.length) }, () => left.splice(random.below(left.length), 1));
  const indices = new Set(chosen.flat());
  return items.filter((_, index) => indices.has(index));
}
