import { type AnyStateMachine, initialTransition, transition } from 'xstate';
import { statePath } from '../../../machines/index.ts';

/** A walk through a model, on one connection unless a move cuts it. */
export interface Tour<G extends string = string, M extends string = string> {
  /** As in `binding 3`. */
  readonly name: string;
  readonly group: G;
  /** Legal moves that lead to where it begins. */
  readonly way: readonly M[];
  /** What it is about. */
  readonly moves: readonly M[];
}

/** A move as the model sees it. */
export interface Step<M extends string = string> {
  readonly move: M;
  /** Path of the state that it is made in. */
  readonly source: string;
  /** Path of the state that it leads to. */
  readonly target: string;
}

/**
 * The moves of a walk with the states of a model that they lead through.
 *
 * @throws TypeError where the model has no such move in a state
 */
export function stepsThrough<M extends string>(machine: AnyStateMachine, moves: readonly M[]): readonly Step<M>[] {
  let [snapshot] = initialTransition(machine);
  return moves.map((move) => {
    const source = statePath(snapshot.value);
    if (!snapshot.can({ type: move })) throw new TypeError(`Expected a move of the state ${source}, got ${move}`);
    [snapshot] = transition(machine, snapshot, { type: move });
    return { move, source, target: statePath(snapshot.value) };
  });
}

/** Names the tours of a group, each by its way and its moves. */
export function tourGroup<G extends string, M extends string>(
  name: G,
  walks: readonly (readonly [readonly M[], readonly M[]])[],
): Tour<G, M>[] {
  return walks.map(([way, moves], index) => ({ name: `${name} ${index + 1}`, group: name, way, moves }));
}
