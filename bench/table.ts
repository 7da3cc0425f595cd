import { inUnit, type Metric } from './metrics.ts';
import type { Measures } from './peers/measure.ts';

/** Everything measured: by the peer's file name, then by the metric's name. */
export type Results = ReadonlyMap<string, ReadonlyMap<string, Measures>>;

/** Whether our client reached the metric's goal; undefined where there is none, or it was not measured. */
export interface Verdict {
  readonly metric: Metric;
  readonly limit: number;
  readonly value: number;
  readonly reached: boolean;
}

const OWN = 'xstate-xmpp';
const REFERENCE = 'xmpp-js';

/** A row per metric, a column per peer; in parentheses how many times xmpp.js's number. */
export function tableRows(
  results: Results,
  metrics: readonly Metric[],
  titles: ReadonlyMap<string, string>,
): readonly (readonly string[])[] {
  const peers = [...results.keys()];
  const head = ['', ...peers.map((peer) => titles.get(peer) ?? peer), 'goal'];
  const lines = metrics.map((metric) => [
    `${metric.title}, ${metric.unit}`,
    ...peers.map((peer) => formatCell(results, metric, peer)),
    formatGoal(results, metric),
  ]);
  return metrics.length === 0 ? [] : [head, ...lines];
}

export function verdicts(results: Results, metrics: readonly Metric[]): readonly Verdict[] {
  return metrics.flatMap((metric) => {
    const value = numberOf(results, metric, OWN);
    const limit = limitOf(results, metric);
    return value === undefined || limit === undefined ? [] : [{ metric, limit, value, reached: value <= limit }];
  });
}

function formatCell(results: Results, metric: Metric, peer: string): string {
  const value = numberOf(results, metric, peer);
  const reference = numberOf(results, metric, REFERENCE);
  if (value === undefined) return '–';
  const ratio = metric.unit === '×' || reference === undefined ? '' : ` (${(value / reference).toFixed(2)})`;
  return `${formatNumber(value, metric)}${ratio}`;
}

function formatGoal(results: Results, metric: Metric): string {
  const { goal } = metric;
  if (!goal) return '';
  const text = 'of' in goal ? `≤ ${goal.times} × ${goal.of}` : `≤ ${goal.atMost}`;
  const verdict = verdicts(results, [metric])[0];
  return verdict ? `${text} ${verdict.reached ? 'ok' : 'MISSED'}` : text;
}

function limitOf(results: Results, { goal, ...metric }: Metric): number | undefined {
  if (!goal) return undefined;
  if ('atMost' in goal) return goal.atMost;
  const other = numberOf(results, metric, goal.of);
  return other === undefined ? undefined : other * goal.times;
}

function numberOf(results: Results, metric: Metric, peer: string): number | undefined {
  return inUnit(metric, results.get(peer)?.get(metric.name));
}

function formatNumber(value: number, { unit }: Metric): string {
  if (unit === '×' || value < 1) return value.toFixed(2);
  return value >= 100 ? value.toFixed(0) : value.toFixed(1);
}

/** The text of a table: what stands in the first and in the last column to the left, numbers to the right. */
export function align(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const last = widths.length - 1;
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 || column === last ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
