import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const manifest: { readonly exports: Readonly<Record<string, unknown>>; readonly version: string } = JSON.parse(
  readFileSync(join(ROOT, 'package.json'), 'utf8'),
);
const subpaths = Object.keys(manifest.exports).filter((subpath) => subpath !== './package.json');

/** They have need of modules of Node. */
const NODE_DOORS = ['./testing', './testing/coverage-setup', './inspect'];

/** Names that a program may rely on, one at least for each door. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  '.': ['createClient', 'withClient', 'clientMachine', 'clientInput', 'clientFor', 'element', 'XmppError'],
  './machines': ['clientMachine', 'sessionMachine', 'authenticationMachine', 'fullJitter', 'classifyFailure'],
  './xml': ['parseElement', 'parseStream', 'createTokenizer', 'serialize', 'element', 'toObject', 'fromObject'],
  './jid': ['parseJid', 'tryParseJid', 'equalJids', 'bareJid'],
  './sasl': ['MECHANISMS', 'chooseMechanism', 'SaslError'],
  './inspect': ['inspectClient', 'explain', 'replay', 'parseRecording', 'chartGraph', 'renderSvg', 'renderMermaid'],
  './testing': ['startServer', 'startScriptedServer', 'createAuthority'],
  './testing/coverage-setup': [],
  './presence': ['presenceProtocol', 'buildPresence', 'parsePresence'],
  './version': ['versionProtocol'],
  './ping': ['pingProtocol'],
  './message': ['messageProtocol', 'buildMessage', 'parseMessage'],
  './carbons': ['carbonsProtocol', 'CarbonsError'],
  './client-state': ['clientStateProtocol'],
};

describe('the package as it is built', () => {
  it('has a door for each subpath, and no other', () => {
    expect(subpaths.toSorted()).toEqual(Object.keys(NAMES).toSorted());
  });

  it.each(Object.entries(NAMES))('%s opens in plain Node', async (subpath, names) => {
    const specifier = subpath.replace('.', 'xstate-xmpp');
    const script = `console.log(JSON.stringify(Object.keys(await import('${specifier}'))))`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: ROOT,
    });
    expect(JSON.parse(stdout)).toEqual(expect.arrayContaining([...names]));
  });

  it.each(subpaths.filter((subpath) => !NODE_DOORS.includes(subpath)))('%s is bundled for a page', async (subpath) => {
    const files = await bundleForPage(subpath);
    const doors = files.filter((file) => /^dist\/src\/[a-z]+\.js$/.test(file));
    expect(doors).toEqual(subpath === '.' ? ['dist/src/browser.js'] : []);
    expect(files.length).toBeGreaterThan(3);
  });

  it('is loaded by a page in parts: what few pages need, or none, does not come with the main door', async () => {
    const { first, all } = await partsForPage("export { createClient } from 'xstate-xmpp'");
    expect(first).toEqual(expect.arrayContaining(['dist/src/client/browser.js', 'dist/src/xml/document.js']));
    const late = ['dist/src/actors/host-meta-web.js', 'dist/src/sasl/saslprep.js', 'dist/src/xml/object.js'];
    expect(all).toEqual(expect.arrayContaining(late));
    const unwanted = [...late, 'dist/src/actors/host-meta.js', 'dist/src/actors/srv.js', 'dist/src/xml/tokenizer.js'];
    expect(first.filter((file) => unwanted.includes(file))).toEqual([]);
  });

  it.each(NODE_DOORS)('%s, which has need of modules of Node, cannot be bundled for a page', async (subpath) => {
    await expect(bundleForPage(subpath)).rejects.toThrow('Could not resolve "node:');
  });

  it('brings the page of the inspector along, as it was written and as it was compiled', async () => {
    const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: ROOT,
    });
    const [{ files }]: [{ files: { path: string }[] }] = JSON.parse(stdout);
    const paths = files.map(({ path }) => path).filter((path) => path.includes('src/inspect/page/'));
    expect(paths).toEqual(
      expect.arrayContaining([
        'src/inspect/page/index.html',
        'src/inspect/page/page.css',
        'src/inspect/page/icon.svg',
        'dist/src/inspect/page/main.js',
      ]),
    );
    expect(paths.filter((path) => /^src.*\.ts$/.test(path))).toEqual([]);
  });

  it('opens its main door without packages that take long to load: for WebSockets, XML as objects, certificates, commands', async () => {
    const script = `
      import { register } from 'node:module';
      const hook = 'export async function resolve(s, c, n) { const r = await n(s, c); if (/node_modules/.test(r.url)) console.log(r.url); return r; }';
      register('data:text/javascript,' + encodeURIComponent(hook));
      await import('xstate-xmpp');`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: ROOT,
    });
    const packages = [...stdout.matchAll(/node_modules\/((?:@[^/]+\/)?[^/]+)/g)].map(([, name]) => name);
    expect([...new Set(packages)].toSorted()).toEqual(['xstate']);
  });
});

/** The files that a bundler takes for a page that imports the subpath. For a page, a module of Node is an error. */
async function bundleForPage(subpath: string): Promise<string[]> {
  const { metafile } = await build({
    stdin: { contents: `import '${subpath.replace('.', 'xstate-xmpp')}'`, resolveDir: ROOT },
    absWorkingDir: ROOT,
    bundle: true,
    platform: 'browser',
    format: 'esm',
    // Otherwise what the page does not use would be left out.
    ignoreAnnotations: true,
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  return Object.keys(metafile.inputs);
}

/** The files whose code a page loads first, and all that it may load. */
async function partsForPage(contents: string): Promise<{ readonly first: string[]; readonly all: string[] }> {
  const { metafile } = await build({
    stdin: { contents, resolveDir: ROOT },
    absWorkingDir: ROOT,
    bundle: true,
    splitting: true,
    platform: 'browser',
    format: 'esm',
    outdir: '.',
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const outputs = Object.entries(metafile.outputs);
  const loaded = new Set(outputs.filter(([, { entryPoint }]) => entryPoint === '<stdin>').map(([path]) => path));
  // A set may grow while it is walked.
  for (const path of loaded) {
    for (const { path: next, kind } of metafile.outputs[path]?.imports ?? []) {
      if (kind === 'import-statement') loaded.add(next);
    }
  }
  const inputsOf = (paths: Iterable<string>): string[] =>
    [...paths].flatMap((path) => {
      const inputs = Object.entries(metafile.outputs[path]?.inputs ?? {});
      return inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([file]) => file);
    });
  return { first: inputsOf(loaded), all: inputsOf(outputs.map(([path]) => path)) };
}
