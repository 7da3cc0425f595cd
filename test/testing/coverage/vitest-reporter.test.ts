import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Reporter } from 'vitest/node';
import { chartCoverageReporter } from '../../../src/testing/coverage/vitest-reporter.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

const PAGE = readFileSync(join(ROOT, 'docs/chart-coverage.md'), 'utf8');

/** The page's configuration, with this package in its sources, no reporter but ours, and another gate. */
const CONFIG = (PAGE.match(/```ts\n(import \{ defineConfig \}.*?)```/s)?.[1] ?? '')
  .replace("'xstate-xmpp/inspect'", `'${ROOT}/src/inspect/coverage/index.ts'`)
  .replace("'xstate-xmpp/testing'", `'${ROOT}/src/testing/coverage/vitest-reporter.ts'`)
  .replace("'xstate-xmpp/testing/coverage-setup'", `'${ROOT}/src/testing/coverage/setup.ts'`)
  .replace("['default', charts]", '[charts]')
  .replace('gate: 100', 'gate: Number(process.env.GATE)');

const FILES = {
  'vitest.config.ts': CONFIG,
  'package.json': '{ "type": "module" }',
  'lamp.ts': `
import { lamp } from '${ROOT}/test/testing/coverage/machines.ts';
export const lampMachine = lamp();
`,
  'lit.test.ts': `
import { test } from 'vitest';
import { createActor, SimulatedClock } from 'xstate';
import { lampMachine } from './lamp.ts';

test('the lamp is lit', () => {
  createActor(lampMachine, { clock: new SimulatedClock() }).start().send({ type: 'press' });
});
`,
  'broken.test.ts': `
import { test } from 'vitest';
import { createActor } from 'xstate';
import { lampMachine } from './lamp.ts';

test('the lamp is broken', () => {
  const machine = lampMachine.provide({ guards: { isBroken: () => true } });
  createActor(machine).start().send({ type: 'press' });
});
`,
};

describe('a run of vitest', () => {
  let project: string;
  beforeAll(() => {
    project = mkdtempSync(join(tmpdir(), 'chart-project-'));
    symlinkSync(join(ROOT, 'node_modules'), join(project, 'node_modules'));
    for (const [name, text] of Object.entries(FILES)) writeFileSync(join(project, name), text);
  });
  afterAll(() => rmSync(project, { recursive: true }));

  test('ends with what its files took together, on paper too, and fails below the gate', async () => {
    const { code, output } = await vitest(project, { GATE: '61' });
    const report = [
      'lamp: states 4/5 (80 %), transitions 2/5 (40 %)',
      '  missed state lit.bright',
      '  missed  | look | 0',
      '  missed lit | press | 0 → off',
      '  missed lit.warming | xstate.after.warmUp.lamp.lit.warming | 0 → lit.bright',
    ].join('\n');
    expect(output).toBe(`Charts\n${report}\nlamp: 40 % of its transitions are taken, and 61 % are asked for.`);
    expect(PAGE).toContain(`\`\`\`\n${report}\n\`\`\``);
    expect(readFileSync(join(project, 'report/coverage.txt'), 'utf8')).toBe(`${report}\n`);
    expect(code).toBe(1);
    const folder = join(project, 'report');
    expect(readdirSync(folder).toSorted()).toEqual(['coverage.json', 'coverage.txt', 'lamp.svg']);
    expect(JSON.parse(readFileSync(join(folder, 'coverage.json'), 'utf8'))).toEqual([
      {
        machine: 'lamp',
        states: { off: 'actor', lit: 'actor', 'lit.warming': 'actor', 'lit.bright': 'missed', broken: 'actor' },
        transitions: {
          ' | look | 0': 'missed',
          'off | press | 0': 'actor',
          'off | press | 1': 'actor',
          'lit | press | 0': 'missed',
          'lit.warming | xstate.after.warmUp.lamp.lit.warming | 0': 'missed',
        },
      },
    ]);
    expect(readFileSync(join(folder, 'lamp.svg'), 'utf8')).toContain('state final covered');
  });

  test('of some of the tests has a summary and no gate', async () => {
    const some = await vitest(project, { GATE: '100' }, 'broken.test.ts');
    expect(some).toEqual({ code: 0, output: 'Charts\nlamp: states 2/5 (40 %), transitions 1/5 (20 %)' });
    const half = await vitest(project, { GATE: '100' }, '--shard', '1/2');
    expect(half).toEqual({
      code: 0,
      output: expect.stringMatching(/^Charts\nlamp: states [23]\/5 \(.0 %\), transitions 1\/5 \(20 %\)$/),
    });
    const named = await vitest(project, { GATE: '100' }, '-t', 'lit');
    expect(named).toEqual({ code: 0, output: 'Charts\nlamp: states 3/5 (60 %), transitions 1/5 (20 %)' });
  });

  test('adds to what others left in a folder that it is given', async () => {
    const folder = join(project, 'kept');
    const environment = { GATE: '0', CHART_COVERAGE: folder };
    await vitest(project, environment, 'broken.test.ts');
    const { output } = await vitest(project, environment, 'lit.test.ts');
    expect(output).toBe('Charts\nlamp: states 4/5 (80 %), transitions 2/5 (40 %)');
    expect(readdirSync(folder).length).toBe(2);
  });
});

test('the reporter fits the types of vitest', () => {
  const reporter: Reporter = chartCoverageReporter({ machines: [] });
  expect(Object.keys(reporter)).toEqual(['onInit', 'onTestRunStart', 'onTestRunEnd']);
});

/** Runs it in a folder. The variables of the run that this is part of are none of its business. */
async function vitest(
  cwd: string,
  environment: Readonly<Record<string, string>>,
  ...filters: readonly string[]
): Promise<{ readonly code: number; readonly output: string }> {
  const { CHART_COVERAGE: _, VITEST: __, ...env } = process.env;
  const command = [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', ...filters];
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      command,
      { cwd, env: { ...env, NO_COLOR: '1', ...environment } },
      (_, stdout) => resolve({ code: child.exitCode ?? -1, output: stdout.trim() }),
    );
  });
}
