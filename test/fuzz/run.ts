// Compares our XML parsers with others, on a million inputs, and tries everything else that reads what others wrote:
// `npm run test:fuzz -- --help`.

import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { ExpatOracle } from './expat-oracle.ts';
import { runPrecisCampaign } from './precis-campaign.ts';
import { isContinuousIntegration, numberOf } from './settings.ts';
import { type Failure, runTarget, show } from './target.ts';
import { TARGETS } from './targets.ts';
import { type Finding, runXmlCampaign, type XmlCampaign } from './xml-campaign.ts';

const HELP = `Random inputs for everything that reads what others wrote; exits with 1 when something is wrong.

  --count <n>   documents for the XML parsers, a twentieth of it for everything else; 1000000, or FUZZ_COUNT
  --seed <n>    the same inputs again; a new seed each time, or FUZZ_SEED
  --first <n>   index of the first input; with --count 1 it is the only one
`;

/** Where the Python programs are: this file is compiled to dist/test/fuzz. */
const FOLDER = join(import.meta.dirname, '../../../test/fuzz');
const SHARE_OF_OTHERS = 20;
const PROGRESS = 100_000;

const { values: options } = parseArgs({
  options: {
    count: { type: 'string', default: String(numberOf('FUZZ_COUNT') ?? 1_000_000) },
    seed: { type: 'string', default: String(numberOf('FUZZ_SEED') ?? Date.now() % 2 ** 32) },
    first: { type: 'string', default: '0' },
    help: { type: 'boolean', default: false },
  },
});

if (options.help) console.log(HELP);
else process.exitCode = (await main()) ? 0 : 1;

/** Whether nothing is wrong. */
async function main(): Promise<boolean> {
  const [seed, count, first] = [Number(options.seed), Number(options.count), Number(options.first)];
  console.log(`seed ${seed}, ${count} documents from ${first} on`);
  const verdicts = [await compareParsers(seed, count, first)];
  const others = Math.ceil(count / SHARE_OF_OTHERS);
  for (const target of TARGETS) {
    const started = performance.now();
    const failures = await runTarget(target, { seed, count: others, first });
    verdicts.push(report(target.name, `${others} inputs`, failures, started));
  }
  verdicts.push(await comparePrecis(seed, others, first));
  const isRight = verdicts.every(Boolean);
  console.log(isRight ? 'nothing is wrong' : `something is wrong: the same again with --seed ${seed}`);
  return isRight;
}

async function compareParsers(seed: number, count: number, first: number): Promise<boolean> {
  const expat = await ExpatOracle.start(FOLDER);
  if (expat === undefined && !mayLack('expat')) return false;
  const started = performance.now();
  const campaign = await runXmlCampaign({
    seed,
    first,
    count,
    expat,
    onProgress: (done) => {
      if (done % PROGRESS === 0) console.log(`  ${done} after ${seconds(started)} s`);
    },
  });
  await expat?.stop();
  const took = performance.now() - started;
  console.log(
    `XML, against saxes${expat ? ` and ${expat.version}` : ''}: ${Math.round((count / took) * 1000)} documents/s`,
  );
  tell(campaign);
  return campaign.findings.length === 0;
}

function tell({ outcomes, known, findings, more }: XmlCampaign): void {
  for (const [outcome, count] of [...outcomes].sort(([, a], [, b]) => b - a)) console.log(`  ${count} × ${outcome}`);
  for (const [reason, count] of known) console.log(`  ${count} known differences: ${reason}`);
  for (const finding of findings) console.log(describe(finding));
  if (more > 0) console.log(`  and ${more} more that look like one of these`);
}

function describe({ index, witness, complaint, input, isRepeatable }: Finding): string {
  const when = isRepeatable ? '' : ', only after the documents before it';
  return `  WRONG: document ${index}, by ${witness}${when}: ${complaint}\n    ${show(Buffer.from(input).toString('latin1'))}`;
}

async function comparePrecis(seed: number, count: number, first: number): Promise<boolean> {
  const started = performance.now();
  const campaign = await runPrecisCampaign(FOLDER, { seed, count, first });
  if (campaign === undefined) return mayLack('PRECIS');
  const { unicode, compared, failures } = campaign;
  return report(`PRECIS, against Unicode ${unicode} of Python`, `${compared} parts`, failures, started);
}

function report(name: string, inputs: string, failures: readonly Failure[], started: number): boolean {
  console.log(`${name}: ${inputs} in ${seconds(started)} s`);
  for (const { index, complaint } of failures) console.log(`  WRONG: input ${index}: ${complaint}`);
  return failures.length === 0;
}

/** Whether it may go on without Python. */
function mayLack(oracle: string): boolean {
  console.log(`not compared with ${oracle}: python3 is not installed (apt-get install python3)`);
  return !isContinuousIntegration();
}

function seconds(started: number): string {
  return ((performance.now() - started) / 1000).toFixed(1);
}
