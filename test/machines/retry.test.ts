import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fullJitter, neverRetry } from '../../machines/index.ts';
import { planRetry } from '../../machines/retry.ts';
import { TransportError } from '../../src/errors/index.ts';

const error = new TransportError('x', { condition: 'timeout' });
const almostOne = 1 - Number.EPSILON;

describe('full jitter', () => {
  it('doubles what it may wait, up to two minutes', () => {
    const most = [1, 2, 3, 4, 5, 6, 7, 8, 9, 100, 2000].map((attempt) =>
      fullJitter({ attempt, error, random: almostOne }),
    );
    expect(most).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 64_000, 120_000, 120_000, 120_000, 120_000]);
  });

  it('spreads over all of it, down to nothing', () => {
    const spread = [0, 0.25, 0.5, 0.75].map((random) => fullJitter({ attempt: 4, error, random }));
    expect(spread).toEqual([0, 2000, 4000, 6000]);
  });

  it('is a whole number of milliseconds within its bounds, always', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.double({ min: 0, max: almostOne, noNaN: true }),
        (attempt, random) => {
          const delay = fullJitter({ attempt, error, random }) ?? -1;
          return Number.isInteger(delay) && delay >= 0 && delay <= Math.min(1000 * 2 ** (attempt - 1), 120_000);
        },
      ),
    );
  });
});

describe('the plan for the next round', () => {
  const previous = { attempt: 2, delay: 7 };

  it.each([
    ['what the policy says', () => 42, 42],
    ['at once', () => 0, 0],
    ['never, where the policy says so', neverRetry, undefined],
    [
      'full jitter where the policy throws',
      () => {
        throw error;
      },
      2000,
    ],
    ['full jitter where the policy gives no number', () => Number.NaN, 2000],
    ['full jitter where the policy gives a negative number', () => -0.1, 2000],
    ['full jitter where the policy gives no end', () => Number.POSITIVE_INFINITY, 2000],
    ['the longest that a timer can wait, where the policy says more', () => 2 ** 40, 2 ** 31 - 1],
  ])('is %s', (_title, policy, delay) => {
    expect(planRetry(policy, previous, error, 0.5)).toEqual({ attempt: 3, delay });
  });

  it('tells the policy what it knows', () => {
    const asked: unknown[] = [];
    planRetry((request) => asked.push(request), previous, error, 0.5);
    expect(asked).toEqual([{ attempt: 3, error, random: 0.5 }]);
  });
});
