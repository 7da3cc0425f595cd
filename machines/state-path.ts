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
