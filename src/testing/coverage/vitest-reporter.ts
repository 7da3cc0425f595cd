import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnyStateMachine } from 'xstate';
import type { ChartCoverage } from './chart-coverage.ts';
import { readJournals } from './journal.ts';
import { belowGate, coverageOf, coverageSummary, coverageText, type ReportOptions } from './report.ts';

/** What {@link chartCoverageReporter} is told. */
export interface ChartCoverageOptions extends ReportOptions {
  /** The machines that the report is about. */
  readonly machines: readonly AnyStateMachine[];
  /** Least share of the states, and of the transitions, of each machine that a run of all tests must take, in percent. Default none. */
  readonly gate?: number | undefined;
  /** Folder for `coverage.json`, `coverage.txt`, and a picture of each machine where `draw` is given. Default: nothing is written. */
  readonly folder?: string | undefined;
  /** Draws a chart with its coverage, as SVG: `coverageSvg` of `xstate-xmpp/inspect`. */
  readonly draw?: ((machine: AnyStateMachine, coverage: ChartCoverage) => Promise<string>) | undefined;
}

/** What is needed of vitest 4. */
interface Vitest {
  readonly config: { readonly testNamePattern?: RegExp | undefined };
  readonly logger: { log(text: string): void };
  globTestSpecifications(): Promise<readonly unknown[]>;
}

/** A reporter of vitest, as far as this one goes. */
export interface ChartCoverageReporter {
  onInit(vitest: Vitest): void;
  onTestRunStart(): void;
  onTestRunEnd(modules: readonly unknown[], errors: readonly unknown[], reason: string): Promise<void>;
}

/**
 * A reporter for vitest: which states and transitions of these machines the tests took. It needs the setup file of this folder in
 * `setupFiles`. Where a run of all tests takes less than the gate, the run fails. A run of some tests has a summary and no gate.
 *
 * Processes leave what they took in a folder that goes away at the end; where the environment variable CHART_COVERAGE names one, it is
 * used and kept, so that several runs can be put together.
 */
export function chartCoverageReporter(options: ChartCoverageOptions): ChartCoverageReporter {
  const given = process.env.CHART_COVERAGE;
  let vitest: Vitest | undefined;
  let journals = '';
  return {
    onInit(started) {
      vitest = started;
    },
    // What workers write to is known before they are started.
    onTestRunStart() {
      journals = given || mkdtempSync(join(tmpdir(), 'chart-coverage-'));
      process.env.CHART_COVERAGE = journals;
    },
    async onTestRunEnd(modules, _, reason) {
      const gathered = readJournals(journals);
      if (!given) rmSync(journals, { recursive: true });
      const isWhole = reason !== 'interrupted' && (await hasRunAll(modules, vitest));
      const log = (text: string): void => vitest?.logger.log(text);
      const charts = coverageOf(options.machines, gathered, options);
      log(`\nCharts\n${isWhole ? coverageText(options.machines, charts, gathered) : coverageSummary(charts)}`);
      if (options.folder) await writeReports(options, charts, gathered, options.folder);
      const missing = isWhole && options.gate !== undefined ? belowGate(charts, options.gate) : [];
      for (const sentence of missing) log(sentence);
      if (missing.length > 0) process.exitCode = 1;
    },
  };
}

async function hasRunAll(modules: readonly unknown[], vitest: Vitest | undefined): Promise<boolean> {
  if (!vitest || vitest.config.testNamePattern) return false;
  const all = await vitest.globTestSpecifications();
  return modules.length === all.length;
}

async function writeReports(
  { machines, draw }: ChartCoverageOptions,
  charts: readonly ChartCoverage[],
  gathered: readonly ChartCoverage[],
  folder: string,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'coverage.json'), `${JSON.stringify(charts, undefined, 2)}\n`);
  writeFileSync(join(folder, 'coverage.txt'), `${coverageText(machines, charts, gathered)}\n`);
  if (!draw) return;
  for (const [index, machine] of machines.entries()) {
    const chart = charts[index];
    if (chart) writeFileSync(join(folder, `${fileName(machine.id)}.svg`), await draw(machine, chart));
  }
}

/** An id may be any text. */
function fileName(id: string): string {
  return id.replaceAll(/[^\w.-]/g, '_');
}
