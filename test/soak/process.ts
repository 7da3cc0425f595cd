import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/*
 * A client in a process of its own does the same thing again and again, and says what its process had meanwhile.
 */

const CLIENT = fileURLToPath(new URL('../support/soak-client.mjs', import.meta.url));
const SERVER = fileURLToPath(new URL('../support/soak-server.mjs', import.meta.url));

/**
 * V8 compiles what runs often, again and again, for thousands of cycles, and forgets what ran long ago: that is on the heap too, and
 * many times what a client could leave there. Without it, growth is what is left behind.
 */
export const UNCOMPILED = ['--no-opt', '--no-sparkplug', '--no-flush-bytecode'];

/** What is done again and again. */
export interface Course {
  /** One client cut off; one client started and stopped; one client after the other. */
  readonly kind: 'reconnects' | 'starts' | 'clients';
  readonly streamManagement: boolean;
  /** Cycles before anything is measured. */
  readonly warmUp: number;
  readonly cycles: number;
  /** Cycles from one reading to the next. */
  readonly every: number;
}

/** What was there after so many cycles. */
interface Reading {
  readonly cycle: number;
  /** Bytes, after the garbage was collected. */
  readonly heap: number;
  /** Bytes of the heap that V8's compilers need. */
  readonly code: number;
  /** Microseconds of all cycles up to here, on all threads; the readings themselves are not counted. */
  readonly cpu: number;
  /** What could be left open. */
  readonly open: {
    readonly listeners: number;
    readonly resources: Readonly<Record<string, number>>;
    readonly descriptors: number;
  };
}

/** What a client process says in the end. */
export interface SoakReport {
  readonly readings: readonly Reading[];
  /** How many objects of each kind there were, at the first reading and at the last. */
  readonly objects: readonly Readonly<Record<string, number>>[];
  /** What was open before there was a client, and once it was stopped. */
  readonly before: Reading['open'];
  readonly left: Reading['open'];
  /** What its client reported. */
  readonly errors: readonly string[];
}

/** Runs it, with these flags of V8. */
export async function soak(course: Course, flags: readonly string[] = []): Promise<SoakReport> {
  const place = course.kind === 'reconnects' ? await startServer(course) : {};
  const child = start(CLIENT, { ...course, ...place }, ['--expose-gc', ...flags]);
  const [report] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  return JSON.parse(report);
}

/** What the heap grew by. */
export interface Growth {
  /** From the first reading to the last, bytes. */
  readonly inAll: number;
  /** Slope of the line that fits the readings best (least squares), bytes for each cycle. */
  readonly perCycle: number;
}

/** How the heap grew between the readings; `without` what is not to count. */
export function growthOf({ readings }: SoakReport, without: 'code' | 'nothing' = 'nothing'): Growth {
  const points = readings.map(({ cycle, heap, code }) => [cycle, without === 'code' ? heap - code : heap] as const);
  const cycles = mean(points.map(([cycle]) => cycle));
  const heap = mean(points.map(([, bytes]) => bytes));
  const covariance = mean(points.map(([cycle, bytes]) => (cycle - cycles) * (bytes - heap)));
  const variance = mean(points.map(([cycle]) => (cycle - cycles) ** 2));
  return { inAll: (points.at(-1)?.[1] ?? 0) - (points[0]?.[1] ?? 0), perCycle: covariance / variance };
}

/** Milliseconds of CPU time that a cycle took. */
export function cpuOf({ readings }: SoakReport): number {
  const last = readings.at(-1);
  return last ? last.cpu / 1000 / last.cycle : 0;
}

/** One line for people. */
export function describeReport(title: string, report: SoakReport): string {
  const [all, live] = [growthOf(report), growthOf(report, 'code')];
  const bytes = ({ inAll, perCycle }: Growth) => `${(inAll / 1024).toFixed(0)} KiB, ${perCycle.toFixed(0)} B a cycle`;
  return `${title}: heap ${bytes(all)}; without code ${bytes(live)}; CPU ${cpuOf(report).toFixed(2)} ms a cycle`;
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

async function startServer({ streamManagement }: Course) {
  const folder = await mkdtemp(join(tmpdir(), 'xstate-xmpp-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const child = start(SERVER, { streamManagement }, []);
  const [line] = await once(child.stdout, 'data');
  const { port, ca } = JSON.parse(String(line));
  await writeFile(join(folder, 'ca'), ca);
  return { port, ca: join(folder, 'ca') };
}

function start(script: string, settings: object, flags: readonly string[]) {
  const child = spawn(process.execPath, ['--no-warnings', ...flags, script], {
    env: { ...process.env, SOAK: JSON.stringify(settings) },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => end(child));
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill();
  await once(child, 'exit');
}
