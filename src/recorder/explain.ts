import type { AnyMachineSnapshot } from 'xstate';
import { type Explanation, OptionError, shown } from '../errors/index.ts';
import { explanationOf } from './explanation.ts';
import { recorderOf } from './flight-recorder.ts';

/**
 * Tells where an actor is, since when, what it waits for, until when, what happened last, what comes next, and what the user can do:
 * read off its chart. Times are known of clients that have a recorder; of any other machine the rest is told.
 *
 * @param now the moment to tell of, in milliseconds since 1970; that of the client's own clock if absent
 */
export function explain(snapshot: AnyMachineSnapshot, now?: number): Explanation {
  if (typeof snapshot?.machine !== 'object') {
    throw new OptionError(`Expected the snapshot of a machine for explain(), got ${shown(snapshot)}`, {
      hint: 'Give it `actor.getSnapshot()`.',
    });
  }
  const times = recorderOf(snapshot.context?.settings)?.times();
  return explanationOf(snapshot, {
    since: times?.since ?? NEVER,
    last: times?.last,
    now: now ?? times?.now ?? Date.now(),
  });
}

const NEVER: ReadonlyMap<string, number> = new Map();
