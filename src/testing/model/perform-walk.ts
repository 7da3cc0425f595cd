import type { AnyActorRef, AnyStateMachine, EventObject, InspectionEvent } from 'xstate';
import { statePath } from '../../../machines/state-path.ts';
import {
  describeWalk,
  type ModelEdge,
  type ModelGraph,
  type ModelNode,
  type SnapshotOf,
  type Walk,
  walkOf,
} from './graph.ts';
import { ModelError } from './model-error.ts';
import { takenTransitions } from './taken.ts';
import { type TransitionId, transitionId } from './transition-id.ts';

/**
 * Makes an event happen from outside, as a peer, a network or a person would. It hears which steps come after this one, and may prepare
 * them, or cause some of them at once: what was taken before its turn is played all the same, and not waited for. A promise is.
 */
export type Play<M extends AnyStateMachine = AnyStateMachine> = (
  step: ModelEdge<M>,
  ahead: readonly ModelEdge<M>[],
) => unknown;

/** How a walk is performed. */
export interface PerformWalkOptions<M extends AnyStateMachine> {
  /** The machine with the children that it has in life, in the node that the walk begins in, or not started yet. */
  readonly actor: AnyActorRef;
  /** What makes the event of a step happen; `undefined` where nothing can. */
  readonly play: (step: ModelEdge<M>) => Play<M> | undefined;
  /** How long a step and its play may take together, in milliseconds of real time; 5000. `Infinity` waits without end. */
  readonly patience?: number | undefined;
}

/** For events that nobody causes: they follow from what was before. */
export const happensByItself: Play = () => {};

/**
 * Walks an actor with real children through a walk: each step is played, and the actor must take it. What it does beside that, on its
 * own or because of what was played, must be in the graph as well.
 *
 * Resolves with all transitions that were taken. Rejects with a {@link ModelError} (`left-the-model`) where the actor begins elsewhere,
 * does something else, or nothing within the patience, and where it fails, which is the `cause` then; and with whatever a play or the key
 * of the graph fails with.
 */
export async function performWalk<M extends AnyStateMachine>(
  graph: ModelGraph<M>,
  walk: Walk<M>,
  { actor, play, patience = 5000 }: PerformWalkOptions<M>,
): Promise<readonly TransitionId[]> {
  const performance = new Performance(graph, walk, actor);
  try {
    performance.begin();
    for (const [index, step] of walk.steps.entries()) {
      const playStep = play(step);
      if (!playStep) throw noPlay(graph, step);
      await performance.take(index, patience, () => playStep(step, walk.steps.slice(index + 1)));
    }
    return performance.transitions;
  } finally {
    performance.end();
  }
}

/** Follows an actor through its graph. Where a step looks the same as another, both are followed. */
class Performance<M extends AnyStateMachine> {
  /** How many steps of the walk were taken. */
  taken = 0;
  /** Those that were taken, whether the walk knew of them or not. */
  readonly transitions: TransitionId[] = [];
  readonly #graph: ModelGraph<M>;
  readonly #walk: Walk<M>;
  readonly #actor: AnyActorRef;
  readonly #subscriptions: readonly { unsubscribe(): void }[];
  #places: readonly ModelNode<M>[];
  #current: TransitionId[] = [];
  #failure: { readonly error: unknown } | undefined;
  #whenChanged: (() => void) | undefined;
  #whenFailed: ((error: unknown) => void) | undefined;

