import type { AnyStateMachine, EventFromLogic, InputFrom } from 'xstate';
import type { TransitionId } from './transition-id.ts';

/** The snapshots of a machine. */
export type SnapshotOf<M extends AnyStateMachine> = ReturnType<M['transition']>;

/** What a machine can do: all nodes that were reached and all edges between them. */
export interface ModelGraph<M extends AnyStateMachine = AnyStateMachine> {
  readonly machine: M;
  /** What the machine was given. */
  readonly input: InputFrom<M>;
  /** In the order in which they were found: those nearest to the first one come first. */
  readonly nodes: readonly [ModelNode<M>, ...ModelNode<M>[]];
  readonly edges: readonly ModelEdge<M>[];
  /** Transitions that were taken before the first event. */
  readonly initialTransitions: readonly TransitionId[];
  /** What was to be done before the first event. */
  readonly initialActions: readonly ModelAction[];
  /** What makes one snapshot another node than the next. */
  keyOf(snapshot: SnapshotOf<M>): string;
}

/** What is one and the same as far as the key tells. */
export interface ModelNode<M extends AnyStateMachine = AnyStateMachine> {
  /** Index in the nodes of the graph. */
  readonly index: number;
  readonly key: string;
  /** Path of its states: `linked.securing.handshaking`; parallel regions are joined by `+`. */
  readonly state: string;
  /** The first one that was found with this key. */
  readonly snapshot: SnapshotOf<M>;
  /** What may happen here. */
  readonly edges: readonly ModelEdge<M>[];
  /** The last step of the shortest way here; `undefined` for the first node. */
  readonly reachedBy: ModelEdge<M> | undefined;
}

/** An event that a node handles, and what comes of it. */
export interface ModelEdge<M extends AnyStateMachine = AnyStateMachine> {
  /** Index in the edges of the graph. */
  readonly index: number;
  readonly source: ModelNode<M>;
  readonly target: ModelNode<M>;
  /** The type of the event, and the name of the case where there are several: `features.received (with TLS)`. */
  readonly label: string;
  /** The event as it was tried. */
  readonly event: EventFromLogic<M>;
  /** The transitions that were taken, in order, those that need no event too. Empty where every guard said no. */
  readonly transitions: readonly TransitionId[];
  readonly actions: readonly ModelAction[];
  /** Names of the properties of the context that have another value afterwards. */
  readonly changes: readonly string[];
  /** The same event for another snapshot, where it depends on that; `undefined` if it cannot happen there. */
  eventFor(snapshot: SnapshotOf<M>): EventFromLogic<M> | undefined;
}

/** An action that was to be performed; assignments are performed, and not listed. */
export interface ModelAction {
  /** The name in the machine, or that of XState: `xstate.sendTo`. */
  readonly type: string;
  readonly params: unknown;
}

/** Steps from one node to the next, beginning at the first node of a graph. */
export interface Walk<M extends AnyStateMachine = AnyStateMachine> {
  readonly from: ModelNode<M>;
  readonly steps: readonly ModelEdge<M>[];
  readonly to: ModelNode<M>;
}

/** A walk of these steps. */
export function walkOf<M extends AnyStateMachine>(from: ModelNode<M>, steps: readonly ModelEdge<M>[]): Walk<M> {
  return { from, steps, to: steps.at(-1)?.target ?? from };
}

/** The shortest walk to a node. */
export function walkTo<M extends AnyStateMachine>(node: ModelNode<M>): Walk<M> {
  const steps: ModelEdge<M>[] = [];
  let first = node;
  while (first.reachedBy) {
    steps.unshift(first.reachedBy);
    first = first.reachedBy.source;
  }
  return walkOf(first, steps);
}

/** A walk for people: one line for each step, and where it leads. Of a long one, if it is said so, only the `last` steps. */
export function describeWalk<M extends AnyStateMachine>(
  { from, steps }: Walk<M>,
  { last = steps.length }: { readonly last?: number } = {},
): string {
  const shown = steps.slice(Math.max(0, steps.length - last));
  const left = steps.length - shown.length;
  const head = left > 0 ? `(${left} steps) ${shown[0]?.source.state}` : from.state;
  return [head, ...shown.map(({ label, target }) => `  ${label} → ${target.state}`)].join('\n');
}

/** An action in words: `transport ← tls.start`, `start session`, `announceOnline`. */
export function describeAction({ type, params }: ModelAction): string {
  const { id, to, targetId, event, delay, sendId }: ActionParameters = Object(params);
  if (type === 'xstate.spawnChild') return `start ${id}`;
  if (type === 'xstate.stopChild') return `stop ${id}`;
  if (type === 'xstate.sendTo') return `${targetId ?? to?.id ?? 'somebody'} ← ${event?.type}`;
  if (type === 'xstate.raise') return `${delay === undefined ? 'raise' : 'later'} ${event?.type}`;
  if (type === 'xstate.cancel') return `cancel ${sendId}`;
  return type === 'xstate.emit' ? `emit ${event?.type}` : type;
}

interface ActionParameters {
  readonly id?: string;
  readonly to?: { readonly id?: string };
  readonly targetId?: string;
  readonly event?: { readonly type: string };
  readonly delay?: number;
  readonly sendId?: string;
}
