import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');

/** From the bottom to the top: a file imports its own folder and those before it, never one after it. */
const LAYERS = [
  'src/errors',
  'src/xml',
  'src/jid',
  'src/stanza',
  'src/stream',
  'src/sasl',
  'src/payloads',
  'machines',
  'src/actors',
  'src/recorder',
  'src/client',
  'src/subprotocols',
  'src/testing/model',
  'src/testing/coverage',
  'src/testing/verify',
  'src/testing/verify/server',
  'src/testing',
  'src/testing/verify/client',
  'src/inspect/graph',
  'src/inspect/coverage',
  'src/inspect/replay',
  'src/inspect/live',
  'src/inspect/page',
  'src/inspect',
  'src/cli',
  'src',
];

/** Packages that a layer may use; every other import from outside fails. Files for Node only may use its modules. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  'src/xml': ['fast-xml-parser'],
  machines: ['xstate'],
  'src/actors': ['xstate', 'ws'],
  'src/recorder': ['xstate'],
  'src/client': ['xstate'],
  'src/subprotocols': ['xstate'],
  'src/inspect/graph': ['xstate', 'elkjs'],
  'src/inspect/replay': ['xstate'],
  'src/inspect/live': ['xstate'],
  'src/testing/model': ['xstate'],
  'src/testing/coverage': ['xstate'],
  'src/testing/verify': ['xstate'],
  'src/testing/verify/server': ['xstate'],
  'src/testing/verify/client': ['xstate'],
  'src/inspect/coverage': ['xstate'],
  'src/testing': ['xstate', '@peculiar/x509', 'reflect-metadata', 'ws'],
  'src/cli': ['xstate', 'commander'],
};

/** Subpaths of the package that are for Node alone. */
const NODE_DOORS = ['./testing', './testing/coverage-setup', './inspect', './package.json'];

/** Where Node's modules may be imported: the browser never loads these. */
const NODE_ONLY = [
  /^src\/actors\/(tcp|tcp-errors|tls-options|tls-channel|tls-request|tls-tickets|secure-context|end-point-hash|dns|host-meta-node|websocket-node)\.ts$/,
  /^src\/client\/file-session-store\.ts$/,
  /^src\/sasl\/(crypto-node|node)\.ts$/,
  /^src\/testing\//,
  /^src\/inspect\/live\//,
  /^src\/cli\//,
];

