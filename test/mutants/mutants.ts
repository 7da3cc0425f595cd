import { type AnyStateMachine, not, StateMachine } from 'xstate';
import { copyOfConfig, type EventConfig, everyState, type StateConfig, type TransitionConfig } from './chart-config.ts';

/** What is wrong with a chart. */
export const KINDS = [
  'transition dropped',
  'transition retargeted',
  'guard removed',
  'guard negated',
  'action dropped',
  'deadline dropped',
] as const;

type Kind = (typeof KINDS)[number];

/** A chart with one mistake. */
export interface Mutant {
  readonly kind: Kind;
  /** The same for the same chart: the kind and the name of the transition or state, and what is new there. */
  readonly name: string;
}

interface Mutation extends Mutant {
  readonly make: () => void;
}

/** All mutants of a machine, in an order that stays the same as long as the chart does. */
export function mutantsOf(machine: AnyStateMachine): readonly Mutant[] {
  return mutationsOf(copyOfConfig(machine).root);
}

/** The mutant with this index in `mutantsOf`. */
export function mutate<M extends AnyStateMachine>(machine: M, index: number): M {
  const config = copyOfConfig(machine);
  mutationsOf(config.root)[index]?.make();
  return rebuilt(machine, config.finish());
}

/** The machine made anew of its written-out chart, without a mistake. */
export function unchanged<M extends AnyStateMachine>(machine: M): M {
  return rebuilt(machine, copyOfConfig(machine).finish());
}

function rebuilt<M extends AnyStateMachine>(machine: M, config: Record<string, unknown>): M {
  const made: AnyStateMachine = new StateMachine(config, machine.implementations);
  // It has the same types: none of them depends on what was changed.
  return made as M;
}

function mutationsOf(root: StateConfig): Mutation[] {
  const states = everyState(root);
  return states.flatMap((state) => [
    ...state.events.flatMap((event) =>
      event.transitions.flatMap((transition, index) => {
        const name = `${state.path} | ${event.event} | ${index}`;
        return transitionMutations({ states, state, event, transition, name });
      }),
    ),
    ...actionMutations(state.lists.entry, `${state.path} | entry`),
    ...actionMutations(state.lists.exit, `${state.path} | exit`),
  ]);
}

interface Place {
  readonly states: readonly StateConfig[];
  readonly state: StateConfig;
  readonly event: EventConfig;
  readonly transition: TransitionConfig;
  readonly name: string;
}

function transitionMutations({ states, state, event, transition, name }: Place): Mutation[] {
  const mutations = [drop(event, transition, name)];
  const { target, guard } = transition;
  const other = target === undefined ? undefined : otherTarget(states, state, target);
  const replace = (change: Partial<TransitionConfig>) => (): void => void Object.assign(transition, change);
  if (other) {
    const what = `${name}: to ${other.path}`;
    mutations.push(mutation('transition retargeted', what, replace({ target: `#${other.id}` })));
  }
  if (guard !== undefined) {
    const what = `${name}: ${guardName(guard)}`;
    mutations.push(
      mutation('guard removed', what, replace({ guard: undefined })),
      mutation('guard negated', what, replace({ guard: not(guard as string) })),
    );
  }
  return [...mutations, ...actionMutations(transition.actions, name)];
}

function drop({ isDeadline, transitions }: EventConfig, transition: TransitionConfig, name: string): Mutation {
  const kind = isDeadline ? 'deadline dropped' : 'transition dropped';
  return mutation(kind, name, () => void transitions.splice(transitions.indexOf(transition), 1));
}

function actionMutations(actions: unknown[], name: string): Mutation[] {
  return actions.map((action, index) =>
    mutation('action dropped', `${name}: ${String(action)}`, () => void actions.splice(index, 1)),
  );
}

function mutation(kind: Kind, what: string, make: () => void): Mutation {
  return { kind, name: `${kind}: ${what}`, make };
}

/** The next state beside the target. Of a region, that beside all regions: whoever enters one enters all. */
function otherTarget(states: readonly StateConfig[], source: StateConfig, target: string): StateConfig | undefined {
  const id = idOf(source, target);
  let old = states.find((state) => state.id === id);
  if (!old) throw new Error(`'${target}' in '${source.path}' is no state`);
  while (old.parent?.isParallel || old.parent?.states.length === 1) old = old.parent;
  const siblings = old.parent?.states ?? [];
  return siblings[(siblings.indexOf(old) + 1) % siblings.length];
}

function idOf(source: StateConfig, target: string): string {
  if (target.startsWith('#')) return target.slice(1);
  return target.startsWith('.') ? source.id + target : `${source.parent?.id}.${target}`;
}

function guardName(guard: unknown): string {
  return typeof guard === 'string' ? guard : String(Object(guard).type);
}
