import type { AnyStateMachine, AnyStateNode } from 'xstate';

/*
 * The rules that every chart of this library keeps. Each is a function from a machine to what breaks it; nothing means
 * that it is kept.
 */

/** The public contract: see `ClientTag`. */
const TAGS: readonly string[] = [
  'offline',
  'connecting',
  'secure',
  'authenticated',
  'online',
  'closing',
  'waiting',
  'failed',
];

/** Every state of a machine, the root first. */
export function statesOf(machine: AnyStateMachine): AnyStateNode[] {
  const { root }: { root: AnyStateNode } = machine;
  return withDescendants(root);
}

/** A `'*'` handler would hide the crash of an actor. Partial wildcards name what they take. */
export function hasNoWildcard(machine: AnyStateMachine): string[] {
  return statesOf(machine)
    .filter(({ config }) => Object.keys(asRecord(config.on)).includes('*'))
    .map(({ id }) => `${id} handles '*'`);
}

/** An actor that fails unheard takes its parent with it. */
export function handlesActorErrors(machine: AnyStateMachine): string[] {
  return statesOf(machine).flatMap(({ id, config }) =>
    asList(config.invoke)
      .filter((invoked) => asRecord(invoked).onError === undefined)
      .map((invoked) => `${id} invokes '${String(asRecord(invoked).src)}' without onError`),
  );
}

/**
 * A state in which the machine waits ends by itself, unless it is one to rest in. The deadline is its own or that of a state
 * around it, but not of the root: that would bound the machine's whole life.
 */
export function hasDeadlines(machine: AnyStateMachine, resting: readonly string[]): string[] {
  return statesOf(machine)
    .filter((state) => isWaiting(state) && !resting.includes(state.id) && !hasDeadline(state))
    .map(({ id }) => `${id} waits without a deadline`);
}

/** Only states that wait without a deadline need an excuse. */
export function needsToRest(machine: AnyStateMachine, resting: readonly string[]): string[] {
  const unbounded = statesOf(machine).filter((state) => isWaiting(state) && !hasDeadline(state));
  return resting
    .filter((id) => !unbounded.some((state) => state.id === id))
    .map((id) => `${id} needs no permission to rest`);
}

/** Whatever the client does, it can be told to stop. The last state of the machine has nothing left to stop. */
export function acceptsStop(machine: AnyStateMachine): string[] {
  return statesOf(machine)
    .filter(
      (state) => state.type !== 'final' && !withAncestors(state).some((around) => 'stop' in asRecord(around.config.on)),
    )
    .map(({ id }) => `${id} does not accept 'stop'`);
}

export function describesStates(machine: AnyStateMachine): string[] {
  return statesOf(machine)
    .filter(({ parent, description }) => parent && !description?.trim())
    .map(({ id }) => `${id} has no description`);
}

/**
 * The chart holds names: functions stand in `setup()`. Only `context`, `input` and `output` are functions, declared with
 * names of their own: a function that is written in place is named after its key.
 */
export function hasNoInlineFunctions(machine: AnyStateMachine): string[] {
  return inlineFunctions(machine.config, machine.id);
}

export function usesKnownTags(machine: AnyStateMachine): string[] {
  return statesOf(machine).flatMap(({ id, tags }) =>
    tags.filter((tag) => !TAGS.includes(tag)).map((tag) => `${id} has the tag '${tag}', which is not documented`),
  );
}

/** XState has no limit by default: two transient states that lead to each other would hang the process. */
export function limitsIterations(machine: AnyStateMachine): string[] {
  const limit: unknown = asRecord(machine.config.options).maxIterations;
  return typeof limit === 'number' && limit <= 1000 ? [] : [`${machine.id} sets no options.maxIterations`];
}

export function hasUniqueIds(machine: AnyStateMachine): string[] {
  const ids = statesOf(machine).map(({ id }) => id);
  return [...new Set(ids.filter((id, index) => ids.indexOf(id) < index))].map((id) => `two states have the id ${id}`);
}

/** Every state has a way in: from the initial state over transitions of any kind. */
export function reachesStates(machine: AnyStateMachine): string[] {
  const reached = new Set<AnyStateNode>();
  enter(machine.root, reached);
  return statesOf(machine)
    .filter((state) => !reached.has(state))
    .map(({ id }) => `${id} cannot be reached`);
}

function enter(state: AnyStateNode, reached: Set<AnyStateNode>): void {
  if (reached.has(state)) return;
  reached.add(state);
  if (state.parent) enter(state.parent, reached);
  const entered: AnyStateNode[] = state.type === 'parallel' ? childrenOf(state) : [...(state.initial.target ?? [])];
  for (const inner of entered) enter(inner, reached);
  for (const { target } of [...[...state.transitions.values()].flat(), ...(state.always ?? [])]) {
    for (const next of target ?? []) enter(next, reached);
  }
}

function isWaiting(state: AnyStateNode): boolean {
  return state.type === 'atomic' && !isTransient(state);
}

/** Left as soon as it is entered: its last `always` has no guard. */
function isTransient({ config }: AnyStateNode): boolean {
  const last = asList(config.always).at(-1);
  return typeof last === 'string' || (last !== undefined && asRecord(last).guard === undefined);
}

function hasDeadline(state: AnyStateNode): boolean {
  return withAncestors(state).some(({ parent, config }) => parent && Object.keys(asRecord(config.after)).length > 0);
}

function inlineFunctions(value: unknown, path: string): string[] {
  if (typeof value === 'function') return isDeclared(value.name, path) ? [] : [`${path} is a function`];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === 'src' && typeof inner !== 'string') return [`${path}.src is no name`];
    // What setup() adds beside the chart.
    return key === 'schemas' ? [] : inlineFunctions(inner, `${path}.${key}`);
  });
}

function isDeclared(name: string, path: string): boolean {
  const key = path.slice(path.lastIndexOf('.') + 1);
  return ['context', 'input', 'output'].includes(key) && name !== '' && name !== key;
}

function withDescendants(state: AnyStateNode): AnyStateNode[] {
  return [state, ...childrenOf(state).flatMap(withDescendants)];
}

function childrenOf({ states }: AnyStateNode): AnyStateNode[] {
  return Object.values<AnyStateNode>(states);
}

function withAncestors(state: AnyStateNode): AnyStateNode[] {
  return state.parent ? [state, ...withAncestors(state.parent)] : [state];
}

export function asList(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

export function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
