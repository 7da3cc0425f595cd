import { describe, expect, it } from 'vitest';
import type { ResolveInput } from '../../machines/contracts.ts';
import { discoverLate } from '../../src/actors/discover-late.ts';
import type { Discover } from '../../src/actors/resolve.ts';
import { clientInput } from '../../src/client/client-input.ts';
import { factsOf, rejectionOf } from '../support/when.ts';

const input: ResolveInput = {
  domain: 'example.org',
  source: 'host-meta',
  settings: clientInput({ jid: 'juliet@example.org', password: 'x' }),
};
const { signal } = new AbortController();

describe('discovery whose code is loaded first', () => {
  it('asks when the code is there', async () => {
    const asked: unknown[] = [];
    const discover: Discover = async (...parameters) => {
      asked.push(...parameters);
      return [];
    };
    expect(await discoverLate(async () => discover)(input, signal)).toEqual([]);
    expect(asked).toEqual([input, signal]);
  });

  it('says so where the code cannot be loaded, and what can be done', async () => {
    const cause = new TypeError('Failed to fetch dynamically imported module');
    const error = await rejectionOf(discoverLate(() => Promise.reject(cause))(input, signal));
    expect(factsOf(error)).toMatchObject({
      code: 'transport/discovery-failed',
      hint: 'Check the network. If the files of the page were replaced since it was opened, open it again.',
    });
    expect(error).toHaveProperty('cause', cause);
  });
});
