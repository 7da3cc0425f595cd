// Examines the mutants that it is told to, one after the other; started by `workers.ts`.

import process from 'node:process';
import { type Examination, examinationOf, type MachineName } from './subjects.ts';
import type { Task, Verdict } from './workers.ts';

const examinations = new Map<MachineName, Examination>();

// XState warns of what is sent to a child that has ended; broken charts do that often.
console.warn = () => {};

process.on('message', ({ machine, index }: Task) => {
  const examination = examinations.get(machine) ?? examinationOf(machine);
  examinations.set(machine, examination);
  const verdict: Verdict = { machine, index, found: examination.examine(index) };
  process.send?.(verdict);
});
