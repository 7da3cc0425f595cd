/** What may look at a client while it is flooded, each in a process of its own. */
export const ONLOOKERS = ['no inspector', 'no page', 'a page', 'a page that does not read'] as const;

export type Onlooker = (typeof ONLOOKERS)[number];

/** How much a client takes while somebody looks, and how long it takes to draw its chart for a page. */
export interface InspectorReport {
  readonly onlooker: Onlooker;
  /** Messages a second. */
  readonly rate: number;
  /** CPU for each, in µs. */
  readonly cpu: number;
  /** From asking for the chart of the client until it is there, in ms; absent where there is no page. */
  readonly chart: number | undefined;
}

const LEAST_RATE = 20_000;
const MOST_CHART = 2000;

export function isUnhurried({ rate, chart = 0 }: InspectorReport): boolean {
  return rate >= LEAST_RATE && chart <= MOST_CHART;
}

/** A line of the table for each onlooker. */
export function inspectorRows(reports: readonly InspectorReport[]): readonly (readonly string[])[] {
  if (reports.length === 0) return [];
  return [['flooded, while somebody looks', 'messages/s', 'CPU, µs', 'chart, ms', 'goal'], ...reports.map(row)];
}

function row(report: InspectorReport): readonly string[] {
  const { onlooker, rate, cpu, chart } = report;
  return [
    onlooker,
    Math.round(rate).toLocaleString('en'),
    cpu.toFixed(1),
    chart?.toFixed(0) ?? '',
    `≥ ${LEAST_RATE.toLocaleString('en')}, ≤ ${MOST_CHART} ${isUnhurried(report) ? 'ok' : 'MISSED'}`,
  ];
}
