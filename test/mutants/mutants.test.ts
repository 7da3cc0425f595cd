import { execFile } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { type Mutant, mutantsOf } from './mutants.ts';
import { unexplained } from './report.ts';
import { chartOf, MACHINES } from './subjects.ts';
import { SURVIVORS } from './survivors.ts';

const FOLDER = join(import.meta.dirname, '../../dist/test/mutants');

describe('the tests that are generated from the charts', () => {
  // In a process of its own: what broken charts do must not count as covered.
  it('notice mistakes in them', { timeout: 240_000 }, async () => {
    const entryPoints = ['run.ts', 'worker.ts'].map((name) => join(import.meta.dirname, name));
    await build({ entryPoints, outdir: FOLDER, bundle: true, platform: 'node', format: 'esm', packages: 'external' });
    const said = await promisify(execFile)(process.execPath, [join(FOLDER, 'run.js'), '--quick']).then(
      ({ stdout }) => stdout.trim().split('\n').at(-1),
      ({ stdout, stderr }) => `${stdout}${stderr}`,
    );
    expect(said).toBe('100.0 % are noticed');
  });

  it.each(MACHINES)('say of each mistake in the chart %s that they do not notice why that is so', (machine) => {
    const names = mutantsOf(chartOf(machine)).map(({ name }) => name);
    expect(Object.keys(SURVIVORS[machine]).filter((name) => !names.includes(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('fail where a mistake is not noticed of which nobody said why', () => {
    const mutants: readonly Mutant[] = [
      { kind: 'guard removed', name: 'one' },
      { kind: 'guard removed', name: 'the other' },
    ];
    const found = { test: 'outcomes', complaint: 'x' } as const;
    const verdicts = [
      { machine: 'session', index: 0, found },
      { machine: 'session', index: 1, found: undefined },
    ] as const;
    expect(unexplained({ machine: 'session', mutants, verdicts })).toEqual(['the other']);
  });
});
