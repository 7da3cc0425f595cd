// Breaks the charts in one place after the other and runs the tests that are generated from them: `npm run test:mutants -- --help`.

import process from 'node:process';
import { parseArgs } from 'node:util';
import { type Mutant, mutantsOf } from './mutants.ts';
import { caughtShare, describeResults, type MachineResult, unexplained } from './report.ts';
import { sample } from './sample.ts';
import { chartOf, MACHINES, type MachineName } from './subjects.ts';
import { SURVIVORS } from './survivors.ts';
import { examineAll, type Task, type Verdict } from './workers.ts';

const HELP = `Charts with one mistake, and whether the generated tests notice it; exits with 1 when too few are noticed.

  --machine <name>  one chart alone: ${MACHINES.join(', ')}
  --name <text>     those alone whose name has this text
  --only <n>/<m>    the nth of m shares, for several computers
  --sample <n>      so many of each chart
  --seed <n>        of the sample; 1
  --quick           the session in full and 15 of each other chart, without those that are known to survive
  --jobs <n>        processes; 2
  --verbose         says what noticed each mutant
`;
/** How many must be noticed. */
const ENOUGH = 0.95;
const PROGRESS = 50;
const QUICK = 15;

const { values: options } = parseArgs({
  options: {
    machine: { type: 'string' },
    name: { type: 'string', default: '' },
    only: { type: 'string', default: '1/1' },
    sample: { type: 'string', default: 'Infinity' },
    seed: { type: 'string', default: '1' },
    quick: { type: 'boolean', default: false },
    jobs: { type: 'string', default: '2' },
    verbose: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (options.help) console.log(HELP);
else process.exitCode = (await main()) ? 0 : 1;

/** Whether enough was noticed, and somebody said why the rest is not. */
async function main(): Promise<boolean> {
  const machines = options.machine === undefined ? MACHINES : [machineName(options.machine)];
  const charts = machines.map((machine) => ({ machine, mutants: mutantsOf(chartOf(machine)) }));
  const tasks = charts.flatMap(({ machine, mutants }) =>
    chosen(machine, mutants).map((index): Task => ({ machine, index })),
  );
  const verdicts: Verdict[] = [];
  const started = performance.now();
  await examineAll(tasks, Number(options.jobs), (verdict) => {
    verdicts.push(verdict);
    if (options.verbose) tell(verdict);
    else if (verdicts.length % PROGRESS === 0) console.error(`  ${verdicts.length} of ${tasks.length}`);
  });
  const results = charts.map(({ machine, mutants }) => ({ machine, mutants, verdicts: inOrder(verdicts, machine) }));
  console.log(`${tasks.length} mutants in ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
  console.log(describeResults(results));
  return judge(results);
}

/** Indices of the mutants that are asked for. */
function chosen(machine: MachineName, mutants: readonly Mutant[]): readonly number[] {
  const [share = 1, shares = 1] = options.only.split('/').map(Number);
  const isAsked = ({ name }: Mutant): boolean =>
    name.includes(options.name) && !(options.quick && name in SURVIVORS[machine]);
  const indices = [...mutants.keys()].filter((index) => mutants.slice(index, index + 1).some(isAsked));
  const count = options.quick && machine !== 'session' ? QUICK : Number(options.sample);
  return sample(indices, count, Number(options.seed)).filter((_, at) => at % shares === share - 1);
}

function inOrder(verdicts: readonly Verdict[], machine: MachineName): Verdict[] {
  return verdicts.filter((verdict) => verdict.machine === machine).sort((a, b) => a.index - b.index);
}

function judge(results: readonly MachineResult[]): boolean {
  const share = caughtShare(results);
  const open = results.flatMap(unexplained);
  console.log(`\n${(share * 100).toFixed(1)} % are noticed`);
  if (open.length > 0) console.log(`Nobody said in survivors.ts why these are not:\n  ${open.join('\n  ')}`);
  return share >= ENOUGH && open.length === 0;
}

function tell({ machine, index, found }: Verdict): void {
  const name = mutantsOf(chartOf(machine))[index]?.name;
  console.log(`${machine}, ${name}\n  ${found ? `${found.test}: ${found.complaint}` : 'SURVIVED'}`);
}

function machineName(text: string): MachineName {
  const machine = MACHINES.find((name) => name === text);
  if (machine === undefined) throw new Error(`There is no chart '${text}': ${MACHINES.join(', ')}`);
  return machine;
}
