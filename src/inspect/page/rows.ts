import type { LogEntry } from '../live/protocol.ts';
import { type Filter, passes } from './filter.ts';
import type { History } from './history.ts';
import type { Gap } from './store.ts';

/** A line as it is shown: an entry, or how many are missing before the next. */
export type Row =
  | { readonly kind: 'entry'; readonly entry: LogEntry }
  | { readonly kind: 'gap'; readonly text: string };

/** The lines that pass a filter, and what they were made from. */
export interface Rows {
  readonly list: readonly Row[];
  readonly history: History | undefined;
  readonly filter: Filter;
  readonly gaps: readonly Gap[];
}

/** The lines of a history that pass a filter. Of what was looked at already, only what came since is looked at. */
export function rowsOf(history: History, gaps: readonly Gap[], filter: Filter, before: Rows | undefined): Rows {
  const known = before?.filter === filter && before.history?.id === history.id ? before : undefined;
  const last = known?.history?.entries.at(-1)?.seq ?? -1;
  const oldest = history.entries[0]?.seq ?? 0;
  const list = known ? keptRows(known, oldest) : [];
  const older = missingBefore(history);
  if (older && list[0]?.kind !== 'gap') list.unshift(older);
  else if (older) list[0] = older;
  const fresh = gaps.filter(({ before: seq }) => seq > last && seq > oldest);
  for (const entry of freshEntries(history.entries, last)) {
    const missing = fresh[0] && fresh[0].before <= entry.seq ? fresh.shift() : undefined;
    if (missing) list.push({ kind: 'gap', text: `${lines(missing.count)} left out: this page read too slowly` });
    if (passes(entry, filter)) list.push({ kind: 'entry', entry });
  }
  return { list, history, filter, gaps };
}

/** `1 line`, `1,200 lines`. */
export function lines(count: number): string {
  return count === 1 ? '1 line' : `${count.toLocaleString('en')} lines`;
}

/** Where a line stands that tells this entry, or the last before it; -1 if there is none. */
export function rowOfSeq(list: readonly Row[], seq: number): number {
  return list.findLastIndex((row) => row.kind === 'entry' && row.entry.seq <= seq);
}

function keptRows({ list, history }: Rows, oldest: number): Row[] {
  if ((history?.entries[0]?.seq ?? 0) >= oldest) return [...list];
  const first = list.findIndex((row) => row.kind === 'entry' && row.entry.seq >= oldest);
  return first < 0 ? [] : list.slice(first);
}

function missingBefore({ forgotten }: History): Row | undefined {
  return forgotten > 0 ? { kind: 'gap', text: `${lines(forgotten)} before this are no longer kept here` } : undefined;
}

function freshEntries(entries: readonly LogEntry[], last: number): readonly LogEntry[] {
  const first = entries.findIndex(({ seq }) => seq > last);
  return first < 0 ? [] : entries.slice(first);
}
