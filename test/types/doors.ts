import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Types of options that these doors of the package name, and the interface `Given` of a file does not. */
export function missingFrom(
  file: string,
  isMeant: (subpath: string) => boolean,
): { readonly missing: readonly string[]; readonly count: number } {
  const named = doorFiles(isMeant).flatMap((text) => [...text.matchAll(/\b([A-Z]\w*Options)\b/g)]);
  const names = [...new Set(named.map(([, name = '']) => name))];
  const listed = /interface Given \{([^}]*)\}/.exec(readFileSync(file, 'utf8'))?.[1];
  return { missing: names.filter((name) => !listed?.includes(` ${name}:`)), count: names.length };
}

/** Their sources. */
function doorFiles(isMeant: (subpath: string) => boolean): readonly string[] {
  const root = resolve(import.meta.dirname, '../..');
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return Object.keys(exports)
    .filter((subpath) => subpath !== './package.json' && isMeant(subpath))
    .flatMap((subpath) => [exports[subpath], exports[subpath].browser ?? []].flat())
    .map(({ default: built }) => join(root, built.replace('./dist/', '').replace('.js', '.ts')))
    .filter((path) => existsSync(path))
    .map((path) => readFileSync(path, 'utf8'));
}
