import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ExpatOracle } from './expat-oracle.ts';
import { needsPython, SEED } from './settings.ts';
import { show } from './target.ts';
import { type Finding, runXmlCampaign, type XmlCampaign } from './xml-campaign.ts';

const COUNT = 30_000;
const LIMIT = 120_000;

describe(`whatever comes as XML (${COUNT} documents of the seed ${SEED})`, () => {
  let expat: ExpatOracle | undefined;
  let campaign: XmlCampaign;

  beforeAll(async () => {
    expat = await ExpatOracle.start(import.meta.dirname);
    campaign = await runXmlCampaign({ seed: SEED, count: COUNT, expat });
  }, LIMIT);
  afterAll(() => expat?.stop());

  it('is the same in chunks of any size, for the parser of documents, and for the parsers of others', () => {
    expect(campaign.findings.map(describeFinding)).toEqual([]);
  });

  it('is what expat makes of it', ({ skip }) => {
    expect(needsPython(expat, skip).version).toMatch(/^expat_/);
  });

  it('is accepted about as often as it is refused, with every condition that there is', () => {
    const { outcomes } = campaign;
    const accepted = (outcomes.get('accepted') ?? 0) / COUNT;
    expect(accepted).toBeGreaterThan(0.35);
    expect(accepted).toBeLessThan(0.65);
    expect([...outcomes.keys()].sort()).toEqual([
      'accepted',
      'bad-namespace-prefix',
      'incomplete',
      'invalid-xml',
      'not-well-formed',
      'restricted-xml',
      'unsupported-encoding',
    ]);
  });
});

function describeFinding({ index, witness, complaint, input }: Finding): string {
  return `document ${index}, by ${witness}: ${complaint} for ${show(Buffer.from(input).toString('latin1'))}`;
}
