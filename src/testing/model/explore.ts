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
import { describeWalk, type ModelEdge, type ModelGraph, type ModelNode, type SnapshotOf, walkTo } from './graph.ts';
import { type Invariant, requireInvariants } from './invariants.ts';
import { ModelError } from './model-error.ts';
import { growth, plainKey, serializeKey } from './node-key.ts';
import { firstStep, nextStep, type PureStep } from './pure-step.ts';

/** How a machine is explored. */
export type ExploreOptions<M extends AnyStateMachine> = {
  /** What is tried, by the type of the event. */
  readonly cases: Cases<M>;
  /**
   * What of a snapshot, beside its states, makes another node of it. By default all plain data in the context. Leave out what only
   * counts or identifies, such as attempts and random ids, and keep what guards ask for.
   */
  readonly key?: (snapshot: SnapshotOf<M>) => unknown;
  /** How many nodes there may be; 5000 by default. */
  readonly limit?: number;
  readonly invariants?: readonly Invariant<M>[];
} & (undefined extends InputFrom<M> ? { readonly input?: InputFrom<M> } : { readonly input: InputFrom<M> });

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
  /** Children that ended: they can do so only once. */
  readonly ended: ReadonlySet<unknown>;
};

class Exploration<M extends AnyStateMachine> {
  readonly #machine: M;
  readonly #options: ExploreOptions<M>;
  readonly #cases: readonly EventCase<M>[];
  readonly #types: ReadonlySet<string>;
  readonly #limit: number;
  readonly #known = new Map<string, DraftNode<M>>();
  readonly #nodes: DraftNode<M>[] = [];
  readonly #edges: ModelEdge<M>[] = [];
  /** States that handle an event of which the table says nothing, by its type. */
  readonly #missing = new Map<string, Set<string>>();

  constructor(machine: M, options: ExploreOptions<M>) {
    this.#machine = machine;
    this.#options = options;
    this.#cases = readCases(machine, options.cases);
    this.#types = new Set(Object.keys(options.cases));
    this.#limit = options.limit ?? 5000;
  }

  run(): ModelGraph<M> {
    // Only where the machine wants none may it be absent.
    const input = this.#options.input as InputFrom<M>;
    const first = this.#begin(input);
    const initial = this.#nodeOf(first.snapshot, new Set(), undefined);
    // The list grows while it is walked.
    for (const node of this.#nodes) this.#leave(node);
    if (this.#missing.size > 0) throw missingCases(this.#machine, this.#missing);
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
      first = firstStep(this.#machine, input);
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
    for (const [type, [transition]] of handled) this.#notice(node, type, transition);
    for (const eventCase of this.#cases) {
      if (!matchesAny(handled.keys(), eventCase.type)) continue;
      const event = eventCase.eventFor(node.snapshot);
      if (event && !hasEnded(node, event)) this.#take(node, event, eventCase.label, eventCase.eventFor);
    }
    for (const [type, [transition]] of handled) {
      if (!isTimer(transition) || this.#types.has(type)) continue;
      const event = { type } as EventFromLogic<M>;
      this.#take(node, event, type, () => event);
    }
  }

  #notice(node: DraftNode<M>, type: string, transition: AnyTransitionDefinition | undefined): void {
    if (type.includes('*') || type.startsWith('xstate.done.state.') || isTimer(transition)) return;
    if (this.#types.has(type)) return;
    this.#missing.set(type, (this.#missing.get(type) ?? new Set()).add(node.state));
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
    edge.target = this.#nodeOf(snapshot, new Set([...source.ended, childOf(source, event)]), edge);
  }

  #step(source: DraftNode<M>, event: EventFromLogic<M>, label: string): PureStep<M> {
    try {
      return nextStep(this.#machine, source.snapshot, event);
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
    const ended = Object.entries(snapshot.children).filter(([, child]) => gone.has(child));
    const identity = [key, ...ended.map(([id]) => id)].join(' ');
    const known = this.#known.get(identity);
    if (known) return known;
    const node: DraftNode<M> = {
      index: this.#nodes.length,
      key,
      state: statePath(snapshot.value),
      snapshot,
      edges: [],
      ended: new Set(ended.map(([, child]) => child)),
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
function childOf({ snapshot }: Pick<ModelNode, 'snapshot'>, { type }: EventObject): unknown {
  const [, id = ''] = /^xstate\.(?:done|error)\.actor\.(.+)$/.exec(type) ?? [];
  return snapshot.children[id];
}

function hasEnded<M extends AnyStateMachine>(node: DraftNode<M>, event: EventObject): boolean {
  const child = childOf(node, event);
  return child !== undefined && node.ended.has(child);
}

function isTimer(transition: AnyTransitionDefinition | undefined): boolean {
  return transition !== undefined && 'delay' in transition;
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

function missingCases({ id }: AnyStateMachine, missing: ReadonlyMap<string, ReadonlySet<string>>): ModelError {
  const lines = [...missing].map(([type, [state, ...others]]) => {
    return `  '${type}' in ${state === '' ? 'the root' : state}${others.length > 0 ? ` and ${others.length} more` : ''}`;
  });
  return new ModelError(`The table of cases says nothing of events that '${id}' handles:\n${lines.join('\n')}`, {
    condition: 'missing-cases',
    hint: 'Add an entry for each: payloads to try, or an empty list if it is not to be tried.',
  });
}
