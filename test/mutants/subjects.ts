import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { AnyStateMachine } from 'xstate';
import { authenticationSubject } from '../machines/subjects/authentication.ts';
import { clientSubject } from '../machines/subjects/client.ts';
import { sessionSubject } from '../machines/subjects/session.ts';
import type { Subject } from '../machines/subjects/subject.ts';
import { type Catch, Judge } from './judge.ts';
import { type Mutant, mutantsOf, mutate } from './mutants.ts';

/** A chart whose mutants can be examined. */
export interface Examination {
  readonly mutants: readonly Mutant[];
  /** What notices the mutant with this index; `undefined` if it survives. */
  examine(index: number): Catch | undefined;
}

/** The charts, by the name of the machine. */
export const MACHINES = ['session', 'authentication', 'client'] as const;

export type MachineName = (typeof MACHINES)[number];

/** The chart as it is. */
export function chartOf(name: MachineName): AnyStateMachine {
  return { session: sessionSubject, authentication: authenticationSubject, client: clientSubject }[name].chart;
}

/** @throws Error if the chart as it is does not pass, or what it does was never kept in test/machines/cases */
export function examinationOf(name: MachineName): Examination {
  const table = readFileSync(join(root(), 'test/machines/cases', `${name}.outcomes.txt`), 'utf8');
  if (name === 'session') return examination(sessionSubject, table);
  if (name === 'authentication') return examination(authenticationSubject, table);
  return examination(clientSubject, table);
}

function examination<M extends AnyStateMachine>(subject: Subject<M>, table: string): Examination {
  const judge = new Judge(subject, table);
  return {
    mutants: mutantsOf(subject.chart),
    examine: (index) => judge.judge(mutate(subject.chart, index)),
  };
}

/** The folder of the project: this file also runs from dist/test/mutants. */
function root(): string {
  const above = join(import.meta.dirname, '../..');
  return basename(above) === 'dist' ? dirname(above) : above;
}
