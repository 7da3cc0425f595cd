import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Catch } from './judge.ts';
import type { MachineName } from './subjects.ts';

/** One mutant to examine. */
export interface Task {
  readonly machine: MachineName;
  readonly index: number;
}

/** What came of it. */
export interface Verdict extends Task {
  readonly found: Catch | undefined;
}

/** Examines mutants in so many processes; each verdict is told as soon as it is known. */
export async function examineAll(
  tasks: readonly Task[],
  processes: number,
  onVerdict: (verdict: Verdict) => void,
): Promise<void> {
  const waiting = tasks.values();
  const share = async (): Promise<void> => {
    const worker = fork(join(import.meta.dirname, 'worker.js'));
    try {
      for (const task of waiting) onVerdict(await examine(worker, task));
    } finally {
      worker.kill();
    }
  };
  await Promise.all(Array.from({ length: Math.min(processes, tasks.length) }, share));
}

/** @throws Error if the process ends without an answer */
async function examine(worker: ChildProcess, task: Task): Promise<Verdict> {
  const over = new AbortController();
  const { signal } = over;
  const died = once(worker, 'exit', { signal }).then(([code]) => {
    throw new Error(`A worker ended with ${code} while it examined mutant ${task.index} of ${task.machine}`);
  });
  try {
    const answer = once(worker, 'message', { signal });
    worker.send(task);
    const [verdict]: Verdict[] = await Promise.race([answer, died]);
    if (!verdict) throw new Error('A worker said nothing');
    return verdict;
  } finally {
    over.abort();
    died.catch(() => {});
  }
}
