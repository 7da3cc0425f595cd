import type { AnyStateMachine } from 'xstate';
import { type ModelEdge, type ModelGraph, type Walk, walkOf, walkTo } from './graph.ts';
import { type TransitionId, transitionIds } from './transition-id.ts';

/** The shortest walk to each node. */
export function shortestPaths<M extends AnyStateMachine>({ nodes }: ModelGraph<M>): Walk<M>[] {
  return nodes.map(walkTo);
}

/** How random walks are made. */
export interface RandomWalkOptions<M extends AnyStateMachine = AnyStateMachine> {
  /** The same seed gives the same walks. */
  readonly seed: number;
  /** How many steps a walk has at most; it is shorter where nothing can happen any more. */
  readonly length: number;
  readonly count: number;
  /** Which edges may be taken; all if absent. */
  readonly only?: EdgeFilter<M> | undefined;
}

type EdgeFilter<M extends AnyStateMachine> = (edge: ModelEdge<M>) => boolean;

/** Walks that take any edge at each node. */
export function randomWalks<M extends AnyStateMachine>(
  graph: ModelGraph<M>,
  { seed, length, count, only }: RandomWalkOptions<M>,
): Walk<M>[] {
  const next = randomNumbers(seed);
  return Array.from({ length: count }, () => walkBy(graph, Array.from({ length }, next), only));
}

/**
 * The walk that takes at each node the edge with this number, modulo how many there are. Every list of numbers is a walk, so whatever makes
 * and shrinks lists of numbers makes and shrinks walks: of a number that is not natural its size without the fraction counts, and what is
 * no number, or has no end, is 0. `only` tells which edges may be taken, all if absent.
 */
export function walkBy<M extends AnyStateMachine>(
  { nodes: [first] }: ModelGraph<M>,
  choices: readonly number[],
  only: EdgeFilter<M> = () => true,
): Walk<M> {
  const steps: ModelEdge<M>[] = [];
  for (const choice of choices) {
    const edges = (steps.at(-1)?.target ?? first).edges.filter(only);
    const edge = edges[natural(choice) % edges.length];
    if (!edge) break;
    steps.push(edge);
  }
  return walkOf(first, steps);
}

function natural(choice: number): number {
  return Number.isFinite(choice) ? Math.abs(Math.trunc(choice)) : 0;
}

/** The transitions of a machine that none of these graphs takes, those of one machine explored with several inputs. */
export function untakenTransitions(machine: AnyStateMachine, ...graphs: readonly ModelGraph[]): TransitionId[] {
  const taken = new Set(graphs.flatMap(takenIn));
  return transitionIds(machine).filter((id) => !taken.has(id));
}

function takenIn({ edges, initialTransitions }: ModelGraph): TransitionId[] {
  return [...initialTransitions, ...edges.flatMap(({ transitions }) => transitions)];
}

/** Natural numbers of 32 bits: mulberry32. */
function randomNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    const mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    const stirred = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (stirred ^ (stirred >>> 14)) >>> 0;
  };
}
