import { expect, it } from 'vitest';
import { createTokenizer, DEFAULT_LIMITS, parseElement, parseStream } from '../../src/xml/entry.ts';

const DEEP = '<a>'.repeat(DEFAULT_LIMITS.maxDepth + 1) + '</a>'.repeat(DEFAULT_LIMITS.maxDepth + 1);

it('a limit that is undefined is the usual one, and lifts nothing', async () => {
  const limits = { maxDepth: undefined };
  expect(() => parseElement(DEEP, limits)).toThrow(expect.objectContaining({ condition: 'policy-violation' }));
  const types: string[] = [];
  for await (const { type } of parseStream([`<stream>${DEEP}</stream>`], limits)) types.push(type);
  expect(types).toEqual(['header', 'error']);
  const tokenizer = createTokenizer(limits);
  tokenizer.write(new TextEncoder().encode(`<stream>${DEEP}</stream>`));
  expect([tokenizer.read()?.type, tokenizer.read()?.type]).toEqual(['header', 'error']);
});
