import type { Tree } from './tree.ts';

/**
 * Where the states of the machine itself stand. One column suffices, unless the machine is large and one of its states holds most of
 * it: then what comes up to that state goes down in the first column, and what comes after it stands in a second one, beside.
 */
export interface Columns {
  /** Paths, from the top down. */
  readonly first: readonly string[];
  /** Empty where there is one column. */
  readonly second: readonly string[];
}

/** A picture of so many states is read in one column. */
const LARGE = 20;

/** Divides the states of the machine itself. */
export function columnsOf(tree: Tree): Columns {
  const paths = tree.childrenOf('').map(({ path }) => path);
  const size = tree.sizeOf('');
  const heart = paths.findIndex((path) => tree.sizeOf(path) >= size / 2);
  if (tree.root.kind !== 'compound' || size < LARGE || heart < 0) return { first: paths, second: [] };
  return { first: paths.slice(0, heart + 1), second: paths.slice(heart + 1) };
}
