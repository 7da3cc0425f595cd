import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { asList, asRecord, statesOf } from './rules.ts';

/** The names of implementations, by kind. */
type Names = Record<'actions' | 'guards' | 'actors' | 'delays', Set<string>>;

/** Names that the chart uses and `setup()` does not implement. */
export function implementsNames(machine: AnyStateMachine): string[] {
  return difference(usedNames(machine), implementedNames(machine)).map((name) => `${machine.id} lacks ${name}`);
}

/** Names that `setup()` implements and the chart does not use. `spawned` are actors that actions start. */
export function usesNames(machine: AnyStateMachine, spawned: readonly string[]): string[] {
  const used = usedNames(machine);
  for (const name of spawned) used.actors.add(name);
  return difference(implementedNames(machine), used).map((name) => `${machine.id} does not use ${name}`);
}

function usedNames(machine: AnyStateMachine): Names {
  const names: Names = { actions: new Set(), guards: new Set(), actors: new Set(), delays: new Set() };
  for (const state of statesOf(machine)) collect(state, names);
  return names;
}

function collect({ config }: AnyStateNode, names: Names): void {
  addAll(names.actions, asList(config.entry));
  addAll(names.actions, asList(config.exit));
  for (const delay of Object.keys(asRecord(config.after))) names.delays.add(delay);
  for (const transition of transitionsOf(config)) {
    const { guard, actions } = asRecord(transition);
    addAll(names.guards, asList(guard));
    addAll(names.actions, asList(actions));
  }
  addAll(
    names.actors,
    asList(config.invoke).map((invoked) => asRecord(invoked).src),
  );
}

/** The transitions of one state, of all kinds. */
function transitionsOf(config: AnyStateNode['config']): readonly unknown[] {
  const invoked = asList(config.invoke).map(asRecord);
  return [
    ...Object.values(asRecord(config.on)),
    ...Object.values(asRecord(config.after)),
    config.always,
    config.onDone,
    ...invoked.flatMap(({ onDone, onError, onSnapshot }) => [onDone, onError, onSnapshot]),
  ].flatMap(asList);
}

function addAll(names: Set<string>, references: readonly unknown[]): void {
  for (const reference of references) {
    const name = typeof reference === 'string' ? reference : asRecord(reference).type;
    if (typeof name === 'string') names.add(name);
  }
}

function implementedNames({ implementations }: AnyStateMachine): Names {
  const { actions, guards, actors, delays } = asRecord(implementations);
  return {
    actions: new Set(Object.keys(asRecord(actions))),
    guards: new Set(Object.keys(asRecord(guards))),
    actors: new Set(Object.keys(asRecord(actors))),
    delays: new Set(Object.keys(asRecord(delays))),
  };
}

function difference(names: Names, without: Names): string[] {
  return (['actions', 'guards', 'actors', 'delays'] as const).flatMap((kind) =>
    [...names[kind]].filter((name) => !without[kind].has(name)).map((name) => `${kind}.${name}`),
  );
}
