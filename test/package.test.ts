import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const manifest: { readonly exports: Readonly<Record<string, unknown>>; readonly version: string } = JSON.parse(
  readFileSync(join(ROOT, 'package.json'), 'utf8'),
);
const subpaths = Object.keys(manifest.exports).filter((subpath) => subpath !== './package.json');

/** Names that a program may rely on, one at least for each door. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  '.': ['createClient', 'withClient', 'clientMachine', 'clientInput', 'clientFor', 'element', 'XmppError'],
  './machines': ['clientMachine', 'sessionMachine', 'authenticationMachine', 'fullJitter', 'classifyFailure'],
  './xml': ['parseElement', 'parseStream', 'createTokenizer', 'serialize', 'element', 'toObject', 'fromObject'],
  './jid': ['parseJid', 'tryParseJid', 'equalJids', 'bareJid'],
  './sasl': ['MECHANISMS', 'chooseMechanism', 'SaslError'],
  './testing': ['startServer', 'startScriptedServer', 'createAuthority'],
  './presence': ['presenceProtocol'],
  './version': ['versionProtocol'],
  './ping': ['pingProtocol'],
  './message': ['messageProtocol'],
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

  it('opens its main door without fast-xml-parser, commander and certificates, which take long to load', async () => {
    const script = `
      import { register } from 'node:module';
      const hook = 'export async function resolve(s, c, n) { const r = await n(s, c); if (/node_modules/.test(r.url)) console.log(r.url); return r; }';
      register('data:text/javascript,' + encodeURIComponent(hook));
      await import('xstate-xmpp');`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: ROOT,
    });
    const packages = [...stdout.matchAll(/node_modules\/((?:@[^/]+\/)?[^/]+)/g)].map(([, name]) => name);
    expect([...new Set(packages)].toSorted()).toEqual(['punycode', 'xstate']);
  });
});
