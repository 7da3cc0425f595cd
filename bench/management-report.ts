/** What stream management (XEP-0198) and the flight recorder cost. */
export interface ManagementReport {
  readonly receive: Cost;
  readonly send: Cost;
  /** Receiving with the recorder and without, both without stream management. */
  readonly recorder: Cost;
  /** What a stanza costs that waits for its acknowledgement, beside itself, in bytes. */
  readonly unacknowledged: number;
}

/** CPU for each stanza, in µs, without something and with it; and how many times as much that is. */
export interface Cost {
  readonly without: number;
  readonly with: number;
  readonly times: number;
}

/** What a stanza may cost with stream management, in what it costs without. */
const MOST_TIMES = 1.15;
/** And with the recorder, in what it costs without. */
const MOST_TIMES_RECORDED = 1.1;
/** What a stanza that waits for its acknowledgement may cost beside itself, in bytes. */
const MOST_BYTES = 200;

export function isCheap({ receive, send, recorder, unacknowledged }: ManagementReport): boolean {
  const isQuick = receive.times <= MOST_TIMES && send.times <= MOST_TIMES && recorder.times <= MOST_TIMES_RECORDED;
  return isQuick && unacknowledged < MOST_BYTES;
}

/** A line of the table for each figure. */
export function managementRows(report: ManagementReport | undefined): readonly (readonly string[])[] {
  if (!report) return [];
  const { receive, send, recorder, unacknowledged } = report;
  return [
    ['stream management, recorder', 'without, µs', 'with, µs', 'times', 'goal'],
    costRow('receive 250 B message, managed', receive, MOST_TIMES),
    costRow('send message, managed', send, MOST_TIMES),
    costRow('receive 250 B message, recorded', recorder, MOST_TIMES_RECORDED),
    [
      'unacknowledged stanza beside itself, bytes',
      '',
      unacknowledged.toFixed(0),
      '',
      `< ${MOST_BYTES} ${unacknowledged < MOST_BYTES ? 'ok' : 'MISSED'}`,
    ],
  ];
}

function costRow(title: string, cost: Cost, most: number): readonly string[] {
  const verdict = cost.times <= most ? 'ok' : 'MISSED';
  return [title, cost.without.toFixed(2), cost.with.toFixed(2), cost.times.toFixed(2), `≤ ${most} ${verdict}`];
}
