/** What stream management costs (XEP-0198). */
export interface ManagementReport {
  readonly receive: ManagementCost;
  readonly send: ManagementCost;
  /** What a stanza costs that waits for its acknowledgement, beside itself, in bytes. */
  readonly unacknowledged: number;
}

/** CPU for each stanza, in µs, without stream management and with it; and how many times as much that is. */
export interface ManagementCost {
  readonly plain: number;
  readonly managed: number;
  readonly times: number;
}

/** What a stanza may cost with stream management, in what it costs without. */
const MOST_TIMES = 1.15;
/** What a stanza that waits for its acknowledgement may cost beside itself, in bytes. */
const MOST_BYTES = 200;

export function isCheap({ receive, send, unacknowledged }: ManagementReport): boolean {
  return receive.times <= MOST_TIMES && send.times <= MOST_TIMES && unacknowledged < MOST_BYTES;
}

/** A line of the table for each figure. */
export function managementRows(report: ManagementReport | undefined): readonly (readonly string[])[] {
  if (!report) return [];
  const { receive, send, unacknowledged } = report;
  return [
    ['stream management', 'without, µs', 'with, µs', 'times', 'goal'],
    costRow('receive 250 B message', receive),
    costRow('send message', send),
    [
      'unacknowledged stanza beside itself, bytes',
      '',
      unacknowledged.toFixed(0),
      '',
      `< ${MOST_BYTES} ${unacknowledged < MOST_BYTES ? 'ok' : 'MISSED'}`,
    ],
  ];
}

function costRow(title: string, { plain, managed, times }: ManagementCost): readonly string[] {
  const verdict = times <= MOST_TIMES ? 'ok' : 'MISSED';
  return [title, plain.toFixed(2), managed.toFixed(2), times.toFixed(2), `≤ ${MOST_TIMES} ${verdict}`];
}
