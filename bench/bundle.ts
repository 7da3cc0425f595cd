// What the built package costs a page: `npm run bundle -- --check` exits with 1 when the core is above its goal.

import { dirname } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build, type Metafile } from 'esbuild';

/** Where dist/bench/bundle.js is two folders down. */
const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const CORE = `
  export { createClient } from 'xstate-xmpp';
  export { presenceProtocol } from 'xstate-xmpp/presence';`;
/** Bytes, compressed, with XState: `docs/decisions/0012-browser-core-size.md`. */
const CORE_GOAL = 80_000;

const BUNDLES: Readonly<Record<string, string>> = {
  core: CORE,
  'core and message': `${CORE} export { messageProtocol } from 'xstate-xmpp/message';`,
  'every door': ['', '/presence', '/message', '/version', '/ping', '/xml', '/jid', '/sasl']
    .map((subpath) => `export * from 'xstate-xmpp${subpath}';`)
    .join('\n'),
  'XState alone': `export { createActor, setup, fromCallback, fromPromise } from 'xstate';`,
};

interface Size {
  readonly minified: number;
  readonly gzip: number;
}

const NOTHING: Size = { minified: 0, gzip: 0 };

interface Bundle {
  /** What a page loads before it can run anything. */
  readonly loaded: Size;
  /** What it loads when it is needed, by the file that is asked for; together with what that one needs besides. */
  readonly later: Readonly<Record<string, Size>>;
  /** Minified bytes of {@link loaded} by folder, or by package. */
  readonly weights: Readonly<Record<string, number>>;
}

const { values: options } = parseArgs({
  options: { check: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
});
const bundles = new Map<string, Bundle>();
for (const [name, source] of Object.entries(BUNDLES)) bundles.set(name, await measure(source));
const excess = (bundles.get('core')?.loaded.gzip ?? Number.NaN) - CORE_GOAL;
if (options.json) console.log(JSON.stringify(Object.fromEntries(bundles), null, 2));
else {
  console.log([...bundles].map(describe).join('\n'));
  console.log(
    `The core may have ${CORE_GOAL} bytes, compressed: ${excess > 0 ? `${excess} too many` : 'it has fewer'}.`,
  );
}
if (options.check && !(excess <= 0)) process.exitCode = 1;

/** Bundles what a page imports, as those who write pages do. */
async function measure(source: string): Promise<Bundle> {
  const { metafile, outputFiles } = await build({
    stdin: { contents: source, resolveDir: ROOT },
    absWorkingDir: ROOT,
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2023',
    legalComments: 'none',
    outdir: '.',
    write: false,
    metafile: true,
    logLevel: 'warning',
  });
  const sizes = new Map(outputFiles.map(({ path, contents }) => [path.slice(ROOT.length + 1), sizeOf(contents)]));
  const [entry = ''] = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === '<stdin>') ?? [];
  const loaded = together(metafile, [entry]);
  const later = dynamicImports(metafile, loaded).map((path): [string, Size] => [
    metafile.outputs[path]?.entryPoint ?? path,
    sum(
      together(metafile, [path])
        .filter((each) => !loaded.includes(each))
        .map(sizeIn(sizes)),
    ),
  ]);
  return { loaded: sum(loaded.map(sizeIn(sizes))), later: Object.fromEntries(later), weights: weigh(metafile, loaded) };
}

/** The files that these import at once, and they themselves. */
function together({ outputs }: Metafile, files: string[]): string[] {
  const found = new Set(files);
  // A set may grow while it is walked.
  for (const file of found) {
    for (const { path, kind } of outputs[file]?.imports ?? []) if (kind === 'import-statement') found.add(path);
  }
  return [...found];
}

/** What they load later, and what that loads later still. */
function dynamicImports({ outputs }: Metafile, files: readonly string[]): string[] {
  const later = new Set<string>();
  const walked = new Set(files);
  // A set may grow while it is walked.
  for (const file of walked) {
    for (const { path, kind } of outputs[file]?.imports ?? []) {
      walked.add(path);
      if (kind === 'dynamic-import') later.add(path);
    }
  }
  return [...later];
}

function weigh({ outputs }: Metafile, files: readonly string[]): Record<string, number> {
  const weights: Record<string, number> = {};
  for (const [path, { bytesInOutput }] of files.flatMap((file) => Object.entries(outputs[file]?.inputs ?? {}))) {
    const [, owner = path] =
      /^(?:dist\/(src\/[^/]+|machines)\/|node_modules\/((?:@[^/]+\/)?[^/]+))/.exec(path)?.filter(Boolean) ?? [];
    if (bytesInOutput > 0) weights[owner] = (weights[owner] ?? 0) + bytesInOutput;
  }
  return Object.fromEntries(Object.entries(weights).sort(([, a], [, b]) => b - a));
}

function sizeOf(contents: Uint8Array): Size {
  return { minified: contents.length, gzip: gzipSync(contents, { level: 9 }).length };
}

function sizeIn(sizes: ReadonlyMap<string, Size>) {
  return (path: string): Size => sizes.get(path) ?? NOTHING;
}

function sum(sizes: readonly Size[]): Size {
  return sizes.reduce((a, b) => ({ minified: a.minified + b.minified, gzip: a.gzip + b.gzip }), NOTHING);
}

function describe([name, { loaded, later, weights }]: [string, Bundle]): string {
  const lines = [`${name}: ${inWords(loaded)}`];
  for (const [owner, bytes] of Object.entries(weights)) lines.push(`${String(bytes).padStart(9)}  ${owner}`);
  for (const [file, size] of Object.entries(later)) lines.push(`  when needed: ${file}, ${inWords(size)}`);
  return `${lines.join('\n')}\n`;
}

function inWords({ minified, gzip }: Size): string {
  return `${gzip} bytes compressed, ${minified} minified`;
}
