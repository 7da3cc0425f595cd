import { expect, test } from 'vitest';
import { formatDuration } from '../../src/recorder/duration.ts';

test.each([
  [0, '0.0 ms'],
  [9.94, '9.9 ms'],
  [9.95, '10 ms'],
  [999.4, '999 ms'],
  [999.5, '1.0 s'],
  [59_949, '59.9 s'],
  [59_950, '1 min 0 s'],
  [3_599_499, '59 min 59 s'],
  [3_599_500, '1 h 0 min'],
  [90_000_000, '25 h 0 min'],
])('%d milliseconds are %s', (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});