  constructor(graph: ModelGraph<M>, walk: Walk<M>, actor: AnyActorRef) {
    this.#graph = graph;
    this.#walk = walk;
    this.#actor = actor;
    this.#places = [walk.from];
    this.#subscriptions = [
      actor.system.inspect((event) => this.#hear(event)),
      actor.subscribe({ error: (cause) => this.#fail(this.#leftModel(`failed: ${cause}`, { cause })) }),
    ];
  }

  /** Starts the actor, unless it runs already. */
  begin(): void {
    this.#check();
    const { from } = this.#walk;
    const snapshot = this.#actor.getSnapshot() as SnapshotOf<M>;
    // Where it failed before its first event, it says so as it starts.
    if (snapshot.status !== 'error') {
      const state = statePath(snapshot.value);
      const key = this.#graph.keyOf(snapshot);
      if (state !== from.state) throw this.#leftModel(`begins in ${state} instead of ${from.state}`);
      if (key !== from.key) throw this.#leftModel(`begins with the key ${key} instead of ${from.key}`);
    }
    this.#actor.start?.();
    this.#check();
  }

  /** Plays a step, and waits until it was taken. */
  async take(index: number, patience: number, play: () => unknown): Promise<void> {
    this.#check();
    let isPlayed = false;
    let timer: NodeJS.Timeout | undefined;
    const failing = new Promise<never>((_, reject) => {
      this.#whenFailed = reject;
      const late = (): void => reject(this.#late(index, patience, isPlayed));
      // A timer that is longer than that ends at once.
      if (patience < 2 ** 31) timer = setTimeout(late, patience);
    });
    const taking = new Promise<void>((resolve) => {
      this.#whenChanged = () => this.taken > index && resolve();
      this.#whenChanged();
    });
    const playing = (async () => {
      await play();
      isPlayed = true;
    })();
    try {
      await Promise.race([Promise.all([playing, taking]), failing]);
    } finally {
      clearTimeout(timer);
    }
    this.#check();
  }

  end(): void {
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
  }

  #check(): void {
    if (this.#failure) throw this.#failure.error;
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#whenFailed?.(this.#failure.error);
  }

  #late(index: number, patience: number, isPlayed: boolean): ModelError {
    if (isPlayed) return this.#leftModel(`did not take the next step within ${patience} ms`);
    const label = this.#walk.steps[index]?.label;
    return this.#leftModel(`waits for the play of '${label}', which did not end within ${patience} ms`);
  }

  #hear(event: InspectionEvent): void {
    if (event.actorRef !== this.#actor) return;
    if (event.type === '@xstate.microstep') {
      this.#current.push(...takenTransitions(event._transitions).map(transitionId));
      return;
    }
    if (event.type !== '@xstate.snapshot') return;
    const transitions = this.#current;
    this.#current = [];
    this.transitions.push(...transitions);
    if (event.event.type === 'xstate.init') return;
    try {
      this.#follow(event.event, transitions);
    } catch (error) {
      // The key of the graph failed. Thrown on, it would end the actor, or the process.
      this.#fail(error);
    }
    this.#whenChanged?.();
  }

  #follow(event: EventObject & { readonly error?: unknown }, transitions: readonly TransitionId[]): void {
    if (this.#failure) return;
    const { type, error } = event;
    const snapshot = this.#actor.getSnapshot() as SnapshotOf<M>;
    const key = this.#graph.keyOf(snapshot);
    const isTaken = (edge: ModelEdge<M>): boolean =>
      edge.event.type === type && String(edge.transitions) === String(transitions) && edge.target.key === key;
    const edges = this.#places.flatMap((node) => node.edges.filter(isTaken));
    const wanted = this.#walk.steps[this.taken];
    if (wanted && edges.includes(wanted)) {
      this.taken += 1;
      this.#places = [wanted.target];
      return;
    }
    // Events that no state handles change nothing, and are no edges.
    if (edges.length === 0 && transitions.length === 0) return;
    this.#places = [...new Set(edges.map(({ target }) => target))];
    if (wanted ? this.#places.includes(wanted.source) : this.#places.length > 0) return;
    const heard = error instanceof Error ? `${type} (${error.message})` : type;
    const took = transitions.join(', ') || 'no transition';
    this.#fail(this.#leftModel(`heard ${heard}, took ${took} and is in ${statePath(snapshot.value)}`, { snapshot }));
  }

  #leftModel(
    what: string,
    { snapshot, ...failure }: { readonly snapshot?: SnapshotOf<M>; readonly cause?: unknown } = {},
  ): ModelError {
    const { from, steps } = this.#walk;
    const walk = describeWalk(walkOf(from, steps.slice(0, this.taken)), { last: 20 });
    const wanted = steps[this.taken];
    const next = wanted ? `\nThe next step was to be: ${wanted.label} → ${wanted.target.state}` : '';
    const key = wanted && snapshot && statePath(snapshot.value) === wanted.target.state && this.#graph.keyOf(snapshot);
    const keys = key ? `\nIts key is ${key} instead of ${wanted.target.key}` : '';
    return new ModelError(`'${this.#graph.machine.id}' ${what}, after this walk:\n${walk}${next}${keys}`, {
      condition: 'left-the-model',
      ...failure,
      hint: 'cause' in failure ? ACTOR_FAILED : ACTOR_DIFFERS,
    });
  }
}

const ACTOR_FAILED = 'Most often an action threw that, or a child failed in a state without `onError`.';
const ACTOR_DIFFERS =
  'Either the actor is wrong, or a play causes something else than its case says, or the key leaves out what a guard asks for.';

function noPlay<M extends AnyStateMachine>({ machine }: ModelGraph<M>, { label, source }: ModelEdge<M>): ModelError {
  return new ModelError(`Nothing makes '${label}' happen to '${machine.id}' in ${source.state}`, {
    condition: 'no-play',
    hint: 'Add a play for it, or make walks of what can be played alone: the option `only` of `tours`.',
  });
}
