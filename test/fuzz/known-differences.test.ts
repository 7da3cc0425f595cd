import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examine } from './examination.ts';
import { ExpatOracle } from './expat-oracle.ts';
import { KNOWN_DIFFERENCES, type KnownDifference } from './known-differences.ts';
import type { OracleReport } from './oracle.ts';
import { Random } from './random.ts';
import { readWithSaxes } from './saxes-oracle.ts';
import { needsPython } from './settings.ts';
import { runXmlCampaign } from './xml-campaign.ts';

const encoder = new TextEncoder();

let expat: ExpatOracle | undefined;
beforeAll(async () => {
  expat = await ExpatOracle.start(import.meta.dirname);
});
afterAll(() => expat?.stop());

describe.each(KNOWN_DIFFERENCES.map((known) => [known.reason, known] as const))('%s', (_reason, known) => {
  it('is still so, and nothing else is left when the cause of it is taken out', async ({ skip }) => {
    if (known.oracle === 'expat') needsPython(expat, skip);
    const input = encoder.encode(known.example);
    const report = await reportOf(known, input);
    const seen = examine(input, { [known.oracle]: report }, new Random(1));
    expect(seen.suspicions.map(({ witness }) => witness)).toEqual([known.oracle, known.oracle]);
    const repaired = known.repair(input, report);
    if (!repaired) throw new Error('Expected the example to be repaired');
    const left = examine(repaired, { [known.oracle]: await reportOf(known, repaired) }, new Random(1));
    expect(left).toEqual({ suspicions: [], outcome: 'accepted' });
  });
});

describe('a difference that is not known', () => {
  const LIAR: OracleReport = {
    outcome: 'rejected',
    complaint: 'error 99',
    conditions: [],
    at: 0,
    facts: { hasRootContent: false, contentNamespace: '', encoding: undefined },
  };

  it('is found, and its input is made small', async () => {
    const { findings } = await runXmlCampaign({
      seed: 1,
      count: 3,
      expat: { read: async (all) => all.map(() => LIAR) },
    });
    expect(findings.length).toBeGreaterThan(1);
    for (const { witness, complaint, input, isRepeatable } of findings) {
      expect({ witness, complaint, isRepeatable }).toEqual({
        witness: 'expat',
        complaint: 'expected a refusal, got accepted ',
        isRepeatable: true,
      });
      // An empty element; a prefix stands at three places, which no single cut takes out.
      expect(new TextDecoder().decode(input)).toMatch(/^<([^<>/ ]+)(?: xmlns:stream='.')?(?:\/|><\/\1)>$/u);
    }
  });
});

async function reportOf({ oracle }: KnownDifference, input: Uint8Array): Promise<OracleReport> {
  const [report] = oracle === 'saxes' ? [readWithSaxes(input)] : ((await expat?.read([input])) ?? []);
  if (!report) throw new Error('Expected a report');
  return report;
}
