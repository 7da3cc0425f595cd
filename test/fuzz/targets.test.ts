import { describe, expect, it } from 'vitest';
import { runPrecisCampaign } from './precis-campaign.ts';
import { needsPython, SEED } from './settings.ts';
import { runTarget } from './target.ts';
import { TARGETS } from './targets.ts';

const COUNT = 4000;
const LIMIT = 120_000;

describe(`whatever comes is read, written or refused as it should be (${COUNT} inputs of the seed ${SEED})`, () => {
  it.each(TARGETS.map((target) => [target.name, target] as const))(
    '%s',
    async (_name, target) => {
      expect(await runTarget(target, { seed: SEED, count: COUNT })).toEqual([]);
    },
    LIMIT,
  );

  it(
    'parts of addresses, as the tables of Python have them (RFC 8265)',
    async ({ skip }) => {
      const campaign = await runPrecisCampaign(import.meta.dirname, { seed: SEED, count: COUNT });
      const { compared, failures } = needsPython(campaign, skip);
      expect(failures).toEqual([]);
      expect(compared).toBeGreaterThan(COUNT);
    },
    LIMIT,
  );
});
