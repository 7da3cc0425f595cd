// Measures ours and others side by side: `npm run bench -- --help`.

import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { FLOOD_WAYS, type Flood, floodRows, isWithstood } from './flood-report.ts';
import { type InspectorReport, inspectorRows, isUnhurried, ONLOOKERS } from './inspector-report.ts';
import { type PeersProsody, startPeersProsody } from './logins/prosody.ts';
import { isReached, LOGIN_NAMES, type LoginName, type LoginReport, loginRows } from './logins/report.ts';
import { isCheap, type ManagementReport, managementRows } from './management-report.ts';
import { METRICS, type Metric } from './metrics.ts';
import { type Measures, medians, type Task } from './peers/measure.ts';
import { align, type Results, tableRows, verdicts } from './table.ts';

const HELP = `Measures CPU, time and memory of XMPP clients, each in a process of its own, against a scripted server; and logins
to the embedded server and to Prosody, beside a bare script of the same exchange; what a flood of messages blocks; what stream
management and the flight recorder cost; and what a client takes while a page of the inspector is open.

  --peer <names>    only these, separated by commas: PEERS
  --only <names>    only these metrics: METRICS
  --rounds <n>      processes per peer and metric, the median counts; 3
  --json            the numbers as JSON
  --check           exit with 1 when xstate-xmpp misses a goal
`;

/** Files of `peers/`, in the order of the table. One that does not exist is left out. */
const PEERS = ['bare-socket', 'xstate-xmpp', 'xmpp-js', 'stanza', 'strophe'];

/** Name of the metric that stands for all ways of being flooded. */
const FLOOD = 'flood';
/** And of what stream management costs. */
const MANAGEMENT = 'management';

/** And of being looked at meanwhile. */
const INSPECTOR = 'inspector';

/** Milliseconds after which a process is taken to hang. */
const TASK_LIMIT = 180_000;

