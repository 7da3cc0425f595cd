import type { AnyStateMachine } from 'xstate';

/** A transition as it stands in a chart, with a list of actions. */
export interface TransitionConfig {
  target?: string | undefined;
  guard?: unknown;
  actions: unknown[];
  readonly reenter?: boolean;
}

/** Transitions for one event, in the order in which their guards are asked. */
export interface EventConfig {
  /** As in the machine that is made of it: `xstate.done.actor.resolve`, and an empty text for `always`. */
  readonly event: string;
  readonly isDeadline: boolean;
  readonly transitions: TransitionConfig[];
  /** Where they stand in `copyOfConfig`. */
  readonly holder: Record<string, unknown>;
  readonly key: string;
}

/** A state, and what may be changed in it. */
export interface StateConfig {
  /** Dots between names; empty for the root. */
  readonly path: string;
  readonly id: string;
  readonly isParallel: boolean;
  readonly parent: StateConfig | undefined;
  readonly states: StateConfig[];
  readonly events: EventConfig[];
  /** `entry` and `exit`. */
  readonly lists: Readonly<Record<'entry' | 'exit', unknown[]>>;
}

/** A chart of its own that says the same as that of the machine, and can be changed. */
export interface ChartConfig {
  readonly root: StateConfig;
  /** What XState makes a machine of; an event without a transition is left out. */
  finish(): Record<string, unknown>;
}

type Raw = Record<string, unknown>;

/** Copies the chart. All shorthands are written out: lists of transitions and of actions. */
export function copyOfConfig(machine: AnyStateMachine): ChartConfig {
  const raw = record(copy(machine.config));
  const root = readState(raw, '', machine.id, undefined);
  return {
    root,
    finish: () => {
      for (const { holder, key, transitions } of everyState(root).flatMap(({ events }) => events)) {
        if (transitions.length === 0) delete holder[key];
      }
      return raw;
    },
  };
}

/** A state and all inside it, the outer ones first. */
export function everyState(state: StateConfig): StateConfig[] {
  return [state, ...state.states.flatMap(everyState)];
}

function readState(raw: Raw, path: string, id: string, parent: StateConfig | undefined): StateConfig {
  raw.entry = list(raw.entry);
  raw.exit = list(raw.exit);
  const state: StateConfig = {
    path,
    id,
    parent,
    isParallel: raw.type === 'parallel',
    states: [],
    events: readEvents(raw, id),
    lists: { entry: list(raw.entry), exit: list(raw.exit) },
  };
  for (const [name, inner] of Object.entries(record(raw.states ?? {}))) {
    state.states.push(readState(record(inner), path === '' ? name : `${path}.${name}`, `${id}.${name}`, state));
  }
  return state;
}

function readEvents(raw: Raw, id: string): EventConfig[] {
  const on = record(raw.on ?? {});
  const after = record(raw.after ?? {});
  return [
    ...Object.keys(on).map((event) => readEvent(on, event, event)),
    ...list(raw.invoke).flatMap((invoke) => readInvoke(record(invoke))),
    ...Object.keys(after).map((delay) => readEvent(after, delay, `xstate.after.${delay}.${id}`, true)),
    ...(raw.onDone === undefined ? [] : [readEvent(raw, 'onDone', `xstate.done.state.${id}`)]),
    ...(raw.always === undefined ? [] : [readEvent(raw, 'always', '')]),
  ];
}

function readInvoke(invoke: Raw): EventConfig[] {
  return [
    ...(invoke.onDone === undefined ? [] : [readEvent(invoke, 'onDone', `xstate.done.actor.${invoke.id}`)]),
    ...(invoke.onError === undefined ? [] : [readEvent(invoke, 'onError', `xstate.error.actor.${invoke.id}`)]),
  ];
}

function readEvent(holder: Raw, key: string, event: string, isDeadline = false): EventConfig {
  const transitions = list(holder[key]).map(readTransition);
  holder[key] = transitions;
  return { event, isDeadline, transitions, holder, key };
}

function readTransition(raw: unknown): TransitionConfig {
  if (typeof raw === 'string') return { target: raw, actions: [] };
  const transition = record(raw);
  return { ...transition, actions: list(transition.actions) };
}

/** Lists and plain objects anew; functions and whatever else is in a chart stay the same. */
function copy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copy);
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copy(inner)]));
}

/** One thing is a list of one. A list stays the same list. */
function list(value: unknown): unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function record(value: unknown): Raw {
  if (!isPlain(value)) throw new TypeError(`Not what a chart has here: ${value}`);
  return value;
}

function isPlain(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
