import type { LogEntry } from '../live/protocol.ts';
import { type DeliveryEntry, indexOfSeq, type StanzaEntry } from './history.ts';

const EACH_SIDE = 4;
/** Entries that are looked at in each direction. */
const REACH = 2000;

/** The stanzas before and after an entry, in order, itself left out. */
export function stanzasAround(entries: readonly LogEntry[], seq: number): StanzaEntry[] {
  const index = indexOfSeq(entries, seq);
  const before = entries.slice(Math.max(0, index - REACH), Math.max(0, index)).filter(isStanza);
  const after = entries.slice(index + 1, index + 1 + REACH).filter(isStanza);
  return [...before.slice(-EACH_SIDE), ...after.slice(0, EACH_SIDE)];
}

/** What became of a stanza, in order. */
export function deliveriesOf(entries: readonly LogEntry[], of: number): DeliveryEntry[] {
  return entries.filter((entry): entry is DeliveryEntry => entry.kind === 'delivery' && entry.of === of);
}

function isStanza(entry: LogEntry): entry is StanzaEntry {
  return entry.kind === 'stanza';
}
