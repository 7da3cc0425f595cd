import { ASCII, NAME } from './characters.ts';
import { splitName } from './qualified-name.ts';

/** A qualified name as it stands in a tag, taken apart and checked. */
export interface QualifiedName {
  readonly text: string;
  /** Empty for none. */
  readonly prefix: string;
  readonly local: string;
  /** What an attribute of this name is. */
  readonly role: AttributeRole;
  /** Where in the table it is kept. */
  readonly slot: number;
  /** Where the name of the start tag is kept that came behind a start tag of this name. No references: they would chain. */
  nextTag: number;
  /** The same of the attribute that came behind this name in a tag. */
  nextAttribute: number;
}

/** An attribute without prefix, or with `xml:`: its key in the tree is its name. */
export const PLAIN = 0;
/** An attribute with any other prefix, which may be declared behind it. */
const PREFIXED = 1;
/** `xmlns`. */
export const DEFAULT_DECLARATION = 2;
/** `xmlns:…`. */
export const PREFIX_DECLARATION = 3;

type AttributeRole = typeof PLAIN | typeof PREFIXED | typeof DEFAULT_DECLARATION | typeof PREFIX_DECLARATION;

const SLOTS = 1024;
const LONGEST_KEPT = 64;
const known: (QualifiedName | undefined)[] = new Array<QualifiedName | undefined>(SLOTS).fill(undefined);

/** Stands where no name came yet. */
export const NO_NAME: QualifiedName = createName('_', 0);

/**
 * The name at `start`. Names repeat, hence a table of the recent ones: found there, nothing is cut, checked or hashed
 * again. `hash` is that of {@link hashName} over all its characters.
 */
export function nameAt(source: string, start: number, end: number, hash: number): QualifiedName {
  const slot = hash & (SLOTS - 1);
  const candidate = known[slot];
  const raw = source.slice(start, end);
  if (candidate !== undefined && candidate.text === raw) return candidate;
  const made = createName(raw, slot);
  if (end - start <= LONGEST_KEPT) known[slot] = made;
  return made;
}

/**
 * The name at `start`, if it came lately and ends before `end`. The one in the slot `expected` is tried first: what
 * follows a name is mostly what followed it before.
 */
export function recentNameAt(source: string, start: number, end: number, expected: number): QualifiedName | undefined {
  const guess = known[expected];
  if (guess !== undefined) {
    const at = start + guess.text.length;
    if (at < end && !isInName(source.charCodeAt(at)) && source.slice(start, at) === guess.text) return guess;
  }
  return findRecent(source, start, end);
}

function findRecent(source: string, start: number, end: number): QualifiedName | undefined {
  let hash = 0;
  for (let at = start; at < end; at++) {
    const code = source.charCodeAt(at);
    if (!isInName(code)) {
      const candidate = known[hash & (SLOTS - 1)];
      return candidate !== undefined && candidate.text === source.slice(start, at) ? candidate : undefined;
    }
    hash = hashName(hash, code);
  }
  return undefined;
}

/** Hash of the characters so far and one more; 0 for none. */
export function hashName(hash: number, code: number): number {
  return (Math.imul(hash, 31) + code) | 0;
}

/** Whether a character may be in a name, as far as can be told without looking at the whole. */
function isInName(code: number): boolean {
  return code >= 128 || ASCII[code] === NAME;
}

function createName(raw: string, slot: number): QualifiedName {
  const { prefix, local } = splitName(raw);
  const role = roleOf(prefix, local);
  return { text: asKey(raw), prefix: asKey(prefix), local: asKey(local), role, slot, nextTag: 0, nextAttribute: 0 };
}

function roleOf(prefix: string, local: string): AttributeRole {
  if (prefix === '') return local === 'xmlns' ? DEFAULT_DECLARATION : PLAIN;
  if (prefix === 'xml') return PLAIN;
  return prefix === 'xmlns' ? PREFIX_DECLARATION : PREFIXED;
}

/** The same text as V8 keeps property names: no copy is made and nothing looked up when it becomes a key. */
function asKey(text: string): string {
  const holder: Record<string, true> = Object.create(null);
  holder[text] = true;
  for (const key in holder) return key;
  return text;
}
