import type { AnyStateMachine, StateValue } from 'xstate';
import { activePaths, statePath } from '../../../machines/state-path.ts';
import { type ModelEdge, type ModelGraph, type ModelNode, type Walk, walkOf } from './graph.ts';
import { ModelError } from './model-error.ts';

/** What tours are to cover. */
export interface TourOptions<M extends AnyStateMachine = AnyStateMachine> {
  /**
   * `edges`, the default: every event in every node. `steps`: of edges that look the same, between the same states, for the same event and
   * by the same transitions, one. `transitions`: every transition of the machine once. Each covers less than the one before, in fewer and
   * shorter walks.
   */
  readonly cover?: 'edges' | 'steps' | 'transitions' | undefined;
  /** Instead: one walk, the shortest that passes these in this order. */
  readonly through?: readonly Waypoint[] | undefined;
  /** Which edges may be taken, those that can be made to happen; all if absent. */
  readonly only?: ((edge: ModelEdge<M>) => boolean) | undefined;
}

/**
 * A state to be in, by its path (`linked.online` is passed in all states inside), or an event to happen. Of parallel states several may
 * be named: as {@link ModelNode.state} has them (`linked.fresh+open`), or with the whole path of each (`linked.fresh+linked.open`).
 */
export type Waypoint =
  | { readonly state: string }
  /** The type of an event, or the label of one case: `features.received (with TLS)`. */
  | { readonly event: string };

/**
 * Few walks from the first node that take every edge: from each to the nearest that was not taken yet, and from the beginning again
 * where there is none. Where nothing can happen there is one walk without a step.
 *
 * @throws ModelError where no walk passes what is to be passed
 */
export function tours<M extends AnyStateMachine>(graph: ModelGraph<M>, options: TourOptions<M> = {}): Walk<M>[] {
  const { cover = 'edges', through, only = () => true } = options;
  if (through) return [walkThrough(graph, through, only)];
  return coveringWalks(graph, WORTH[cover], only);
}

/** What is covered when an edge is taken. */
const WORTH: Readonly<Record<NonNullable<TourOptions['cover']>, (edge: ModelEdge) => readonly unknown[]>> = {
  edges: (edge) => [edge.index],
  steps: ({ source, label, transitions, target }) => [[source.state, label, ...transitions, target.state].join('\n')],
  transitions: ({ transitions }) => transitions,
};

function coveringWalks<M extends AnyStateMachine>(
  { nodes: [first] }: ModelGraph<M>,
  worthOf: (edge: ModelEdge<M>) => readonly unknown[],
  only: (edge: ModelEdge<M>) => boolean,
): Walk<M>[] {
  const worths = new Map(reachable(first, only).map((edge) => [edge, worthOf(edge)]));
  const worth = (edge: ModelEdge<M>): readonly unknown[] => worths.get(edge) ?? [];
  const open = new Set([...worths.values()].flat());
  const isWanted = (edge: ModelEdge<M>): boolean => worth(edge).some((item) => open.has(item));
  const walks: Walk<M>[] = [];
  let steps: ModelEdge<M>[] = [];
  while (open.size > 0) {
    const way = nearest(steps.at(-1)?.target ?? first, isWanted, worths);
    if (way.length === 0) {
      walks.push(walkOf(first, steps));
      steps = [];
      continue;
    }
    steps.push(...way);
    for (const item of way.flatMap(worth)) open.delete(item);
  }
  return steps.length > 0 || walks.length === 0 ? [...walks, walkOf(first, steps)] : walks;
}

/** All edges that can be taken where no others are. */
function reachable<M extends AnyStateMachine>(
  first: ModelNode<M>,
  only: (edge: ModelEdge<M>) => boolean,
): ModelEdge<M>[] {
  const nodes = new Set([first]);
  const edges: ModelEdge<M>[] = [];
  for (const node of nodes) {
    for (const edge of node.edges.filter(only)) {
      edges.push(edge);
      nodes.add(edge.target);
    }
  }
  return edges;
}

