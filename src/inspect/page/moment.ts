import type { LogEntry } from '../live/protocol.ts';
import { afterTransition, type History, indexOfSeq, type KnownActor, type TransitionEntry } from './history.ts';

/** How everything stood right after an entry. */
export interface Moment {
  readonly at: number;
  /** The actors that were there then. States are empty where nothing tells them. */
  readonly actors: readonly KnownActor[];
  readonly entry: LogEntry;
}

/** A transition, and where the actor was before. */
export interface Move {
  readonly entry: TransitionEntry;
  /** Innermost states before; `undefined` where nothing tells them. */
  readonly before: readonly string[] | undefined;
}

/** How everything stood right after the entry with this `seq`, or the one before it; `undefined` before the first. */
export function momentAt(history: History, seq: number): Moment | undefined {
  const end = indexOfSeq(history.entries, seq);
  const entry = history.entries[end];
  if (!entry) return undefined;
  const actors = new Map(history.actors.map((actor) => [actor.id, atTheBeginning(actor)]));
  const told = new Set<string>();
  for (const past of history.entries.slice(0, end + 1)) {
    const actor = past.kind === 'transition' ? actors.get(past.actor) : undefined;
    if (past.kind !== 'transition' || !actor) continue;
    told.add(past.actor);
    // Most events move nothing; then nothing tells since when it is there.
    if (past.moved) actors.set(past.actor, afterTransition(actor, past));
    else if (actor.states.length === 0) actors.set(past.actor, { ...actor, states: past.states });
  }
  const later = firstMoves(history.entries.slice(end + 1), told);
  const there = [...actors.values()].filter((actor) => actor.firstSeq <= entry.seq && !isGone(actor, entry.seq));
  return { at: entry.at, entry, actors: there.map((actor) => (told.has(actor.id) ? actor : untold(actor))) };

  /** No entry up to now tells where it was. It was where it is, unless it moved since. */
  function untold(actor: KnownActor): KnownActor {
    const move = later.get(actor.id);
    const now = history.actors.find(({ id }) => id === actor.id);
    if (!move) return { ...actor, states: now?.states ?? [], since: now?.since ?? {} };
    return move.moved ? actor : { ...actor, states: move.states };
  }
}

/** The last transition of an actor that led somewhere, up to an entry. */
export function lastMove(entries: readonly LogEntry[], actor: string, seq: number): Move | undefined {
  const end = indexOfSeq(entries, seq);
  let found: TransitionEntry | undefined;
  for (let index = end; index >= 0; index--) {
    const entry = entries[index];
    if (entry?.kind !== 'transition' || entry.actor !== actor) continue;
    if (found) return { entry: found, before: entry.states };
    if (entry.moved) found = entry;
  }
  return found && { entry: found, before: undefined };
}

function atTheBeginning(actor: KnownActor): KnownActor {
  return { ...actor, status: 'active', states: [], since: {}, deadlines: [] };
}

function isGone({ goneSeq }: KnownActor, seq: number): boolean {
  return goneSeq !== undefined && goneSeq < seq;
}

function firstMoves(later: readonly LogEntry[], told: ReadonlySet<string>): Map<string, TransitionEntry> {
  const moves = new Map<string, TransitionEntry>();
  for (const entry of later) {
    if (entry.kind === 'transition' && !told.has(entry.actor) && !moves.has(entry.actor)) moves.set(entry.actor, entry);
  }
  return moves;
}
