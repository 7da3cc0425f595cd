import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, rmSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServerFacts, XmppServer } from './server.ts';

/** How a server is started in its folder, in the foreground, and what it says about it. */
export interface ServerProgram {
  /**
   * A program that writes the line `ready` to standard error when all its ports are open, and ends as an administrator ends
   * it when its standard input does: so it goes with this process, however this process ends.
   */
  readonly command: string;
  readonly args: readonly string[];
  /** Added to the environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Names of its logs in its folder, beside its standard output. */
  readonly logs: readonly string[];
  /** What it logs when it goes on without a port; absent if it never does. */
  readonly closedPort?: RegExp;
}

const READY = /^ready$/m;
const START_LIMIT = 30_000;
const STOP_LIMIT = 10_000;
const OUTPUT = 'output.log';

/** Starts a server whose files are written. Rejects with its log, and removes its folder, when it does not come up. */
export async function startServer(facts: ServerFacts, program: ServerProgram): Promise<XmppServer> {
  const { folder } = facts;
  let child: ChildProcess | undefined;
  const removeAll = () => {
    child?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  const log = () => readLogs(folder, [OUTPUT, ...program.logs]);
  const start = async () => {
    child = spawnServer(folder, program);
    const complaints = await untilReady(child);
    checkStart(child, facts, program, `${complaints}\n${await log()}`);
  };
  const end = async (how: 'properly' | 'at once') => {
    if (child) await endProcess(child, how);
    child = undefined;
  };
  const remove = async () => {
    await rm(folder, { recursive: true, force: true });
    process.off('exit', removeAll);
  };

  process.once('exit', removeAll);
  try {
    await start();
  } catch (error) {
    await end('at once');
    await remove();
    throw error;
  }
  return {
    ...facts,
    get pid() {
      return child && isRunning(child) ? child.pid : undefined;
    },
    log,
    stop: async () => {
      await end('properly');
      await remove();
    },
    kill: () => end('at once'),
    restart: async () => {
      await end('properly');
      await start();
    },
  };
}

/** Its standard output goes to a file of its folder: nobody has to read it, and it is there when the server has died. */
function spawnServer(folder: string, { command, args, environment }: ServerProgram): ChildProcess {
  const output = openSync(join(folder, OUTPUT), 'a');
  try {
    const child = spawn(command, args, {
      cwd: folder,
      env: { ...process.env, ...environment },
      stdio: ['pipe', output, 'pipe'],
    });
    // There is nobody to tell when it has ended already.
    child.stdin?.on('error', () => {});
    return child;
  } finally {
    closeSync(output);
  }
}

async function readLogs(folder: string, names: readonly string[]): Promise<string> {
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8').catch(() => '')));
  return texts.join('');
}

/** Waits until the server says that it is ready, has ended, or was ended for taking too long. Resolves with what it said. */
async function untilReady(child: ChildProcess): Promise<string> {
  const limit = setTimeout(() => child.kill('SIGKILL'), START_LIMIT);
  const said = await new Promise<string>((resolve) => {
    let text = '';
    child.stderr?.setEncoding('utf8').on('data', (more: string) => {
      text += more;
      if (READY.test(text)) resolve(text);
    });
    child.once('error', (error) => resolve(error.message));
    child.once('close', () => resolve(text));
  });
  clearTimeout(limit);
  return said;
}

function checkStart(
  child: ChildProcess,
  { software }: ServerFacts,
  { closedPort }: ServerProgram,
  logged: string,
): void {
  if (!isRunning(child)) throw new Error(`${software} ended at its start: ${outcome(child)}\n${logged}`);
  const complaint = closedPort?.exec(logged)?.[0];
  if (complaint) throw new Error(`${software} could not start: ${complaint}\n${logged}`);
}

function outcome(child: ChildProcess): string {
  if (child.pid === undefined) return 'it could not be started';
  return child.signalCode === 'SIGKILL' ? `not ready within ${START_LIMIT} ms` : `exit code ${child.exitCode}`;
}

async function endProcess(child: ChildProcess, how: 'properly' | 'at once'): Promise<void> {
  if (!isRunning(child)) return;
  const ended = once(child, 'exit');
  if (how === 'properly') child.stdin?.end();
  else child.kill('SIGKILL');
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT);
  await ended;
  clearTimeout(late);
}

function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}
