import { expect, it } from 'vitest';
import { Random } from './random.ts';
import { xmlInput } from './xml-mutations.ts';

it('the same seed and index make the same input, others make others', () => {
  const inputs = [1, 2].flatMap((seed) => [0, 1, 2].map((index) => inputOf(seed, index)));
  expect(new Set(inputs).size).toBe(inputs.length);
  expect(inputOf(2, 1)).toBe(inputs[4]);
});

it('numbers are within their limits, and all of them come', () => {
  const random = new Random(1);
  const numbers = Array.from({ length: 1000 }, () => random.between(-2, 2));
  expect([...new Set(numbers)].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2]);
  const share = Array.from({ length: 10_000 }, () => random.chance(0.25)).filter(Boolean).length / 10_000;
  expect(share).toBeCloseTo(0.25, 1);
});

function inputOf(seed: number, index: number): string {
  return Buffer.from(xmlInput(new Random(seed, index))).toString('latin1');
}
