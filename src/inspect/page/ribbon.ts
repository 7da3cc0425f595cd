import type { History, TransitionEntry } from './history.ts';
import { type Phase, phaseOf } from './phase.ts';

/** What the timeline shows of a history. */
export interface Ribbon {
  /** All transitions of all actors that led somewhere: each is a place to stop at. */
  readonly moves: readonly TransitionEntry[];
  /** What the client went through, by how many moves it lasted. */
  readonly segments: readonly Segment[];
}

/** A stretch in one of the client's larger states. */
interface Segment {
  readonly phase: Phase;
  /** Name of the state: `resolving`, `securing`, `online`. */
  readonly name: string;
  /** Counted in moves. */
  readonly length: number;
}

const MOST_SEGMENTS = 300;

/** The ribbon of a history. */
export function ribbonOf({ entries, actors }: History): Ribbon {
  const root = actors[0]?.id;
  const moves = entries.filter((entry): entry is TransitionEntry => entry.kind === 'transition' && entry.moved);
  const segments: Segment[] = [];
  let states: readonly string[] = [];
  for (const move of moves) {
    if (move.actor === root) states = move.states;
    const [phase, name] = [phaseOf(states), stageOf(states)];
    const last = segments.at(-1);
    if (last?.name === name) segments[segments.length - 1] = { phase, name, length: last.length + 1 };
    else segments.push({ phase, name, length: 1 });
  }
  return { moves, segments: atMost(segments, MOST_SEGMENTS) };
}

/** What a connection goes through is told one by one; of everything else the outermost state says enough. */
function stageOf([state = '']: readonly string[]): string {
  const [first = '', second] = state.split('.');
  return first === 'linked' && second !== undefined ? second : first;
}

/** Where there are too many to be seen, the shortest go with the one before. */
function atMost(segments: readonly Segment[], most: number): readonly Segment[] {
  if (segments.length <= most) return segments;
  const group = Math.ceil(segments.length / most);
  return Array.from({ length: Math.ceil(segments.length / group) }, (_, index) => {
    const part = segments.slice(index * group, (index + 1) * group);
    const longest = part.toSorted((one, other) => other.length - one.length)[0];
    const length = part.reduce((sum, segment) => sum + segment.length, 0);
    return { phase: longest?.phase ?? 'unknown', name: longest?.name ?? '', length };
  });
}
