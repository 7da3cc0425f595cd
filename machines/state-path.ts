import type { StateValue } from 'xstate';

/** A state value as a path: `linked.securing.handshaking`; parallel regions are joined by `+`. */
export function statePath(value: StateValue): string {
  if (typeof value === 'string') return value;
  return Object.entries(value)
    .map(([name, inner]) => {
      const rest = inner === undefined ? '' : statePath(inner);
      return rest === '' ? name : `${name}.${rest}`;
    })
    .join('+');
}

/** The same as far as there is one path: `linked.online`, whatever its regions are at. */
export function phasePath(value: StateValue): string {
  if (typeof value === 'string') return value;
  const [region, ...others] = Object.entries(value);
  if (region === undefined || others.length > 0) return '';
  const [name, inner = ''] = region;
  const rest = phasePath(inner);
  return rest === '' ? name : `${name}.${rest}`;
}

/**
 * Paths of the states that a machine is in now and was not before, the outermost of each way: of parallel regions that were all
 * entered at once, only the state around them.
 */
export function enteredStates(value: StateValue, before: StateValue | undefined): string[] {
  if (typeof value === 'string') return value === before ? [] : [value];
  const known = typeof before === 'object' ? before : {};
  const regions = Object.entries(value);
  if (regions.length > 1 && regions.every(([name]) => known[name] === undefined)) return [''];
  return regions.flatMap(([name, inner]) =>
    inner === undefined
      ? []
      : enteredStates(inner, known[name]).map((path) => (path === '' ? name : `${name}.${path}`)),
  );
}

/** Paths of all the states in a value, outer ones too: `linked`, `linked.securing`, `linked.securing.handshaking`. */
export function activePaths(value: StateValue, prefix = ''): string[] {
  if (typeof value === 'string') return [prefix + value];
  return Object.entries(value).flatMap(([name, inner = {}]) => [
    prefix + name,
    ...activePaths(inner, `${prefix}${name}.`),
  ]);
}
