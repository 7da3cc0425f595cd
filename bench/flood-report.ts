import type { Measures } from './peers/measure.ts';

/** The ways on which a flood is measured, each in a process of its own. */
export const FLOOD_WAYS = ['TCP', 'TLS', 'WebSocket'] as const;

export type FloodWay = (typeof FLOOD_WAYS)[number];

/** Where the flooding peer listens on this machine. */
export interface FloodPlace {
  readonly tcp: number;
  readonly tls: number;
  readonly ws: number;
  /** PEM of the certificate to trust. */
  readonly ca: string;
}

/** How many messages a flood has. */
export const FLOOD_MESSAGES = 100_000;

/**
 * What a flood cost: `elapsed` ms from the first message to the last; `block` ms for which at most nothing else had its turn,
 * `busy` of them the process had a processor; `memory` bytes by which the process grew at most.
 */
export interface Flood {
  readonly way: FloodWay;
  readonly cost: Measures;
}

const MOST_BUSY = 50;
const MOST_MEMORY = 200_000_000;

/** Whether it blocked nobody, and did not pile up. What others on this machine take for themselves is not its doing. */
export function isWithstood({ cost: { busy = Number.NaN, memory = Number.NaN } }: Flood): boolean {
  return busy <= MOST_BUSY && memory <= MOST_MEMORY;
}

/** A line of the table for each way. */
export function floodRows(floods: readonly Flood[]): readonly (readonly string[])[] {
  if (floods.length === 0) return [];
  return [['flood of messages', 'elapsed, ms', 'longest block (CPU), ms', 'memory, MB', 'goal'], ...floods.map(row)];
}

function row(flood: Flood): readonly string[] {
  const { elapsed = Number.NaN, block = Number.NaN, busy = Number.NaN, memory = Number.NaN } = flood.cost;
  return [
    `${FLOOD_MESSAGES.toLocaleString('en')} over ${flood.way}`,
    elapsed.toFixed(0),
    `${block.toFixed(1)} (${busy.toFixed(1)})`,
    (memory / 1e6).toFixed(1),
    `CPU ≤ ${MOST_BUSY} ms, ≤ ${MOST_MEMORY / 1e6} MB ${isWithstood(flood) ? 'ok' : 'MISSED'}`,
  ];
}
