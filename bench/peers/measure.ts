import { setTimeout as delay, setImmediate } from 'node:timers/promises';
import { measureJids } from '../jid.ts';
import { measureRealLogin } from '../logins/measure-peer.ts';
import type { RealServer } from '../logins/place.ts';
import { type ScriptedServer, startScriptedServer } from '../servers/control.ts';
import { ITEMS, itemLength, readLength, type StanzaKind, VARIANTS } from '../servers/stanzas.ts';
import type { Peer, PeerConnection, Reader } from './peer.ts';

/** What a process can be asked to measure, all of it with one peer. */
export type Task =
  | { readonly task: 'receive'; readonly kind: StanzaKind; readonly count: number; readonly runs: number }
  | { readonly task: 'send'; readonly count: number; readonly runs: number }
  | { readonly task: 'ping'; readonly count: number; readonly window: number; readonly runs: number }
  | { readonly task: 'login'; readonly count: number; readonly runs: number }
  | { readonly task: 'idle'; readonly clients: number }
  | { readonly task: 'handlers'; readonly handlers: number; readonly count: number; readonly runs: number }
  | { readonly task: 'pending'; readonly requests: number; readonly count: number; readonly runs: number }
  | { readonly task: 'prosody' }
  | { readonly task: 'jid' };

/** A task for which there is the scripted server. */
type ScriptedTask = Exclude<Task, { readonly task: 'prosody' } | { readonly task: 'jid' }>;

/**
 * Numbers by name, each the median of the runs: `cpu` and `wall` in µs per item, `heap` and `resident` in bytes, `ratio`;
 * `seen` and `unseen` in µs for each address.
 */
export type Measures = Readonly<Record<string, number>>;

/** CPU µs that one run of a comparison may take. */
const RUN_LIMIT = 1_000_000;

/** Measures one task; undefined when the peer has nothing of the kind. A Prosody is there for the task of that name. */
export async function measure(peer: Peer, task: Task, prosody?: RealServer): Promise<Measures | undefined> {
  if (task.task === 'jid') return peer.parseJid && { ...measureJids(peer.parseJid) };
  if (task.task === 'prosody') return prosody && (await measureRealLogin(peer, prosody));
  const server = await startScriptedServer();
  try {
    return await measureWith(server, peer, task);
  } finally {
    await server.stop();
  }
}

function measureWith(server: ScriptedServer, peer: Peer, task: ScriptedTask): Promise<Measures | undefined> {
  if (task.task === 'receive') return measureReceive(server, peer, task.kind, task.count, task.runs);
  if (task.task === 'send') return measureSend(server, peer, task.count, task.runs);
  if (task.task === 'ping') return measurePing(server, peer, task.count, task.window, task.runs);
  if (task.task === 'login') return measureLogin(server, peer, task.count, task.runs);
  if (task.task === 'idle') return measureIdle(server, peer, task.clients);
  if (task.task === 'handlers') return measureHandlers(server, peer, task.handlers, task.count, task.runs);
  return measurePending(server, peer, task.requests, task.count, task.runs);
}

async function measureReceive(server: ScriptedServer, peer: Peer, kind: StanzaKind, count: number, runs: number) {
  const receive = receiver(server, await peer.connect(server.address), kind, 0);
  await receive(count);
  return medians(await repeat(runs, () => perItem(count, () => receive(count))));
}

async function measureSend(server: ScriptedServer, peer: Peer, count: number, runs: number) {
  const connection = await peer.connect(server.address);
  const send = async () => {
    const { arrived } = await server.expect(count);
    for (let index = 0; index < count; index++) {
      const sent = connection.send('romeo@montague.example', `O Romeo, Romeo! wherefore art thou Romeo? ${index}`);
      if (index % 100 === 99) await (sent ?? setImmediate());
    }
    await arrived;
  };
  await send();
  return medians(await repeat(runs, () => perItem(count, send)));
}

async function measurePing(server: ScriptedServer, peer: Peer, count: number, window: number, runs: number) {
  const connection = await peer.connect(server.address);
  const chain = async () => {
    for (let index = 0; index < count / window; index++) await connection.ping();
  };
  const ping = async () => {
    await Promise.all(Array.from({ length: window }, chain));
  };
  await ping();
  return medians(await repeat(runs, () => perItem(count, ping)));
}

async function measureLogin(server: ScriptedServer, peer: Peer, count: number, runs: number) {
  const logIn = async () => {
    for (let index = 0; index < count; index++) void (await peer.connect(server.address)).close();
  };
  await logIn();
  return medians(await repeat(runs, () => perItem(count, logIn)));
}