const IMPORT = /(?:^|\n)\s*(?:import|export)\b[^;'"]*?from\s*['"]([^'"]+)['"]|\bimport\s*\(?\s*['"]([^'"]+)['"]/g;

interface Import {
  readonly file: string;
  readonly target: string;
}

/** A declaration of which nothing is left when the types are gone. */
const TYPES_ONLY = /(?:^|\n)\s*(?:import|export)\s+type\b[^;'"]*from\s*['"][^'"]+['"]/g;

const files = ['src', 'machines'].flatMap(sourceFiles);
const imports = files.flatMap(importsOf);

describe('layers', () => {
  it('are looked at: there are files and imports', () => {
    expect(files.length).toBeGreaterThan(80);
    expect(imports.length).toBeGreaterThan(200);
  });

  it('name every folder', () => {
    const folders = new Set(files.map(layerOf));
    expect([...folders].filter((folder) => !LAYERS.includes(folder))).toEqual([]);
    expect(LAYERS.filter((folder) => !folders.has(folder))).toEqual([]);
  });

  it('import their own folder and those below, never one above', () => {
    const upward = internal()
      .filter(({ file, target }) => LAYERS.indexOf(layerOf(target)) > LAYERS.indexOf(layerOf(file)))
      .map(({ file, target }) => `${file} → ${target}`);
    expect(upward).toEqual([]);
  });

  it('use only the packages that are theirs', () => {
    const foreign = external()
      .filter(({ target }) => !target.startsWith('node:'))
      .filter(
        ({ file, target }) =>
          !PACKAGES[layerOf(file)]?.some((name) => target === name || target.startsWith(`${name}/`)),
      )
      .map(({ file, target }) => `${file} → ${target}`);
    expect(foreign).toEqual([]);
  });

  it('use modules of Node, and what replaces a browser, only where no browser comes', () => {
    const misplaced = external()
      .filter(
        ({ file, target }) =>
          (target.startsWith('node:') || target === 'ws') && !NODE_ONLY.some((pattern) => pattern.test(file)),
      )
      .map(({ file, target }) => `${file} → ${target}`);
    expect(misplaced).toEqual([]);
  });

  it('lead no browser to a module or a file of Node, also where something is loaded later', () => {
    expect(browserDoors()).toEqual(expect.arrayContaining(['src/browser.ts', 'src/subprotocols/presence.ts']));
    const reached = reachableFrom(browserDoors());
    expect(reached.filter((target) => target.startsWith('node:') || isForNode(target))).toEqual([]);
    expect(reached.filter((target) => !files.includes(target)).toSorted()).toEqual(['fast-xml-parser', 'xstate']);
    expect(reached).toContain('src/sasl/saslprep.ts');
    expect(reachableFrom(['src/node.ts'])).toEqual(expect.arrayContaining(['node:tls', 'src/actors/tcp.ts', 'ws']));
  });

  it('lead the page of the inspector, which is served as it is, to nothing but its own files', () => {
    const modules = files.filter((file) => layerOf(file) === 'src/inspect/page');
    expect(modules.length).toBeGreaterThan(5);
    expect(reachableFrom(modules).filter((target) => !modules.includes(target))).toEqual([]);
  });

  it('have no circle of files', () => {
    expect(circles()).toEqual([]);
  });

  it('notice an upward import, written in any way', () => {
    const ways = [
      "import { createClient } from '../client/node.ts';",
      "import type { Client } from '../client/client.ts';",
      "import {\n  a,\n  b,\n} from '../client/client.ts';",
      "export { createClient } from '../client/node.ts';",
      "const { createClient } = await import('../client/node.ts');",
      "import '../client/node.ts';",
    ];
    for (const text of ways) expect(targetsIn(text)).toHaveLength(1);
  });
});

function sourceFiles(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

function importsOf(file: string): Import[] {
  return targetsIn(readFileSync(join(ROOT, file), 'utf8')).map((target) => ({
    file,
    target: resolveFrom(file, target),
  }));
}

function resolveFrom(file: string, target: string): string {
  return target.startsWith('.') ? relative(ROOT, resolve(ROOT, dirname(file), target)) : target;
}

/** The files of the package that a page may import, by its `exports`. */
function browserDoors(): string[] {
  const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  return Object.keys(exports)
    .filter((subpath) => !NODE_DOORS.includes(subpath))
    .map((subpath) => exports[subpath].browser ?? exports[subpath])
    .map(({ default: built }) => built.replace('./dist/', '').replace('.js', '.ts'));
}

/** Everything that is loaded along with these files, at once or later: files, packages, modules of Node. */
function reachableFrom(doors: readonly string[]): string[] {
  const reached = new Set(doors);
  // A set may grow while it is walked.
  for (const file of reached) {
    if (!files.includes(file)) continue;
    const loaded = readFileSync(join(ROOT, file), 'utf8').replaceAll(TYPES_ONLY, '');
    for (const target of targetsIn(loaded)) reached.add(resolveFrom(file, target));
  }
  return [...reached];
}

function isForNode(file: string): boolean {
  return NODE_ONLY.some((pattern) => pattern.test(file));
}

function targetsIn(text: string): string[] {
  return [...text.matchAll(IMPORT)].flatMap(([, declared, dynamic]) => declared ?? dynamic ?? []);
}

function internal(): Import[] {
  return imports.filter(({ target }) => files.includes(target));
}

function external(): Import[] {
  return imports.filter(({ target }) => !files.includes(target));
}

function layerOf(file: string): string {
  return dirname(file);
}

function circles(): string[] {
  const edges = new Map<string, string[]>();
  for (const { file, target } of internal()) edges.set(file, [...(edges.get(file) ?? []), target]);
  const done = new Set<string>();
  const found: string[] = [];
  for (const file of files) visit(file, []);
  return found;

  function visit(file: string, path: readonly string[]): void {
    if (path.includes(file)) {
      found.push([...path.slice(path.indexOf(file)), file].join(' → '));
    } else if (!done.has(file)) {
      for (const target of edges.get(file) ?? []) visit(target, [...path, file]);
      done.add(file);
    }
  }
}
