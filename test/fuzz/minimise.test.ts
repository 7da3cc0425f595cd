import { expect, it } from 'vitest';
import { minimise } from './minimise.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

it.each([
  ['pieces beside each other', `${'x'.repeat(100)}bad${'y'.repeat(100)}`, /bad/, 'bad'],
  [
    'pieces far from each other',
    `${'x'.repeat(100)}<a>${'y'.repeat(100)}</a>${'z'.repeat(100)}`,
    /<a>.*<\/a>/,
    '<a></a>',
  ],
  ['a pair that can only go together', '<b><b><b>x</b></b></b>', /^(?:<b>)?(?:<b>)?(?:<b>)?x/, 'x'],
  ['what cannot be smaller', 'ab', /^ab$/, 'ab'],
])('an input that fails is made as small as it can be: %s', async (_title, input, failing, smallest) => {
  const found = await minimise(encoder.encode(input), (candidate) => failing.test(decoder.decode(candidate)));
  expect(decoder.decode(found)).toBe(smallest);
});