/** What each further client holds: the code that the first ones had compiled is not theirs. */
async function measureIdle(server: ScriptedServer, peer: Peer, clients: number): Promise<Measures> {
  const kept: PeerConnection[] = [];
  const connectMore = async (count: number): Promise<void> => {
    for (const end = kept.length + count; kept.length < end; ) {
      const some = Math.min(20, end - kept.length);
      kept.push(...(await Promise.all(Array.from({ length: some }, () => peer.connect(server.address)))));
    }
  };
  await connectMore(50);
  const before = await settledMemory();
  await connectMore(clients);
  const after = await settledMemory();
  return { heap: (after.heapUsed - before.heapUsed) / clients, resident: (after.rss - before.rss) / clients };
}

/** Two sessions in turn, one with one handler, one with many: other work on this machine slows down both. */
async function measureHandlers(server: ScriptedServer, peer: Peer, handlers: number, count: number, runs: number) {
  const [few, many] = [await peer.connect(server.address), await peer.connect(server.address)];
  if (!few.addHandlers || !many.addHandlers) return undefined;
  few.addHandlers(1);
  many.addHandlers(handlers);
  return compare(count, runs, receiver(server, few, 'small', 0), receiver(server, many, 'small', 1));
}

async function measurePending(server: ScriptedServer, peer: Peer, requests: number, count: number, runs: number) {
  const [none, many] = [await peer.connect(server.address), await peer.connect(server.address)];
  if (!many.request) return undefined;
  many.request();
  const before = await settledMemory();
  for (let index = 0; index < requests; index++) {
    many.request();
    if (index % 100 === 99) await setImmediate();
  }
  const after = await settledMemory();
  const ratio = await compare(count, runs, receiver(server, none, 'small', 0), receiver(server, many, 'small', 1));
  return { ...ratio, heap: (after.heapUsed - before.heapUsed) / requests };
}

/** How many times as much `other` needs as `base`. A run is shortened when it would take too long. */
async function compare(
  count: number,
  runs: number,
  base: (count: number) => Promise<void>,
  other: (count: number) => Promise<void>,
): Promise<Measures> {
  await base(count);
  await other(Math.ceil(count / 20));
  const { cpu } = await perItem(Math.ceil(count / 20), () => other(Math.ceil(count / 20)));
  const fitting = Math.ceil(Math.min(count, RUN_LIMIT / cpu));
  const pairs = await repeat(runs, async () => {
    const first = await perItem(fitting, () => base(fitting));
    const second = await perItem(fitting, () => other(fitting));
    return { ratio: second.cpu / first.cpu };
  });
  return medians(pairs);
}

/** A function that has `count` stanzas sent and resolves when all are read; rejects when not all of it was read. */
function receiver(server: ScriptedServer, connection: PeerConnection, kind: StanzaKind, session: number) {
  let left = 0;
  let length = 0;
  let done: () => void = () => {};
  const reader: Reader = {
    message: (body) => {
      length += body.length;
      left -= 1;
      if (left === 0) done();
    },
    item: (item) => {
      length += itemLength(item);
      left -= 1;
      if (left === 0) done();
    },
  };
  connection.receive(reader);
  return async (count: number) => {
    left = kind === 'small' ? count : count * ITEMS;
    length = 0;
    const finished = new Promise<void>((resolve) => {
      done = resolve;
    });
    server.flood(kind, count, session);
    await finished;
    const sum = expectedLength(kind, count);
    if (length !== sum) throw new Error(`read ${length} characters of ${count} ${kind} stanzas, which have ${sum}`);
  };
}

const LENGTHS: Readonly<Record<StanzaKind, readonly number[]>> = { small: lengths('small'), large: lengths('large') };

function lengths(kind: StanzaKind): readonly number[] {
  return Array.from({ length: VARIANTS[kind] }, (_, variant) => readLength(kind, variant));
}

function expectedLength(kind: StanzaKind, count: number): number {
  const sum = (values: readonly number[]) => values.reduce((total, each) => total + each, 0);
  const rounds = Math.floor(count / VARIANTS[kind]);
  return rounds * sum(LENGTHS[kind]) + sum(LENGTHS[kind].slice(0, count % VARIANTS[kind]));
}

async function perItem(count: number, run: () => Promise<void>): Promise<{ cpu: number; wall: number }> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await run();
  const { user, system } = process.cpuUsage(cpu);
  return { cpu: (user + system) / count, wall: ((performance.now() - start) * 1000) / count };
}

async function settledMemory(): Promise<NodeJS.MemoryUsage> {
  const collect = globalThis.gc;
  if (!collect) throw new Error('start node with --expose-gc');
  await delay(300);
  collect();
  await delay(100);
  collect();
  return process.memoryUsage();
}

async function repeat<T>(runs: number, run: () => Promise<T>): Promise<readonly T[]> {
  const results: T[] = [];
  while (results.length < runs) results.push(await run());
  return results;
}

/** The median of each number by itself. */
export function medians(all: readonly Measures[]): Measures {
  const names = Object.keys(all[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, median(all.map((each) => each[name] ?? Number.NaN))]));
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}
