import { appendFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ChartCoverage, mergeCoverage, stronger, type Taken } from './chart-coverage.ts';
import type { LedgerListener } from './ledger.ts';

/*
 * What a process took, as lines of JSON. A machine is a line of its own, with all that it has, when it is first seen; each thing that it
 * takes for the first time is a line `[machine, kind, name, by]`. So nothing has to be done at the end of a process, and nothing is lost
 * when it is killed.
 */

const ENDING = '.coverage.jsonl';

type Kind = 'states' | 'transitions';
type Line = ChartCoverage | readonly [machine: number, kind: Kind, name: string, by: Taken];

/**
 * Writes into a file of its own in this folder. A folder that is not there is made, when there is something to write. Where that cannot
 * be done, there is a warning of the process, once: what hears a machine must not throw into its steps.
 */
export function journal(folder: string): LedgerListener {
  const file = join(folder, `${process.pid}-${crypto.randomUUID()}${ENDING}`);
  let state: 'new' | 'open' | 'closed' = 'new';
  const write = (line: Line): void => {
    if (state === 'closed') return;
    try {
      if (state === 'new') mkdirSync(folder, { recursive: true });
      state = 'open';
      appendFileSync(file, `${JSON.stringify(line)}\n`);
    } catch (error) {
      state = 'closed';
      process.emitWarning(`The coverage of charts is not complete: ${error}`);
    }
  };
  return {
    machine: (_, coverage) => write(coverage),
    taken: (index, kind, name, by) => write([index, kind, name, by]),
  };
}

/** Puts together what all processes wrote into a folder; nothing, where there is no such folder. */
export function readJournals(folder: string): ChartCoverage[] {
  return mergeCoverage(journalsIn(folder).flatMap((name) => read(join(folder, name))));
}

function journalsIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith(ENDING));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

function read(file: string): ChartCoverage[] {
  const machines: { machine: string; states: Record<string, Taken>; transitions: Record<string, Taken> }[] = [];
  // A process that is killed in the middle of a line leaves it without an end.
  for (const text of readFileSync(file, 'utf8').split('\n').slice(0, -1)) {
    const line: Line = JSON.parse(text);
    if (!isEntry(line)) {
      machines.push({ machine: line.machine, states: { ...line.states }, transitions: { ...line.transitions } });
      continue;
    }
    const [index, kind, name, by] = line;
    const taken = machines[index]?.[kind];
    if (taken) taken[name] = stronger(taken[name] ?? by, by);
  }
  return machines;
}

function isEntry(line: Line): line is Exclude<Line, ChartCoverage> {
  return Array.isArray(line);
}
