import type { LogEntry } from '../live/protocol.ts';
import { firstAttribute } from './xml-split.ts';

/** Kinds of lines. */
export type EntryKind = LogEntry['kind'];

/** Which lines of the log are shown. An empty text lets all through. */
export interface Filter {
  readonly kinds: ReadonlySet<EntryKind>;
  /** Name of an actor, whatever its session id: each attempt has a `transport` of its own. */
  readonly actor: string;
  /** Part of an address that a stanza is from or for. */
  readonly jid: string;
  /** Anything in the line, upper and lower case alike. */
  readonly text: string;
}

/** All kinds, in the order in which they are offered. */
export const ENTRY_KINDS: readonly EntryKind[] = ['transition', 'event', 'stanza', 'delivery', 'error'];

/**
 * What tells the story of a connection: no deliveries, for the lines of the stanzas tell them, and no events for actors that are no
 * machines, for each of these follows from a transition.
 */
export const OPEN_FILTER: Filter = {
  kinds: new Set<EntryKind>(['transition', 'stanza', 'error']),
  actor: '',
  jid: '',
  text: '',
};

/** Whether a line passes. */
export function passes(entry: LogEntry, { kinds, actor, jid, text }: Filter): boolean {
  if (!kinds.has(entry.kind)) return false;
  if (actor !== '' && entry.actorName !== actor) return false;
  if (jid !== '' && !addressesOf(entry).some((address) => contains(address, jid))) return false;
  return text === '' || textsOf(entry).some((part) => contains(part, text));
}

/** The addresses that a stanza is from and for, as they stand in it. */
export function addressesOf(entry: LogEntry): string[] {
  if (entry.kind !== 'stanza') return [];
  return ['from', 'to'].flatMap((name) => firstAttribute(entry.xml, name) ?? []);
}

function textsOf(entry: LogEntry): string[] {
  switch (entry.kind) {
    case 'transition':
      return [entry.event, entry.detail, ...entry.states, entry.actorName];
    case 'event':
      return [entry.event, entry.detail, entry.actorName];
    case 'stanza':
      return [entry.xml];
    case 'delivery':
      return [entry.state, entry.detail];
    case 'error':
      return [entry.code, entry.message, entry.hint ?? ''];
  }
}

function contains(whole: string, part: string): boolean {
  return whole.toLowerCase().includes(part.toLowerCase());
}
