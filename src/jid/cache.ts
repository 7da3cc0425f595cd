/** A map that forgets: reading and writing cost the same however much was put in. */
export interface Cache<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
}

/**
 * A cache of two generations: a full young one replaces the old one, and what is read from the old one is young again.
 * So it holds at most twice `generation` entries, and what is used often stays.
 */
export function createCache<Value>(generation: number): Cache<Value> {
  let young = new Map<string, Value>();
  let old = new Map<string, Value>();

  function set(key: string, value: Value): void {
    if (young.size >= generation) {
      old = young;
      young = new Map();
    }
    young.set(key, value);
  }

  function get(key: string): Value | undefined {
    const recent = young.get(key);
    if (recent !== undefined) return recent;
    const value = old.get(key);
    if (value !== undefined) set(key, value);
    return value;
  }

  return { get, set };
}
