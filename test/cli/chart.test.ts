import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { authenticationMachine, clientMachine } from '../../machines/index.ts';
import { type ChartFlags, chart } from '../../src/cli/chart.ts';
import { OptionError } from '../../src/errors/index.ts';
import { chartGraph, renderDot, renderMermaid, renderSvg } from '../../src/inspect/graph/index.ts';
import { runWith } from './harness.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'xstate-xmpp-chart-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('chart writes', () => {
  test('the client in Mermaid, unless something else is said', async () => {
    expect(await written(undefined, {})).toBe(renderMermaid(chartGraph(clientMachine)));
  });

  test('each format', async () => {
    const graph = chartGraph(authenticationMachine);
    expect(await written('authentication', { format: 'mermaid' })).toBe(renderMermaid(graph));
    expect(await written('authentication', { format: 'dot' })).toBe(renderDot(graph));
    expect(await written('authentication', { format: 'svg' })).toBe(await renderSvg(graph));
    expect(JSON.parse(await written('authentication', { format: 'json' }))).toEqual(graph);
  });

  test('a file', async () => {
    const out = join(folder, 'session.mmd');
    expect(await written('session', { out })).toBe('');
    expect(readFileSync(out, 'utf8')).toMatch(/^stateDiagram-v2\n {2}state "absent"/);
  });
});

describe('chart of a module', () => {
  test('that has one machine, by a path from the working directory', async () => {
    const file = moduleFile('one.mjs', `${XSTATE} export const a = createMachine({ id: 'lamp' }); export const b = 1;`);
    const module = relative(process.cwd(), file);
    expect(JSON.parse(await written(undefined, { module, format: 'json' })).id).toBe('lamp');
  });

  test('that has several: by the name of the export, or by id', async () => {
    const module = moduleFile('two.mjs', TWO);
    expect(JSON.parse(await written('first', { module, format: 'json' })).id).toBe('lamp');
    expect(JSON.parse(await written('switch', { module, format: 'json' })).id).toBe('switch');
  });

  test('that exports the same machine twice has one', async () => {
    const module = moduleFile(
      'same.mjs',
      `${XSTATE} export const a = createMachine({ id: 'lamp' }); export { a as default };`,
    );
    expect(JSON.parse(await written(undefined, { module, format: 'json' })).id).toBe('lamp');
  });
});

describe('chart refuses, in one line,', () => {
  test('a machine that is unknown', async () => {
    expect(await refusal('sesion', {})).toBe(
      "Expected the name of a machine (client, session or authentication), got 'sesion'",
    );
  });

  test('a format that is unknown', async () => {
    expect(await refusal(undefined, { format: 'png' })).toBe(
      "Expected mermaid, svg, dot or json after --format, got 'png'",
    );
  });

  test('a file that cannot be written', async () => {
    const out = join(folder, 'no-such-folder', 'client.svg');
    expect(await refusal(undefined, { out })).toBe(
      `Expected a file that can be written after --out, got ${out} (ENOENT)`,
    );
  });

  test('no name where there are several machines', async () => {
    const module = moduleFile('several.mjs', TWO);
    expect(await refusal(undefined, { module })).toBe(
      `Expected the name of one of several machines in ${module}: first or second, got none`,
    );
  });

  test('a module without machines', async () => {
    const module = moduleFile('none.mjs', 'export const a = 1; export const machine = { id: "no", root: null };');
    expect(await refusal(undefined, { module })).toBe(
      `Expected a file that exports a machine of XState after --module, got ${module}, which exports only a, machine`,
    );
    const empty = moduleFile('empty.mjs', '');
    expect(await refusal(undefined, { module: empty })).toBe(
      `Expected a file that exports a machine of XState after --module, got ${empty}, which exports nothing`,
    );
  });

  test('a module that is broken, saying why', async () => {
    const module = moduleFile('broken.mjs', 'throw new RangeError("too\\u001b[31m early\\nand more");');
    expect(await refusal(undefined, { module })).toBe(
      `Expected a module that can be loaded after --module, got ${module} (RangeError: too\\u{1b}[31m early)`,
    );
  });

  test('a module that is not there', async () => {
    expect(await refusal(undefined, { module: join(folder, 'gone.mjs') })).toMatch(
      /^Expected a module that can be loaded after --module, got \S+gone\.mjs \(Error: [^\n]+\)$/,
    );
  });
});

/** The module lies outside of the project: it gets XState by its address. */
const XSTATE = `import { createMachine } from ${JSON.stringify(pathToFileURL(join(import.meta.dirname, '../../node_modules/xstate/dist/xstate.esm.js')).href)};`;
const TWO = `${XSTATE} export const first = createMachine({ id: 'lamp' }); export const second = createMachine({ id: 'switch' });`;

function moduleFile(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

async function written(machine: string | undefined, flags: ChartFlags): Promise<string> {
  const command = runWith(async (io) => {
    await chart(machine, flags, io);
    return 0;
  });
  expect(await command.exitCode).toBe(0);
  expect(command.stderr()).toBe('');
  return command.stdout();
}

async function refusal(machine: string | undefined, flags: ChartFlags): Promise<string> {
  let refused: unknown;
  const command = runWith(async (io) => {
    await chart(machine, flags, io).catch((error: unknown) => {
      refused = error;
    });
    return 2;
  });
  await command.exitCode;
  expect(command.stdout()).toBe('');
  expect(refused).toBeInstanceOf(OptionError);
  return refused instanceof OptionError ? refused.message : '';
}
