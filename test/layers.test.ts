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
  'src/client',
  'src/subprotocols',
  'src/testing',
  'src/cli',
  'src',
];

/** Packages that a layer may use; every other import from outside fails. Files for Node only may use its modules. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  'src/xml': ['fast-xml-parser'],
  'src/jid': ['punycode'],
  machines: ['xstate'],
  'src/actors': ['xstate', 'ws'],
  'src/client': ['xstate'],
  'src/subprotocols': ['xstate'],
  'src/testing': ['xstate', '@peculiar/x509', 'reflect-metadata', 'ws'],
  'src/cli': ['xstate', 'commander'],
};

/** Where Node's modules may be imported: the browser never loads these. */
const NODE_ONLY = [
  /^src\/actors\/(tcp|tcp-errors|tls-options|tls-channel|tls-tickets|secure-context|end-point-hash|dns|host-meta-node|websocket-node)\.ts$/,
  /^src\/sasl\/(crypto-node|node)\.ts$/,
  /^src\/testing\//,
  /^src\/cli\//,
];

const IMPORT = /(?:^|\n)\s*(?:import|export)\b[^;'"]*?from\s*['"]([^'"]+)['"]|\bimport\s*\(?\s*['"]([^'"]+)['"]/g;

interface Import {
  readonly file: string;
  readonly target: string;
}

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
    target: target.startsWith('.') ? relative(ROOT, resolve(ROOT, dirname(file), target)) : target,
  }));
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
