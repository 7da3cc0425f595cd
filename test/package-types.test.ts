import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const { exports }: { readonly exports: Readonly<Record<string, unknown>> } = JSON.parse(
  readFileSync(join(ROOT, 'package.json'), 'utf8'),
);

/** The only one whose declarations name types of Node. */
const FOR_NODE = './testing';
const doors = Object.keys(exports).filter((subpath) => subpath !== './package.json' && subpath !== FOR_NODE);

/** How projects find packages: as a bundler for pages does, and as Node does. */
const WAYS: readonly (readonly [title: string, options: object])[] = [
  ['a page', { module: 'esnext', moduleResolution: 'bundler', customConditions: ['browser'] }],
  ['Node', { module: 'nodenext' }],
];

describe.each(WAYS)('the declarations of the package, as it is built, compile for %s', (_title, resolution) => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'xstate-xmpp-types-'));
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(ROOT, join(folder, 'node_modules/xstate-xmpp'));
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('without the types of Node, or of any other package but XState, where there are those of the DOM', () => {
    const { errors, files } = compile(importing(doors), { skipLibCheck: false });
    expect(errors).toEqual([]);
    const packages = files.flatMap(
      (file) => /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(file)?.[1] ?? [],
    );
    expect([...new Set(packages)].filter((name) => !name.startsWith('@typescript/')).toSorted()).toEqual(['xstate']);
    expect(
      files.filter((file) => file.endsWith('.d.ts') && file.startsWith(join(ROOT, 'dist'))).length,
    ).toBeGreaterThan(50);
  });

  it('for who gives an option that may be undefined, with `exactOptionalPropertyTypes`', () => {
    const program = `
      import { createClient } from 'xstate-xmpp';
      import { messageProtocol } from 'xstate-xmpp/message';
      declare const text: string | undefined, number: number | undefined, signal: AbortSignal | undefined;
      const client = createClient({ jid: 'juliet@capulet.example', password: text, websocket: text, limits: { maxDepth: number } });
      client.use(messageProtocol()).send({ to: 'romeo@capulet.example', body: text, id: text });
      export const jid = client.online({ signal });`;
    // The declarations of XState 5.33 do not pass where both are on.
    expect(compile(program, { exactOptionalPropertyTypes: true, skipLibCheck: true }).errors).toEqual([]);
  });

  it(`with the types of Node only, at ${FOR_NODE}`, () => {
    const { errors } = compile(importing([FOR_NODE]), { skipLibCheck: false });
    expect(errors).not.toEqual([]);
    expect(
      errors.filter(
        (line) => !/Cannot find name 'node:\w+'. Do you need to install type definitions for node/.test(line),
      ),
    ).toEqual([]);
  });

  /** What the compiler says about a program of a project that has nothing but this package, and the files that it read. */
  function compile(program: string, options: object) {
    writeFileSync(join(folder, 'program.ts'), program);
    const compilerOptions = {
      strict: true,
      noEmit: true,
      target: 'es2023',
      lib: ['es2023', 'dom'],
      types: [],
      ...resolution,
      ...options,
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.ts'] }));
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const { stdout } = spawnSync(process.execPath, [tsc, '-p', folder, '--listFiles', '--pretty', 'false'], {
      encoding: 'utf8',
    });
    const lines = stdout.split('\n').filter((line) => line !== '');
    return {
      errors: lines.filter((line) => line.includes('error TS')),
      files: lines.filter((line) => line.startsWith('/')),
    };
  }
});

function importing(subpaths: readonly string[]): string {
  const specifiers = subpaths.map((subpath) => subpath.replace('.', 'xstate-xmpp'));
  return specifiers.map((specifier, index) => `export * as door${index} from '${specifier}';`).join('\n');
}
