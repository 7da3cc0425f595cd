import { inspect } from 'node:util';

/*
 * Looks for secrets in everything that an inspector, a log or a debugger could show.
 */

/** Looks at everything that can be reached from what it is shown: each object once. */
export interface Witness {
  look(value: unknown): void;
  /** What it saw that has one of these secrets in it, in any of the forms in which one travels. */
  leaks(...secrets: readonly string[]): string[];
  /** All that it saw. */
  readonly texts: readonly string[];
}

export function createWitness(): Witness {
  const seen = new WeakSet<object>();
  const texts: string[] = [];
  return {
    texts,
    look(value) {
      const event: unknown = Reflect.get(Object(value), 'event');
      texts.push(textsIn(value, seen), inspect(event, { depth: 5 }), JSON.stringify(event) ?? '');
      if (value instanceof Error) texts.push(inspect(value, { depth: 9, showHidden: true }), JSON.stringify(value));
    },
    leaks(...secrets) {
      const forms = secrets.flatMap(formsOf);
      return texts.filter((text) => forms.some((form) => text.includes(form)));
    },
  };
}

/** All texts and bytes in a value. */
export function textsIn(value: unknown, seen = new WeakSet<object>()): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null || seen.has(value)) return '';
  seen.add(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  const inner: unknown[] = value instanceof Map ? [...value.entries()] : value instanceof Set ? [...value] : [];
  for (const key of Reflect.ownKeys(value)) {
    inner.push(String(key), Reflect.getOwnPropertyDescriptor(value, key)?.value);
  }
  return inner.map((part) => textsIn(part, seen)).join('\n');
}

/** In clear, and in base64 at each of its three offsets. */
export function formsOf(secret: string): string[] {
  const base64 = [0, 1, 2].map((offset) => {
    const text = Buffer.from('\0'.repeat(offset) + secret).toString('base64');
    return text.slice(offset === 0 ? 0 : 4, 20);
  });
  return [secret, ...base64];
}
