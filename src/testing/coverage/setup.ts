/*
 * Loaded before the tests: `setupFiles` of vitest, `--import` of Node. It counts what all machines of the process do, and writes it into
 * the folder that CHART_COVERAGE names; without that it does nothing.
 *
 * It must come before the machines, so it loads nothing of this library but what counts.
 */
import { coverAllMachines } from './all-machines.ts';
import { journal } from './journal.ts';

/** Vitest loads this once for each file of tests, which may be many in one process. */
const DONE = Symbol.for('xstate-xmpp/testing/coverage');

const folder = process.env.CHART_COVERAGE;
if (folder && !(DONE in globalThis)) {
  Object.assign(globalThis, { [DONE]: true });
  coverAllMachines(journal(folder));
}
