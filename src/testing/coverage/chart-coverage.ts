import type { AnyStateMachine } from 'xstate';
import { allStates, stateNodePath, type TransitionId, transitionIds } from '../model/transition-id.ts';

/**
 * Who took it: an actor that ran, or only a pure function such as `transition()` of XState, which executes no action; or nobody.
 */
export type Taken = 'actor' | 'pure' | 'missed';

/**
 * What was taken of one machine. It is its own JSON. All states and transitions of the machine are in it, so it can be read without the
 * machine, and two machines are the same one if their ids and these names are the same.
 */
export interface ChartCoverage {
  /** Id of the machine. */
  readonly machine: string;
  /** By path, as in charts. The machine itself and history states are left out: it is always in the one, and never in the others. */
  readonly states: Readonly<Record<string, Taken>>;
  readonly transitions: Readonly<Record<TransitionId, Taken>>;
}

/** How much of a chart was taken. */
export interface Share {
  readonly taken: number;
  readonly all: number;
}

/** The coverage of a machine of which nothing was taken yet. */
export function emptyCoverage(machine: AnyStateMachine): ChartCoverage {
  const [, ...inner] = allStates(machine);
  const states = inner.filter(({ type }) => type !== 'history').map(stateNodePath);
  return { machine: machine.id, states: allMissed(states), transitions: allMissed(transitionIds(machine)) };
}

/** What tells one machine from another: its id, and the names of its states and transitions. */
export function identityOf({ machine, states, transitions }: ChartCoverage): string {
  return JSON.stringify([machine, Object.keys(states), Object.keys(transitions)]);
}

/** Puts together what was gathered in several places, one entry for each machine, in the order of the first. */
export function mergeCoverage(parts: readonly ChartCoverage[]): ChartCoverage[] {
  const merged = new Map<string, ChartCoverage>();
  for (const part of parts) {
    const identity = identityOf(part);
    const known = merged.get(identity);
    merged.set(identity, known ? both(known, part) : part);
  }
  return [...merged.values()];
}

/** The stronger of two: what an actor did counts more than what a function did. */
export function stronger(one: Taken, other: Taken): Taken {
  if (one === 'actor' || other === 'actor') return 'actor';
  return one === 'pure' || other === 'pure' ? 'pure' : 'missed';
}

/** What only pure functions took becomes missed. */
export function ofActors({ machine, states, transitions }: ChartCoverage): ChartCoverage {
  return { machine, states: withoutPure(states), transitions: withoutPure(transitions) };
}

/** How many of these were taken. */
export function shareOf(taken: Readonly<Record<string, Taken>>): Share {
  const values = Object.values(taken);
  return { taken: values.filter((value) => value !== 'missed').length, all: values.length };
}

function both(one: ChartCoverage, other: ChartCoverage): ChartCoverage {
  return {
    machine: one.machine,
    states: strongest(one.states, other.states),
    transitions: strongest(one.transitions, other.transitions),
  };
}

function strongest(
  one: Readonly<Record<string, Taken>>,
  other: Readonly<Record<string, Taken>>,
): Readonly<Record<string, Taken>> {
  return Object.fromEntries(Object.entries(one).map(([name, taken]) => [name, stronger(taken, other[name] ?? taken)]));
}

function withoutPure(taken: Readonly<Record<string, Taken>>): Readonly<Record<string, Taken>> {
  return Object.fromEntries(Object.entries(taken).map(([name, by]) => [name, by === 'pure' ? 'missed' : by]));
}

function allMissed(names: readonly string[]): Readonly<Record<string, Taken>> {
  return Object.fromEntries(names.map((name) => [name, 'missed']));
}
