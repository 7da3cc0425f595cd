import type { AnyMachineSnapshot } from 'xstate';

/**
 * What makes one snapshot another node, where nobody says it: the states with what history remembers, and all plain data in the
 * context. Of an actor its id counts, of an error its name and message, of any other object of a class its class alone.
 */
export function plainKey({ context }: AnyMachineSnapshot): unknown {
  return context;
}

/** The key of a node: the states, and what else was chosen to count. */
export function serializeKey({ value, status, historyValue }: AnyMachineSnapshot, rest: unknown): string {
  const history = Object.entries(historyValue).map(([id, nodes]) => [id, nodes.map((node) => node.id)]);
  return [JSON.stringify(value), status === 'active' ? '' : status, JSON.stringify(history), digest(rest)].join(' ');
}

/** A value as text: equal texts for what cannot be told apart. */
function digest(value: unknown, around: readonly object[] = []): string {
  if (typeof value === 'function') return `function ${value.name}`;
  if (typeof value !== 'object' || value === null)
    return typeof value === 'string' ? JSON.stringify(value) : `${String(value)}`;
  if (around.includes(value)) return 'itself';
  const within = [...around, value];
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (value instanceof Date) return value.toJSON();
  if (value instanceof Map) return `Map ${digest([...value], within)}`;
  if (value instanceof Set) return `Set ${digest([...value], within)}`;
  if (Array.isArray(value)) return `[${value.map((item) => digest(item, within)).join()}]`;
  if ('sessionId' in value && 'id' in value) return `actor ${String(value.id)}`;
  if (!isPlain(value)) return value.constructor.name;
  const fields = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, inner]) => `${name}:${digest(inner, within)}`).join()}}`;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || !('constructor' in value);
}

/** What of these contexts takes the most values, in words: what makes a machine grow. */
export function growth(contexts: readonly unknown[]): string {
  const values = new Map<string, Set<string>>();
  for (const context of contexts) {
    for (const [name, value] of Object.entries(Object(context))) {
      const known = values.get(name) ?? new Set();
      values.set(name, known.add(digest(value)));
    }
  }
  return [...values]
    .map(([name, { size }]) => ({ name, size }))
    .filter(({ size }) => size > 1)
    .toSorted((a, b) => b.size - a.size)
    .slice(0, 3)
    .map(({ name, size }) => `context.${name} has ${size} values`)
    .join(', ');
}
