import { NC_NAME } from './characters.ts';
import { XmlError } from './xml-error.ts';

/** A qualified name as it stands in a tag, taken apart and checked. */
export interface QualifiedName {
  readonly text: string;
  /** Empty for none. */
  readonly prefix: string;
  readonly local: string;
}

const SLOTS = 1024;
const LONGEST_KEPT = 64;
const known: (QualifiedName | undefined)[] = new Array<QualifiedName | undefined>(SLOTS).fill(undefined);

/**
 * The name at `start`. Names repeat, hence a table of the recent ones: found there, nothing is cut, checked or hashed
 * again. `hash` is that of {@link hashName} over all its characters.
 */
export function nameAt(source: string, start: number, end: number, hash: number): QualifiedName {
  const slot = hash & (SLOTS - 1);
  const candidate = known[slot];
  const raw = source.slice(start, end);
  if (candidate !== undefined && candidate.text === raw) return candidate;
  const made = createName(raw);
  if (end - start <= LONGEST_KEPT) known[slot] = made;
  return made;
}

/** Hash of the characters so far and one more; 0 for none. */
export function hashName(hash: number, code: number): number {
  return (Math.imul(hash, 31) + code) | 0;
}

function createName(raw: string): QualifiedName {
  const colon = raw.indexOf(':');
  const prefix = colon < 0 ? '' : raw.slice(0, colon);
  const local = raw.slice(colon + 1);
  if (!NC_NAME.test(local) || (colon >= 0 && !NC_NAME.test(prefix))) {
    throw new XmlError(
      'not-well-formed',
      `expected a qualified name, got ${JSON.stringify(raw.slice(0, LONGEST_KEPT))}`,
    );
  }
  return { text: asKey(raw), prefix: asKey(prefix), local: asKey(local) };
}

/** The same text as V8 keeps property names: no copy is made and nothing looked up when it becomes a key. */
function asKey(text: string): string {
  const holder: Record<string, true> = Object.create(null);
  holder[text] = true;
  for (const key in holder) return key;
  return text;
}
