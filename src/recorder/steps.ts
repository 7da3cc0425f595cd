import type { StateValue } from 'xstate';
import type { ClientContext } from '../../machines/client.types.ts';
import { activePaths, statePath } from '../../machines/state-path.ts';
import type { KeptError } from './kept-error.ts';
import { keptContext } from './kept-event.ts';

/** How many events are remembered at least; at most twice as many. */
const SEGMENT = 64;

/** What the client was when a segment began. */
export interface Base {
  readonly at: number;
  readonly value: StateValue;
  readonly context: ClientContext;
  /** When each state was entered, by path. */
  readonly since: ReadonlyMap<string, number>;
  /** How many events came before. */
  readonly dropped: number;
}

/** One event that the chart took. */
export class Step {
  readonly order: number;
  readonly at: number;
  readonly event: { readonly type: string };
  /** What the chart was in afterwards; until it is, what it was in before. */
  value: StateValue;
  /** The error that came with it. */
  error: KeptError | undefined;
  decided: Decisions | undefined;

  constructor(order: number, at: number, event: { readonly type: string }, value: StateValue) {
    this.order = order;
    this.at = at;
    this.event = event;
    this.value = value;
  }
}

/** What chance and the application decided: a replay must not decide it anew. */
export interface Decisions {
  readonly requestId?: string;
  readonly retry?: ClientContext['retry'];
}

/** The chart has few values and takes each of them again and again: one object for all clients. */
const VALUES = new Map<string, StateValue>();

/** The same value, and of equal ones always the same object. */
export function interned(value: StateValue): StateValue {
  const path = statePath(value);
  const known = VALUES.get(path);
  if (known !== undefined) return known;
  VALUES.set(path, value);
  return value;
}

/** A base, and what happened since. */
export interface History {
  readonly base: Base;
  readonly steps: readonly Step[];
}

/** The last events of a client. When there are enough, the older half goes at once: so only two moments are kept whole. */
export class Steps {
  #older: History | undefined;
  #base: Base;
  #steps: Step[] = [];

  constructor(base: Base) {
    this.#base = base;
  }

  get isFull(): boolean {
    return this.#steps.length >= SEGMENT;
  }

  add(step: Step): void {
    this.#steps.push(step);
  }

  /** Begins a new segment. */
  turn(value: StateValue, context: ClientContext, at: number): void {
    const full = { base: this.#base, steps: this.#steps };
    const dropped = this.#base.dropped + this.#steps.length;
    this.#older = full;
    this.#base = { at, value, context: keptContext(context), since: sinceAfter(full), dropped };
    this.#steps = [];
  }

  /** All that is known; later steps do not change it. */
  history(): History {
    if (!this.#older) return { base: this.#base, steps: [...this.#steps] };
    return { base: this.#older.base, steps: [...this.#older.steps, ...this.#steps] };
  }
}

/** When the states that the chart is in at the end of a history were entered, by path. */
export function sinceAfter({ base, steps }: History): Map<string, number> {
  let since = new Map(base.since);
  for (const { at, value } of steps) since = entered(since, value, at);
  return since;
}

/** States that stay keep their time. A state that is left and entered again in one step counts as one that stays. */
export function entered(before: ReadonlyMap<string, number>, value: StateValue, at: number): Map<string, number> {
  const after = new Map<string, number>();
  for (const path of activePaths(value)) after.set(path, before.get(path) ?? at);
  return after;
}
