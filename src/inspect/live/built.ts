import { resolve } from 'node:path';

/** Where this file is in the tree, with the folders above it: `dist/src/inspect/live` or, where tests run, `src/inspect/live`. */
const HERE = import.meta.dirname;
const IS_BUILT = /[\\/]dist[\\/]src[\\/]inspect[\\/]live$/.test(HERE);
const ROOT = resolve(HERE, IS_BUILT ? '../../../..' : '../../..');

/** The path of a file as the compiler wrote it, from `src/inspect`. */
export function builtFile(path: string): string {
  return resolve(IS_BUILT ? resolve(HERE, '..') : resolve(ROOT, 'dist/src/inspect'), path);
}

/** The path of a file as somebody wrote it, from `src/inspect`; an installed package has none. */
export function sourceFile(path: string): string {
  return resolve(ROOT, 'src/inspect', path);
}