const { values: options } = parseArgs({
  options: {
    peer: { type: 'string' },
    only: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const names = [...new Set(METRICS.map(({ name }) => name)), ...LOGIN_NAMES, FLOOD, MANAGEMENT, INSPECTOR];
if (options.help) console.log(HELP.replace('PEERS', PEERS.join(' ')).replace('METRICS', names.join(' ')));
else await main();

async function main(): Promise<void> {
  const peers = chosen(options.peer, PEERS).filter((peer) => existsSync(fileURLToPath(peerFile(peer))));
  const wanted = chosen(options.only, names);
  const metrics = METRICS.filter(({ name }) => wanted.includes(name));
  const titles = new Map<string, string>();
  const results = await measureAll(peers, metrics, Number(options.rounds), titles);
  const logins = LOGIN_NAMES.filter((name) => wanted.includes(name) && peers.includes('xstate-xmpp'));
  const reports = await measureLogins(logins);
  const compared = Object.values(reports).flatMap((report) => ('compared' in report ? report.compared : []));
  const floods =
    wanted.includes(FLOOD) && peers.includes('xstate-xmpp') ? await measureFloods(Number(options.rounds)) : [];
  const management =
    wanted.includes(MANAGEMENT) && peers.includes('xstate-xmpp') ? await measureManagement() : undefined;
  const inspected = wanted.includes(INSPECTOR) && peers.includes('xstate-xmpp') ? await measureInspected() : [];
  if (options.json)
    console.log(
      JSON.stringify({ ...asJson(results, titles), ...reports, floods, management, inspected }, undefined, 2),
    );
  else {
    const processor = cpus()[0]?.model ?? 'unknown processor';
    console.log(`Node ${process.versions.node}, ${processor}; in parentheses: times xmpp.js`);
    const others = [loginRows(compared), floodRows(floods), managementRows(management), inspectorRows(inspected)];
    for (const rows of [tableRows(results, metrics, titles), ...others]) {
      if (rows.length > 0) console.log(`\n${align(rows)}`);
    }
  }
  const isMissed = !verdicts(results, metrics).every(({ reached }) => reached) || !compared.every(isReached);
  const isCostly = management !== undefined && !isCheap(management);
  const isSlow = isCostly || !floods.every(isWithstood) || !inspected.every(isUnhurried);
  if (options.check && (isMissed || isSlow)) process.exitCode = 1;
}

/** Each comparison in a process of its own, as all the others. */
async function measureLogins(logins: readonly LoginName[]): Promise<Readonly<Record<string, LoginReport>>> {
  const reports: Record<string, LoginReport> = {};
  for (const name of logins) {
    progress(name);
    const report = await forked<LoginReport>('login.js', [name]);
    if ('missing' in report) console.error(report.missing);
    reports[name] = report;
  }
  progress('');
  return reports;
}

async function measureManagement(): Promise<ManagementReport> {
  progress(MANAGEMENT);
  const report = await forked<ManagementReport>('management.js', []);
  progress('');
  return report;
}

async function measureInspected(): Promise<readonly InspectorReport[]> {
  const reports: InspectorReport[] = [];
  for (const onlooker of ONLOOKERS) {
    progress(`${INSPECTOR} ${onlooker}`);
    reports.push(await forked<InspectorReport>('inspector.js', [onlooker]));
  }
  progress('');
  return reports;
}

/** Each in a process of its own, whose memory is not that of another flood. */
async function measureFloods(rounds: number): Promise<readonly Flood[]> {
  const floods: Flood[] = [];
  for (const way of FLOOD_WAYS) {
    const all: Measures[] = [];
    for (let round = 1; round <= rounds; round++) {
      progress(`${FLOOD} ${round}/${rounds} ${way}`);
      all.push(await forked<Measures>('flood.js', [way]));
    }
    floods.push({ way, cost: medians(all) });
  }
  progress('');
  return floods;
}

function chosen(option: string | undefined, all: readonly string[]): readonly string[] {
  const list = option?.split(',') ?? all;
  const unknown = list.find((name) => !all.includes(name));
  if (unknown === undefined) return list;
  console.error(`${unknown} is none of ${all.join(', ')}`);
  process.exit(2);
}

/** Rounds outermost within a metric, so that a slow minute of the machine hits all peers. */
async function measureAll(
  peers: readonly string[],
  metrics: readonly Metric[],
  rounds: number,
  titles: Map<string, string>,
): Promise<Results> {
  const results = new Map(peers.map((peer) => [peer, new Map<string, Measures>()]));
  for (const { name, task } of new Map(metrics.map((metric) => [metric.name, metric])).values()) {
    const all = new Map<string, Measures[]>(peers.map((peer) => [peer, []]));
    const prosody = task.task === 'prosody' ? await startPeersProsody() : undefined;
    for (let round = 1; round <= rounds; round++) {
      for (const peer of peers) {
        progress(`${name} ${round}/${rounds} ${peer}`);
        const { title, measures } = await runTask(peer, task, prosody);
        titles.set(peer, title);
        if (measures) all.get(peer)?.push(measures);
      }
    }
    await prosody?.stop();
    for (const [peer, each] of all) if (each.length > 0) results.get(peer)?.set(name, medians(each));
  }
  progress('');
  return results;
}

function runTask(peer: string, task: Task, prosody: PeersProsody | undefined) {
  const place = prosody ? [JSON.stringify(prosody.server)] : [];
  return forked<{ readonly title: string; readonly measures?: Measures }>(
    'peers/main.js',
    [peer, JSON.stringify(task), ...place],
    prosody?.environment,
  );
}

/** Runs a file of this folder in a process of its own; resolves with the message that it sends. */
function forked<Message>(file: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Message> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), args, {
    execArgv: ['--expose-gc'],
    env: { ...process.env, ...environment },
  });
  const late = setTimeout(() => child.kill('SIGKILL'), TASK_LIMIT);
  child.once('exit', () => clearTimeout(late));
  return new Promise((resolve, reject) => {
    child.once('message', (message: Message) => resolve(message));
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}: ${args.join(' ')}`)));
  });
}

function peerFile(peer: string): URL {
  return new URL(`peers/${peer}.js`, import.meta.url);
}

function asJson(results: Results, titles: ReadonlyMap<string, string>): Record<string, unknown> {
  return Object.fromEntries(
    [...results].map(([peer, measures]) => [peer, { title: titles.get(peer), ...Object.fromEntries(measures) }]),
  );
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}
