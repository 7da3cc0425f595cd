import type { AnyStateNode, AnyTransitionDefinition } from 'xstate';

/**
 * Of the transitions that were selected for one event, those that are taken. In parallel regions two may be selected that lead out of
 * both: then the first one wins, or that of the inner state (SCXML, `removeConflictingTransitions`).
 */
export function takenTransitions(selected: readonly AnyTransitionDefinition[]): AnyTransitionDefinition[] {
  if (selected.length < 2) return [...selected];
  const taken: AnyTransitionDefinition[] = [];
  for (const transition of selected) {
    const rivals = taken.filter((other) => areInConflict(transition, other));
    if (!rivals.every(({ source }) => isInside(transition.source, source))) continue;
    for (const rival of rivals) taken.splice(taken.indexOf(rival), 1);
    taken.push(transition);
  }
  return taken;
}

/** Both would leave the same states. */
function areInConflict(one: AnyTransitionDefinition, other: AnyTransitionDefinition): boolean {
  const [left, right] = [domainOf(one), domainOf(other)];
  if (left === undefined || right === undefined) return false;
  return left === right || isInside(left, right) || isInside(right, left);
}

/** The state whose inner states are left; `undefined` for a transition that stays. */
function domainOf({ source, target, reenter }: AnyTransitionDefinition): AnyStateNode | undefined {
  const targets: readonly AnyStateNode[] = target ?? [];
  if (targets.length === 0) return undefined;
  if (!reenter && targets.every((state) => state === source || isInside(state, source))) return source;
  let domain = source.parent;
  while (domain?.parent && !targets.every((state) => isInside(state, domain))) domain = domain.parent;
  return domain ?? source;
}

function isInside(inner: AnyStateNode, outer: AnyStateNode | undefined): boolean {
  for (let around = inner.parent; around; around = around.parent) if (around === outer) return true;
  return false;
}
