import type {
  AnyMachineSnapshot,
  AnyStateMachine,
  AnyTransitionDefinition,
  EventFromLogic,
  EventObject,
  InputFrom,
} from 'xstate';
import { statePath } from '../../../machines/state-path.ts';
import { type Cases, type EventCase, matchesAny, readCases } from './cases.ts';
import { childEnd, childEvent } from './child-event.ts';
import { describeWalk, type ModelEdge, type ModelGraph, type ModelNode, type SnapshotOf, walkTo } from './graph.ts';
import { type Invariant, requireInvariants } from './invariants.ts';
import { isTimer, MissingCases } from './missing-cases.ts';
import { ModelError } from './model-error.ts';
import { growth, plainKey, serializeKey } from './node-key.ts';
import { withoutEmptySlots } from './puppet.ts';
import { firstStep, nextStep, type PureStep } from './pure-step.ts';

/** How a machine is explored. */
export type ExploreOptions<M extends AnyStateMachine> = {
  /** What is tried, by the type of the event. */
  readonly cases: Cases<M>;
  /**
   * What of a snapshot, beside its states, makes another node of it. By default all plain data in the context. Leave out what only
   * counts or identifies, such as attempts and random ids, and keep what guards ask for.
   */
  readonly key?: ((snapshot: SnapshotOf<M>) => unknown) | undefined;
  /**
   * Whether the end or failure of a child is tried also where that is not there; no. XState stops children a moment later than it forgets
   * them: one that is told something in the same step, or ended a moment before, is heard of still.
   */
  readonly lateEnds?: boolean | undefined;
  /** How many nodes there may be; 5000 by default. */
  readonly limit?: number | undefined;
  readonly invariants?: readonly Invariant<M>[] | undefined;
} & (undefined extends InputFrom<M> ? { readonly input?: InputFrom<M> | undefined } : { readonly input: InputFrom<M> });

/**
 * All that a machine can do: every node that can be reached by the events in the table of cases, and every edge. The machine may have
 * invokes, guards, delays and context. Its transition function is used as it is, and nothing is run: no action, no child, no timer.
 * So a guard must ask for nothing that only an action changes. Time stands still: an `after` passes whenever it is tried.
 *
 * @throws ModelError
 */
export function explore<M extends AnyStateMachine>(machine: M, options: ExploreOptions<M>): ModelGraph<M> {
  const graph = new Exploration(machine, options).run();
  if (options.invariants) requireInvariants(graph, options.invariants);
  return graph;
}

type Draft<T> = { -readonly [K in keyof T]: T[K] };
type DraftNode<M extends AnyStateMachine> = Omit<ModelNode<M>, 'edges'> & {
  readonly edges: ModelEdge<M>[];
  /** Children that ended: they can do so only once, and say no more. */
  readonly ended: ReadonlySet<unknown>;
};

class Exploration<M extends AnyStateMachine> {
  readonly #machine: M;
  /** The same machine, whose children are all there. */
  readonly #complete: M;
  readonly #options: ExploreOptions<M>;
  readonly #cases: readonly EventCase<M>[];
  readonly #types: ReadonlySet<string>;
  /** Ids of the children of which the table says something. */
  readonly #children: readonly string[];
  readonly #limit: number;
  readonly #known = new Map<string, DraftNode<M>>();
  readonly #nodes: DraftNode<M>[] = [];
  readonly #edges: ModelEdge<M>[] = [];
  readonly #missing: MissingCases;

  constructor(machine: M, options: ExploreOptions<M>) {
    this.#machine = machine;
    this.#complete = withoutEmptySlots(machine);
    this.#options = options;
    this.#cases = readCases(machine, options.cases);
    this.#types = new Set(Object.keys(options.cases));
    this.#missing = new MissingCases(machine, this.#types);
    this.#children = [...new Set([...this.#types].flatMap((type) => childEvent(type)?.id ?? []))];
    this.#limit = options.limit ?? 5000;
  }

