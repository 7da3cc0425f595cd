import type { AnyStateNode, AnyTransitionDefinition } from 'xstate';

/**
 * Of the transitions that XState selected for a microstep, those that it takes. Regions of a parallel state may select several that
 * leave the same states: then the first one wins, or that of the inner state (SCXML §D, removeConflictingTransitions). What XState tells
 * inspectors is the selection.
 */
export function takenTransitions(selected: readonly AnyTransitionDefinition[]): readonly AnyTransitionDefinition[] {
  if (selected.length < 2) return selected;
  let taken: readonly AnyTransitionDefinition[] = [];
  for (const transition of selected) {
    const rivals = taken.filter((other) => areInConflict(transition, other));
    if (rivals.every((rival) => isInside(transition.source, rival.source))) {
      taken = [...taken.filter((other) => !rivals.includes(other)), transition];
    }
  }
  return taken;
}

/** Both would leave the same states. One without targets leaves none. */
function areInConflict(one: AnyTransitionDefinition, other: AnyTransitionDefinition): boolean {
  const [domain, otherDomain] = [domainOf(one), domainOf(other)];
  if (domain === undefined || otherDomain === undefined) return false;
  const inner = isInside(domain, otherDomain) ? domain : otherDomain;
  return (domain === otherDomain || isInside(domain, otherDomain) || isInside(otherDomain, domain)) && hasStates(inner);
}

/** The state whose inner states are left. */
function domainOf({ source, target, reenter }: AnyTransitionDefinition): AnyStateNode | undefined {
  if (!target || target.length === 0) return undefined;
  if (!reenter && target.every((state: AnyStateNode) => state === source || isInside(state, source))) return source;
  const around = ancestors(source).find((state) => target.every((inner: AnyStateNode) => isInside(inner, state)));
  return around ?? source.machine.root;
}

function hasStates({ states }: AnyStateNode): boolean {
  return Object.keys(states).length > 0;
}

function isInside(state: AnyStateNode, outer: AnyStateNode): boolean {
  return ancestors(state).includes(outer);
}

/** From the inside out. */
function ancestors({ parent }: AnyStateNode): AnyStateNode[] {
  return parent === undefined ? [] : [parent, ...ancestors(parent)];
}