/** The shortest way that ends with a wanted edge, if possible one behind which something can happen still. Empty if there is none. */
function nearest<M extends AnyStateMachine>(
  from: ModelNode<M>,
  isWanted: (edge: ModelEdge<M>) => boolean,
  allowed: Pick<ReadonlyMap<ModelEdge<M>, unknown>, 'has'>,
): ModelEdge<M>[] {
  const reachedBy = new Map<ModelNode<M>, ModelEdge<M> | undefined>([[from, undefined]]);
  let end: ModelEdge<M> | undefined;
  for (const [node] of reachedBy) {
    for (const edge of node.edges) {
      if (!allowed.has(edge)) continue;
      const isEnd = edge.target.edges.length === 0;
      if (isWanted(edge)) {
        if (!isEnd) return wayTo(edge, reachedBy);
        end ??= edge;
      }
      if (!reachedBy.has(edge.target)) reachedBy.set(edge.target, edge);
    }
  }
  return end ? wayTo(end, reachedBy) : [];
}

function wayTo<M extends AnyStateMachine>(
  last: ModelEdge<M>,
  reachedBy: ReadonlyMap<ModelNode<M>, ModelEdge<M> | undefined>,
): ModelEdge<M>[] {
  const way = [last];
  for (let edge = reachedBy.get(last.source); edge; edge = reachedBy.get(edge.source)) way.unshift(edge);
  return way;
}

/** A place on the way: a node, and how many waypoints are behind. */
interface Place<M extends AnyStateMachine> {
  readonly node: ModelNode<M>;
  readonly passed: number;
  readonly by: ModelEdge<M> | undefined;
  readonly before: Place<M> | undefined;
}

function walkThrough<M extends AnyStateMachine>(
  graph: ModelGraph<M>,
  through: readonly Waypoint[],
  only: (edge: ModelEdge<M>) => boolean,
): Walk<M> {
  const [first] = graph.nodes;
  const seen = new Set<string>();
  const places: Place<M>[] = [];
  const visit = (place: Place<M>): void => {
    const id = `${place.node.index} ${place.passed}`;
    if (!seen.has(id)) places.push(place);
    seen.add(id);
  };
  visit({ node: first, passed: passStates(first, through, 0), by: undefined, before: undefined });
  for (const place of places) {
    if (place.passed === through.length) return walkOf(first, stepsTo(place));
    for (const edge of place.node.edges.filter(only)) {
      const waypoint = through[place.passed];
      const hasHappened = waypoint !== undefined && 'event' in waypoint && isCase(edge, waypoint.event);
      const passed = passStates(edge.target, through, place.passed + (hasHappened ? 1 : 0));
      visit({ node: edge.target, passed, by: edge, before: place });
    }
  }
  throw noWay(graph, through, Math.max(...places.map(({ passed }) => passed)));
}

/** How many waypoints are behind in this node: several states may be passed at once. */
function passStates({ snapshot }: ModelNode, through: readonly Waypoint[], passed: number): number {
  let count = passed;
  for (let next = through[count]; next && 'state' in next && isIn(snapshot.value, next.state); next = through[count])
    count += 1;
  return count;
}

function isIn(value: StateValue, states: string): boolean {
  const paths = activePaths(value);
  return states === statePath(value) || states.split('+').every((path) => paths.includes(path));
}

function isCase({ label, event }: ModelEdge, name: string): boolean {
  return label === name || event.type === name;
}

function stepsTo<M extends AnyStateMachine>(place: Place<M>): ModelEdge<M>[] {
  const steps: ModelEdge<M>[] = [];
  for (let at: Place<M> | undefined = place; at; at = at.before) if (at.by) steps.unshift(at.by);
  return steps;
}

function noWay<M extends AnyStateMachine>(
  { machine, nodes, edges }: ModelGraph<M>,
  through: readonly Waypoint[],
  passed: number,
): ModelError {
  const waypoint = through[passed];
  const isState = waypoint !== undefined && 'state' in waypoint;
  const exists =
    waypoint !== undefined &&
    ('state' in waypoint
      ? nodes.some(({ snapshot }) => isIn(snapshot.value, waypoint.state))
      : edges.some((edge) => isCase(edge, waypoint.event)));
  const name = waypoint && ('state' in waypoint ? `the state ${waypoint.state}` : `the event '${waypoint.event}'`);
  const where =
    passed === 0
      ? ''
      : ` after ${through
          .slice(0, passed)
          .map((point) => Object.values(point)[0])
          .join(', ')}`;
  return new ModelError(`No walk of '${machine.id}' passes ${name}${where}`, {
    condition: 'no-way',
    hint: exists
      ? `It is in the graph, but not behind what must come first.`
      : `Nothing in the graph has this name: check the spelling, and whether the cases lead ${isState ? 'there' : 'to it'}.`,
  });
}
