import type { AnyStateMachine, AnyStateNode } from 'xstate';

/**
 * The states in which a machine begins, before the first transition that needs no event. No inspector is told of them if such a
 * transition leaves them at once.
 */
export function initialStates(machine: AnyStateMachine): readonly AnyStateNode[] {
  const { root }: { root: AnyStateNode } = machine;
  return [...entered(root)];
}

function entered(node: AnyStateNode): Set<AnyStateNode> {
  const states = new Set([node]);
  if (node.type === 'parallel') {
    for (const region of Object.values<AnyStateNode>(node.states)) addAll(states, entered(region));
  } else if (node.type === 'compound') {
    for (const target of node.initial.target) {
      for (const between of ancestors(target, node)) states.add(between);
      addAll(states, entered(target));
    }
  }
  return states;
}

/** From the inside out, as far as a state that is left out. */
function ancestors({ parent }: AnyStateNode, end: AnyStateNode): AnyStateNode[] {
  return parent === undefined || parent === end ? [] : [parent, ...ancestors(parent, end)];
}

function addAll<T>(set: Set<T>, more: Iterable<T>): void {
  for (const value of more) set.add(value);
}
