import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';

/**
 * Which of the transitions that XState selected for a microstep it performed. Regions of a parallel state may select several that leave
 * the same states; then only one of them is performed (SCXML §D, removeConflictingTransitions). What XState tells inspectors is the
 * selection.
 */
export function performed(selected: readonly AnyTransitionDefinition[]): readonly AnyTransitionDefinition[] {
  if (selected.length < 2) return selected;
  let kept: readonly AnyTransitionDefinition[] = [];
  for (const transition of selected) {
    const rivals = kept.filter((other) => isConflict(transition, other));
    if (rivals.every((rival) => isInside(transition.source, rival.source))) {
      kept = [...kept.filter((other) => !rivals.includes(other)), transition];
    }
  }
  return kept;
}

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

/** Two transitions that would leave the same states. A transition without targets leaves none. */
function isConflict(one: AnyTransitionDefinition, other: AnyTransitionDefinition): boolean {
  const [domain, otherDomain] = [domainOf(one), domainOf(other)];
  if (domain === undefined || otherDomain === undefined) return false;
  const inner = isInside(domain, otherDomain) ? domain : otherDomain;
  return (domain === otherDomain || isInside(domain, otherDomain) || isInside(otherDomain, domain)) && isLeft(inner);
}

/** The state whose inner states are left. */
function domainOf({ source, target, reenter }: AnyTransitionDefinition): AnyStateNode | undefined {
  if (!target || target.length === 0) return undefined;
  if (!reenter && target.every((state: AnyStateNode) => state === source || isInside(state, source))) return source;
  const around = ancestors(source).find((state) => target.every((inner: AnyStateNode) => isInside(inner, state)));
  return around ?? source.machine.root;
}

function isLeft({ states }: AnyStateNode): boolean {
  return Object.keys(states).length > 0;
}

function isInside(state: AnyStateNode, outer: AnyStateNode): boolean {
  return ancestors(state).includes(outer);
}

/** From the inside out, as far as a state that is left out. */
function ancestors({ parent }: AnyStateNode, end?: AnyStateNode): AnyStateNode[] {
  return parent === undefined || parent === end ? [] : [parent, ...ancestors(parent, end)];
}

function addAll<T>(set: Set<T>, more: Iterable<T>): void {
  for (const value of more) set.add(value);
}
