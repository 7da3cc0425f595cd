import type { AnyStateMachine } from 'xstate';
import { describeWalk, type ModelEdge, type ModelGraph, type ModelNode, type Walk, walkOf, walkTo } from './graph.ts';
import { ModelError } from './model-error.ts';

/** What shall always be so: in every node, or in every step. */
export type Invariant<M extends AnyStateMachine> = NodeInvariant<M> | StepInvariant<M>;

interface NodeInvariant<M extends AnyStateMachine> {
  /** As a sentence: `online implies secure`. */
  readonly name: string;
  readonly holds: (node: ModelNode<M>) => boolean;
}

interface StepInvariant<M extends AnyStateMachine> {
  readonly name: string;
  readonly holdsOver: (before: ModelNode<M>, step: ModelEdge<M>, after: ModelNode<M>) => boolean;
}

/** Where an invariant does not hold. */
export interface Violation<M extends AnyStateMachine> {
  readonly invariant: string;
  /** The shortest walk that ends where it does not hold. */
  readonly walk: Walk<M>;
  /** In how many nodes or steps it does not hold. */
  readonly count: number;
}

/** The invariants that do not hold, each with the shortest walk to where it is broken. */
export function violations<M extends AnyStateMachine>(
  graph: ModelGraph<M>,
  invariants: readonly Invariant<M>[],
): Violation<M>[] {
  return invariants.flatMap((invariant) => {
    const walks = 'holds' in invariant ? brokenNodes(graph, invariant) : brokenSteps(graph, invariant);
    const [walk] = walks.toSorted((a, b) => a.steps.length - b.steps.length);
    return walk ? [{ invariant: invariant.name, walk, count: walks.length }] : [];
  });
}

/** The same for one walk: what does not hold in one of its nodes or steps, with the part of the walk that leads there. */
export function violationsIn<M extends AnyStateMachine>(
  { from, steps }: Walk<M>,
  invariants: readonly Invariant<M>[],
): Violation<M>[] {
  return invariants.flatMap((invariant) => {
    const places = [...steps.keys(), steps.length].filter((end) => {
      const step = steps[end - 1];
      if ('holds' in invariant) return !invariant.holds(step?.target ?? from);
      return step !== undefined && !invariant.holdsOver(step.source, step, step.target);
    });
    const [end] = places;
    if (end === undefined) return [];
    return [{ invariant: invariant.name, walk: walkOf(from, steps.slice(0, end)), count: places.length }];
  });
}

/** @throws ModelError with every invariant that does not hold, and how to get where it does not */
export function requireInvariants<M extends AnyStateMachine>(
  graph: ModelGraph<M>,
  invariants: readonly Invariant<M>[],
): void {
  const broken = violations(graph, invariants);
  if (broken.length === 0) return;
  throw new ModelError(broken.map(describeViolation).join('\n\n'), {
    condition: 'broken-invariant',
    hint: 'The last line of each walk is the step after which it does not hold any more.',
  });
}

/** For people: the invariant, and the walk. */
export function describeViolation<M extends AnyStateMachine>({ invariant, walk, count }: Violation<M>): string {
  const times = count > 1 ? ` (${count} times; the shortest way:)` : ':';
  return `It does not hold that ${invariant}${times}\n${describeWalk(walk)}`;
}

function brokenNodes<M extends AnyStateMachine>({ nodes }: ModelGraph<M>, invariant: NodeInvariant<M>): Walk<M>[] {
  return nodes.filter((node) => !invariant.holds(node)).map(walkTo);
}

function brokenSteps<M extends AnyStateMachine>({ edges }: ModelGraph<M>, invariant: StepInvariant<M>): Walk<M>[] {
  return edges
    .filter((edge) => !invariant.holdsOver(edge.source, edge, edge.target))
    .map((edge) => {
      const { from, steps } = walkTo(edge.source);
      return walkOf(from, [...steps, edge]);
    });
}
