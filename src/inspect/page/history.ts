import type { Explanation } from '../../client/index.ts';
import type { LiveActor, LogEntry } from '../live/protocol.ts';
import { sinceAfter } from './state-paths.ts';

/** A line of the log that tells a transition. */
export type TransitionEntry = Extract<LogEntry, { kind: 'transition' }>;
/** A line of the log that tells what became of a stanza. */
export type DeliveryEntry = Extract<LogEntry, { kind: 'delivery' }>;
/** A line of the log with a stanza. */
export type StanzaEntry = Extract<LogEntry, { kind: 'stanza' }>;

/** An actor, and between which entries it was there. */
export interface KnownActor extends LiveActor {
  /** `seq` of the first entry that it may have had a part in; 0 for what was there before. */
  readonly firstSeq: number;
  /** `seq` of the entry after which it was gone. */
  readonly goneSeq: number | undefined;
}

/** All that is known of one client, or what a recording tells of it. Never changed: a newer one takes its place. */
export interface History {
  readonly id: string;
  readonly name: string;
  /** Where it is from: with `recording` nothing can be sent, and nothing more will come. */
  readonly source: 'live' | 'recording';
  /** A client that the inspector no longer has. */
  readonly isGone: boolean;
  /** Oldest first, by growing `seq`. */
  readonly entries: readonly LogEntry[];
  /** How many older ones are no longer here. */
  readonly forgotten: number;
  /** What became of stanzas at last, by `seq` of the stanza. */
  readonly deliveries: ReadonlyMap<number, DeliveryEntry>;
  /** Those that are gone too, as long as there are entries of their time. The client itself comes first. */
  readonly actors: readonly KnownActor[];
  readonly explanation: Explanation | undefined;
}

/** A history of which nothing is known yet. */
export function emptyHistory(id: string, name: string): History {
  return {
    id,
    name,
    source: 'live',
    isGone: false,
    entries: [],
    forgotten: 0,
    deliveries: new Map(),
    actors: [],
    explanation: undefined,
  };
}

/** An actor after a transition: where it is, and since when. Deadlines of states that it left are gone. */
export function afterTransition<T extends LiveActor>(actor: T, entry: TransitionEntry): T {
  const since = sinceAfter(actor.since, entry.states, entry.at);
  const deadlines = actor.deadlines.filter(({ state }) => since[state] !== undefined);
  return { ...actor, states: entry.states, since, deadlines };
}

/** Index of the last entry that is not after this one; -1 if all are. */
export function indexOfSeq(entries: readonly LogEntry[], seq: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((entries[middle]?.seq ?? 0) <= seq) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