  run(): ModelGraph<M> {
    // Only where the machine wants none may it be absent.
    const input = this.#options.input as InputFrom<M>;
    const first = this.#begin(input);
    const initial = this.#nodeOf(first.snapshot, new Set(), undefined);
    // The list grows while it is walked.
    for (const node of this.#nodes) this.#leave(node);
    const missing = this.#missing.error(this.#nodes);
    if (missing) throw missing;
    const [, ...others] = this.#nodes;
    return {
      machine: this.#machine,
      input,
      nodes: [initial, ...others],
      edges: this.#edges,
      initialTransitions: first.transitions,
      initialActions: first.actions,
      keyOf: (snapshot) => this.#keyOf(snapshot),
    };
  }

  #begin(input: InputFrom<M>): PureStep<M> {
    let first: PureStep<M>;
    try {
      first = firstStep(this.#complete, input);
    } catch (cause) {
      throw startFailed(this.#machine, cause);
    }
    if (first.snapshot.status === 'error') throw startFailed(this.#machine, first.snapshot.error);
    return first;
  }

  /** Tries all that the states of a node handle. */
  #leave(node: DraftNode<M>): void {
    if (node.snapshot.status !== 'active') return;
    const handled = handledEvents(node.snapshot);
    this.#missing.notice(node.state, handled);
    for (const eventCase of this.#cases) {
      if (!matchesAny(handled.keys(), eventCase.type) || !this.#canHappen(node, eventCase)) continue;
      const event = eventCase.eventFor(node.snapshot);
      if (event) this.#take(node, event, eventCase.label, eventCase.eventFor);
    }
    for (const [type, [transition]] of handled) {
      if (!isTimer(transition) || this.#types.has(type)) continue;
      const event = { type } as EventFromLogic<M>;
      this.#take(node, event, type, () => event);
    }
  }

  #take(
    source: DraftNode<M>,
    event: EventFromLogic<M>,
    label: string,
    eventFor: (snapshot: SnapshotOf<M>) => EventFromLogic<M> | undefined,
  ): void {
    const { snapshot, transitions, actions } = this.#step(source, event, label);
    const index = this.#edges.length;
    const changes = changed(source.snapshot.context, snapshot.context);
    const edge: Draft<ModelEdge<M>> = {
      index,
      source,
      target: source,
      label,
      event,
      transitions,
      actions,
      changes,
      eventFor,
    };
    this.#edges.push(edge);
    source.edges.push(edge);
    edge.target = this.#nodeOf(snapshot, new Set([...source.ended, endingChild(source, event)]), edge);
  }

  #canHappen({ snapshot: { children }, ended }: DraftNode<M>, { type }: EventCase<M>): boolean {
    const from = childEvent(type);
    return from === undefined || !this.#isSilent(from.id, children, ended);
  }

  /** Of a child that ended nothing is heard, nor of one that was stopped, or never began. */
  #isSilent(id: string, children: SnapshotOf<M>['children'], ended: ReadonlySet<unknown>): boolean {
    return Object.hasOwn(children, id) ? ended.has(children[id]) : !this.#options.lateEnds;
  }

  #step(source: DraftNode<M>, event: EventFromLogic<M>, label: string): PureStep<M> {
    try {
      return nextStep(this.#complete, source.snapshot, event);
    } catch (cause) {
      throw new ModelError(`'${label}' makes '${this.#machine.id}' throw in ${source.state}: ${cause}`, {
        condition: 'step-failed',
        cause,
        hint: `Perhaps the payload is not what the machine expects. The way there:\n${describeWalk(walkTo(source))}`,
      });
    }
  }

  #nodeOf(snapshot: SnapshotOf<M>, gone: ReadonlySet<unknown>, reachedBy: ModelEdge<M> | undefined): DraftNode<M> {
    const key = this.#keyOf(snapshot);
    const { children } = snapshot;
    const silent = this.#children.filter((id) => this.#isSilent(id, children, gone));
    const identity = [key, ...silent].join(' ');
    const known = this.#known.get(identity);
    if (known) return known;
    const node: DraftNode<M> = {
      index: this.#nodes.length,
      key,
      state: statePath(snapshot.value),
      snapshot,
      edges: [],
      ended: new Set(Object.values(children).filter((child) => gone.has(child))),
      reachedBy,
    };
    this.#known.set(identity, node);
    this.#nodes.push(node);
    if (this.#nodes.length > this.#limit) throw unbounded(this.#machine, this.#limit, this.#nodes);
    return node;
  }

  #keyOf(snapshot: SnapshotOf<M>): string {
    return serializeKey(snapshot, (this.#options.key ?? plainKey)(snapshot));
  }
}

/** The transitions that the states of a snapshot have for events, by their descriptor. */
function handledEvents({ _nodes }: AnyMachineSnapshot): Map<string, AnyTransitionDefinition[]> {
  const handled = new Map<string, AnyTransitionDefinition[]>();
  for (const { transitions } of _nodes) {
    for (const [type, list] of transitions) handled.set(type, [...(handled.get(type) ?? []), ...list]);
  }
  return handled;
}

function changed(before: object, after: object): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => Reflect.get(before, name) !== Reflect.get(after, name));
}

/** The child that ends with this event, if it is one of those. */
function endingChild({ snapshot }: Pick<ModelNode, 'snapshot'>, { type }: EventObject): unknown {
  const end = childEnd(type);
  return end && snapshot.children[end.id];
}

function startFailed({ id }: AnyStateMachine, cause: unknown): ModelError {
  return new ModelError(`'${id}' fails before its first event: ${cause}`, {
    condition: 'start-failed',
    cause,
    hint: 'Most often its `input` is missing or incomplete.',
  });
}

function unbounded({ id }: AnyStateMachine, limit: number, nodes: readonly ModelNode[]): ModelError {
  const grown = growth(nodes.map(({ snapshot }) => snapshot.context));
  return new ModelError(`'${id}' has more than ${limit} nodes${grown && `: ${grown}`}`, {
    condition: 'unbounded',
    hint: 'Give a `key` without what only counts or identifies, fewer cases, or a higher `limit`.',
  });
}
