import type { Measures, Task } from './peers/measure.ts';

/** One line of the table: what is measured, and what our own client must reach. */
export interface Metric {
  readonly name: string;
  readonly title: string;
  /** Metrics with the same task share its processes. */
  readonly task: Task;
  readonly value: keyof Measures & string;
  /** How the number is shown: µs, ms, KB (1,000 bytes), bytes, or a ratio. */
  readonly unit: 'µs' | 'ms' | 'KB' | 'B' | '×';
  /** What `xstate-xmpp` must not exceed: times the number of another peer, or a number in the metric's own unit. */
  readonly goal?: { readonly of: string; readonly times: number } | { readonly atMost: number };
}

const RUNS = 3;
const small: Task = { task: 'receive', kind: 'small', count: 32_000, runs: RUNS };
const large: Task = { task: 'receive', kind: 'large', count: 600, runs: RUNS };
const send: Task = { task: 'send', count: 20_000, runs: RUNS };
const ping: Task = { task: 'ping', count: 10_000, window: 100, runs: RUNS };
const login: Task = { task: 'login', count: 100, runs: RUNS };
const idle: Task = { task: 'idle', clients: 500 };
const handlers: Task = { task: 'handlers', handlers: 50, count: 16_000, runs: 7 };
const pending: Task = { task: 'pending', requests: 10_000, count: 16_000, runs: 7 };

const prosody: Task = { task: 'prosody' };
const jid: Task = { task: 'jid' };

const ofXmppJs = (times: number) => ({ of: 'xmpp-js', times });

/** In the order of the table. */
export const METRICS: readonly Metric[] = [
  { name: 'small', title: 'receive 250 B message, CPU', task: small, value: 'cpu', unit: 'µs', goal: ofXmppJs(0.5) },
  { name: 'large', title: 'receive 20 KB event, CPU', task: large, value: 'cpu', unit: 'µs', goal: ofXmppJs(0.6) },
  { name: 'send', title: 'send message, CPU', task: send, value: 'cpu', unit: 'µs', goal: ofXmppJs(0.6) },
  { name: 'ping', title: 'ping, 100 under way, CPU', task: ping, value: 'cpu', unit: 'µs' },
  { name: 'login', title: 'login in clear, CPU', task: login, value: 'cpu', unit: 'µs' },
  { name: 'login', title: 'login in clear, elapsed', task: login, value: 'wall', unit: 'µs' },
  { name: 'prosody-peers', title: 'login to Prosody, CPU', task: prosody, value: 'cpu', unit: 'ms' },
  { name: 'prosody-peers', title: 'login to Prosody, elapsed', task: prosody, value: 'wall', unit: 'ms' },
  { name: 'jid', title: 'JID seen before, parsed', task: jid, value: 'seen', unit: 'µs', goal: { atMost: 0.2 } },
  { name: 'jid', title: 'JID in ASCII, new, parsed', task: jid, value: 'unseen', unit: 'µs', goal: { atMost: 2 } },
  { name: 'idle', title: 'idle client of 500, heap', task: idle, value: 'heap', unit: 'KB', goal: { atMost: 30 } },
  { name: 'idle', title: 'idle client of 500, resident', task: idle, value: 'resident', unit: 'KB' },
  {
    name: 'handlers',
    title: 'receive, 50 handlers to 1',
    task: handlers,
    value: 'ratio',
    unit: '×',
    goal: { atMost: 1.1 },
  },
  {
    name: 'pending',
    title: 'receive, 10,000 pending to 0',
    task: pending,
    value: 'ratio',
    unit: '×',
    goal: { atMost: 1.05 },
  },
  { name: 'pending', title: 'pending request, heap', task: pending, value: 'heap', unit: 'B', goal: { atMost: 1000 } },
];

/** A measured number in the metric's unit. */
export function inUnit(metric: Metric, measures: Measures | undefined): number | undefined {
  const value = measures?.[metric.value];
  return value !== undefined && (metric.unit === 'KB' || metric.unit === 'ms') ? value / 1000 : value;
}
