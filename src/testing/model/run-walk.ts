import {
  type Actor,
  type AnyStateMachine,
  createActor,
  type EventObject,
  type InputFrom,
  type InspectionEvent,
} from 'xstate';
import { statePath } from '../../../machines/state-path.ts';
import { describeWalk, type ModelEdge, type ModelGraph, type SnapshotOf, type Walk, walkOf } from './graph.ts';
import { ModelError } from './model-error.ts';
import { pull, withPuppets } from './puppet.ts';
import { takenTransitions } from './taken.ts';
import { WalkClock } from './timers.ts';
import { type TransitionId, transitionId } from './transition-id.ts';

/** How a walk is run. */
export interface RunWalkOptions<M extends AnyStateMachine> {
  /** The machine that runs; that of the graph, with a puppet in each slot for an actor, if absent. */
  readonly machine?: M | undefined;
  /** What the machine is given, where that has to do with time: `clock` is all it has. The same as in the graph if absent. */
  readonly input?: ((clock: WalkClock) => InputFrom<M>) | undefined;
}

/** What is left of a walk. */
export interface WalkRun<M extends AnyStateMachine> {
  /** Where it ended; it runs still, unless the machine is done. */
  readonly actor: Actor<AnyStateMachine>;
  readonly snapshot: SnapshotOf<M>;
  readonly clock: WalkClock;
}

/**
 * Runs a walk with a real actor, actions and all, and checks after each step that it is where the graph says and took the same
 * transitions. Children are puppets: they end or fail when the walk says so. For the event of an `after` time passes; where another
 * timer would be first, the event is handed over without that.
 *
 * @throws ModelError where the actor does something else
 */
export function runWalk<M extends AnyStateMachine>(
  graph: ModelGraph<M>,
  walk: Walk<M>,
  { machine = withPuppets(graph.machine), input }: RunWalkOptions<M> = {},
): WalkRun<M> {
  const run = new Run(graph, walk, machine, input);
  run.check(0);
  for (const [index, step] of walk.steps.entries()) {
    run.take(step, index);
    run.check(index + 1);
  }
  return run;
}

class Run<M extends AnyStateMachine> implements WalkRun<M> {
  readonly actor: Actor<AnyStateMachine>;
  readonly clock = new WalkClock();
  readonly #graph: ModelGraph<M>;
  readonly #walk: Walk<M>;
  #taken: TransitionId[] = [];
  #failure: unknown;

  constructor(
    graph: ModelGraph<M>,
    walk: Walk<M>,
    machine: M,
    input: ((clock: WalkClock) => InputFrom<M>) | undefined,
  ) {
    this.#graph = graph;
    this.#walk = walk;
    const { clock } = this;
    const inspect = (event: InspectionEvent): void => this.#hear(event);
    const logic: AnyStateMachine = machine;
    this.actor = createActor(logic, { clock, inspect, input: input ? input(clock) : graph.input });
    clock.watch(this.actor);
    this.actor.subscribe({
      error: (error) => {
        this.#failure = error;
      },
    });
    this.actor.start();
  }

  take(step: ModelEdge<M>, index: number): void {
    this.#taken = [];
    const event = step.eventFor(this.snapshot);
    if (!event) throw this.#leftModel(index, `'${step.label}' cannot happen`);
    this.#perform(event);
  }

  /** Compares after so many steps. */
  check(count: number): void {
    const step = this.#walk.steps[count - 1];
    const expected = step?.target ?? this.#walk.from;
    if (this.#failure !== undefined) throw this.#leftModel(count, `failed: ${this.#failure}`, { cause: this.#failure });
    const state = statePath(this.snapshot.value);
    if (state !== expected.state) throw this.#leftModel(count, `is in ${state} instead of ${expected.state}`);
    if (step && String(this.#taken) !== String(step.transitions)) {
      throw this.#leftModel(
        count,
        `took ${this.#taken.join(', ') || 'no transition'} instead of ${step.transitions.join(', ') || 'no transition'}`,
      );
    }
    const key = this.#graph.keyOf(this.snapshot);
    if (key !== expected.key) throw this.#leftModel(count, `has the key ${key} instead of ${expected.key}`);
  }

  get snapshot(): SnapshotOf<M> {
    // The actor is one of this machine; that is not in its type, which says no more than that some machine runs.
    return this.actor.getSnapshot() as SnapshotOf<M>;
  }

  #perform(event: EventObject): void {
    if (pull(this.snapshot.children, event)) return;
    const [next] = this.clock.timers();
    if (next?.event === event.type) this.clock.set(next.due);
    else this.actor.send(event);
  }

  #hear(event: InspectionEvent): void {
    if (event.type !== '@xstate.microstep' || event.actorRef !== this.actor) return;
    this.#taken.push(...takenTransitions(event._transitions).map(transitionId));
  }

  #leftModel(count: number, what: string, failure: { readonly cause?: unknown } = {}): ModelError {
    const { from, steps } = this.#walk;
    const walk = describeWalk(walkOf(from, steps.slice(0, count)), { last: 20 });
    return new ModelError(`'${this.#graph.machine.id}' ${what}, after this walk:\n${walk}`, {
      condition: 'left-the-model',
      ...failure,
      hint: 'cause' in failure ? ACTOR_FAILED : ACTOR_DIFFERS,
    });
  }
}

const ACTOR_FAILED =
  'Most often an action threw that, which exploring does not run, or a child failed in a state without `onError`.';
const ACTOR_DIFFERS =
  'Either a guard asks for something that an action changed beside the context, or the key leaves out what a guard asks for.';
