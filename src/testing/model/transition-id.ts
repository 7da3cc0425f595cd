import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';

/**
 * Names one transition of a machine: `<path of its source> | <event descriptor> | <index among the transitions of that source for that
 * event>`, as in `linked.opening.awaitingHeader | stream.opened | 0`. The root has an empty path, and `always` an empty event. The name
 * stays the same when actors, guards or actions are provided.
 */
export type TransitionId = string;

/** All transitions of a machine, those of outer states first: what can be covered. */
export function transitionIds(machine: AnyStateMachine): readonly TransitionId[] {
  return allStates(machine).flatMap((state) => ownTransitions(state).map(transitionId));
}

/** The name of a transition, as XState defines it: in the machine, and in what it tells inspectors of a microstep. */
export function transitionId(definition: AnyTransitionDefinition): TransitionId {
  const { source, eventType } = definition;
  const siblings: readonly AnyTransitionDefinition[] = source.transitions.get(eventType) ?? source.always ?? [];
  return `${stateNodePath(source)} | ${eventType} | ${siblings.indexOf(definition)}`;
}

/** Every state of a machine, the root first. */
export function allStates(machine: AnyStateMachine): AnyStateNode[] {
  const { root }: { root: AnyStateNode } = machine;
  return withDescendants(root);
}

/**
 * The path of a state, as in charts: `linked.securing.handshaking`, and an empty text for the root. A dot in the name of a state is
 * escaped where the path would be that of another one.
 */
export function stateNodePath(node: AnyStateNode): string {
  const { root }: { root: AnyStateNode } = node.machine;
  const paths = knownPaths.get(root) ?? pathsOf(root);
  knownPaths.set(root, paths);
  return paths.get(node) ?? node.path.join('.');
}

/** The transitions that a state itself has: on events, of children, after delays, and those that need no event. */
export function ownTransitions({ transitions, always = [] }: AnyStateNode): AnyTransitionDefinition[] {
  return [...[...transitions.values()].flat(), ...always];
}

const knownPaths = new WeakMap<AnyStateNode, ReadonlyMap<AnyStateNode, string>>();

function pathsOf(root: AnyStateNode): ReadonlyMap<AnyStateNode, string> {
  const taken = new Set<string>();
  const paths = new Map<AnyStateNode, string>();
  for (const node of withDescendants(root)) {
    const plain = node.path.join('.');
    const path = taken.has(plain) ? node.path.map((name) => name.replaceAll('.', '\\.')).join('.') : plain;
    taken.add(path);
    paths.set(node, path);
  }
  return paths;
}

function withDescendants(node: AnyStateNode): AnyStateNode[] {
  return [node, ...Object.values<AnyStateNode>(node.states).flatMap(withDescendants)];
}
