// Measures ours and others side by side: `npm run bench -- --help`.

import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { LoginCosts } from './login.ts';
import { METRICS, type Metric } from './metrics.ts';
import { type Measures, medians, type Task } from './peers/measure.ts';
import { formatTable, type Results, verdicts } from './table.ts';

const HELP = `Measures CPU, time and memory of XMPP clients, each in a process of its own, against a scripted server.

  --peer <names>    only these, separated by commas: PEERS
  --only <names>    only these metrics: METRICS
  --rounds <n>      processes per peer and metric, the median counts; 3
  --json            the numbers as JSON
  --check           exit with 1 when xstate-xmpp misses a goal
`;

/** Files of `peers/`, in the order of the table. One that does not exist is left out. */
const PEERS = ['bare-socket', 'xstate-xmpp', 'xmpp-js', 'stanza', 'strophe'];

/** Milliseconds after which a process is taken to hang. */
const TASK_LIMIT = 180_000;

/** Its name among the metrics: it has no column for each peer. */
const SECURE_LOGIN = 'secure-login';
/** Times the bare script. */
const LOGIN_GOAL = 1.3;

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

const names = [...new Set(METRICS.map(({ name }) => name)), SECURE_LOGIN];
if (options.help) console.log(HELP.replace('PEERS', PEERS.join(' ')).replace('METRICS', names.join(' ')));
else await main();

async function main(): Promise<void> {
  const peers = chosen(options.peer, PEERS).filter((peer) => existsSync(fileURLToPath(peerFile(peer))));
  const wanted = chosen(options.only, names);
  const metrics = METRICS.filter(({ name }) => wanted.includes(name));
  const titles = new Map<string, string>();
  const results = await measureAll(peers, metrics, Number(options.rounds), titles);
  const judged = verdicts(results, metrics);
  const costs = wanted.includes(SECURE_LOGIN) && peers.includes('xstate-xmpp') ? await secureLogins() : undefined;
  if (options.json) console.log(JSON.stringify({ ...asJson(results, titles), secureLogin: costs }, undefined, 2));
  else {
    console.log(
      `Node ${process.versions.node}, ${cpus()[0]?.model ?? 'unknown processor'}; in parentheses: times xmpp.js\n`,
    );
    console.log(formatTable(results, metrics, titles));
    if (costs) console.log(`\n${formatLogins(costs)}`);
  }
  const missed = judged.some(({ reached }) => !reached) || (costs && ratioOf(costs) > LOGIN_GOAL);
  if (options.check && missed) process.exitCode = 1;
}

/** In a process of its own, as all the others. */
async function secureLogins(): Promise<LoginCosts> {
  progress(SECURE_LOGIN);
  const child = fork(fileURLToPath(new URL('login.js', import.meta.url)), { execArgv: [] });
  const costs = await new Promise<LoginCosts>((resolve, reject) => {
    child.once('message', (message: LoginCosts) => resolve(message));
    child.once('exit', (code) => reject(new Error(`the logins ended with ${code}`)));
  });
  progress('');
  return costs;
}

function formatLogins(costs: LoginCosts): string {
  const { bare, ours } = costs;
  const ratio = ratioOf(costs);
  return [
    'Login to the embedded server over STARTTLS and SCRAM-SHA-512, elapsed (CPU) in ms, medians of 300 in turn:',
    `  bare script ${bare.elapsed.toFixed(2)} (${bare.cpu.toFixed(2)}), xstate-xmpp ${ours.elapsed.toFixed(2)} (${ours.cpu.toFixed(2)})`,
    `  ratio ${ratio.toFixed(2)}, goal ≤ ${LOGIN_GOAL} ${ratio <= LOGIN_GOAL ? 'ok' : 'MISSED'}`,
  ].join('\n');
}

function ratioOf({ bare, ours }: LoginCosts): number {
  return ours.elapsed / bare.elapsed;
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
    for (let round = 1; round <= rounds; round++) {
      for (const peer of peers) {
        progress(`${name} ${round}/${rounds} ${peer}`);
        const { title, measures } = await runTask(peer, task);
        titles.set(peer, title);
        if (measures) all.get(peer)?.push(measures);
      }
    }
    for (const [peer, each] of all) if (each.length > 0) results.get(peer)?.set(name, medians(each));
  }
  progress('');
  return results;
}

function runTask(peer: string, task: Task): Promise<{ title: string; measures?: Measures }> {
  const main = fileURLToPath(new URL('peers/main.js', import.meta.url));
  const child = fork(main, [peer, JSON.stringify(task)], { execArgv: ['--expose-gc'] });
  const late = setTimeout(() => child.kill('SIGKILL'), TASK_LIMIT);
  child.once('exit', () => clearTimeout(late));
  return new Promise((resolve, reject) => {
    child.once('message', (message: { title: string; measures?: Measures }) => resolve(message));
    child.once('exit', (code) => reject(new Error(`${peer} ended with ${code} in ${JSON.stringify(task)}`)));
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
