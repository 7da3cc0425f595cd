import type { LiveActor, LiveMessage, LogEntry } from '../live/protocol.ts';
import { type DeliveryEntry, emptyHistory, type History, type KnownActor } from './history.ts';

/** What the page knows of all clients. Never changed: {@link receive} gives a newer one. */
export interface Store {
  readonly histories: readonly History[];
  /** `seq` of the newest entry. Older ones that come again, after a connection was lost, are known already. */
  readonly newest: number;
  /** Lines that the server left out because this page reads too slowly. */
  readonly dropped: number;
  /** Where they are missing: `before` is the `seq` of the entry that came after. */
  readonly gaps: readonly Gap[];
}

/** Lines that are missing. */
export interface Gap {
  readonly before: number;
  readonly count: number;
}

/** Before the first message. */
export const EMPTY_STORE: Store = { histories: [], newest: 0, dropped: 0, gaps: [] };

/** Lines that are kept of each client; older ones are forgotten. */
export const MOST_ENTRIES = 20_000;
const MOST_GAPS = 200;
const MOST_ACTORS = 500;

/** Takes a message of the server in. */
export function receive(store: Store, message: LiveMessage): Store {
  switch (message.type) {
    case 'clients':
      return { ...store, histories: withClients(store.histories, message.clients) };
    case 'actors':
      return updateHistory(store, message.client, (history) => ({
        ...history,
        actors: withActors(history, message.actors, store.newest),
        explanation: message.explanation,
      }));
    case 'entries':
      return withEntries(store, message.entries, message.dropped);
  }
}

function withClients(histories: readonly History[], clients: readonly { id: string; name: string }[]): History[] {
  const gone = histories.filter(({ id }) => !clients.some((client) => client.id === id));
  const present = clients.map(({ id, name }) => {
    const known = histories.find((history) => history.id === id);
    return known ? { ...known, name, isGone: false } : emptyHistory(id, name);
  });
  return [...present, ...gone.filter(hasContent).map((history) => ({ ...history, isGone: true }))];
}

function hasContent({ entries }: History): boolean {
  return entries.length > 0;
}

function updateHistory(store: Store, id: string, update: (history: History) => History): Store {
  return { ...store, histories: store.histories.map((history) => (history.id === id ? update(history) : history)) };
}

/** What the server lists, with what is known of their time; and those that it no longer lists. */
function withActors({ actors: known, entries }: History, listed: readonly LiveActor[], newest: number): KnownActor[] {
  const isFirstList = known.length === 0;
  const present = listed.map((actor) => {
    const before = known.find(({ id }) => id === actor.id);
    // The list comes before the lines that tell of the same: an actor began with the first line that mentions it.
    const firstSeq = before?.firstSeq ?? (isFirstList ? 0 : Number.POSITIVE_INFINITY);
    return { ...actor, firstSeq, goneSeq: undefined };
  });
  const oldest = entries[0]?.seq ?? newest;
  const gone = known
    .filter(({ id }) => !listed.some((actor) => actor.id === id))
    .map((actor) => ({ ...actor, goneSeq: actor.goneSeq ?? newest }))
    .filter(({ goneSeq }) => goneSeq >= oldest);
  return [...present, ...gone.slice(-MOST_ACTORS)];
}

function withEntries(store: Store, received: readonly LogEntry[], dropped: number): Store {
  const fresh = received.filter(({ seq }) => seq > store.newest);
  const newest = fresh.at(-1)?.seq ?? store.newest;
  const gap = dropped > 0 ? [{ before: fresh[0]?.seq ?? newest + 1, count: dropped }] : [];
  const histories = store.histories.map((history) => {
    const own = fresh.filter(({ client }) => client === history.id);
    return own.length === 0 ? history : append(history, own);
  });
  return {
    histories,
    newest,
    dropped: store.dropped + dropped,
    gaps: gap.length === 0 ? store.gaps : [...store.gaps, ...gap].slice(-MOST_GAPS),
  };
}

function append(history: History, fresh: readonly LogEntry[]): History {
  const all = [...history.entries, ...fresh];
  const entries = all.slice(-MOST_ENTRIES);
  return {
    ...history,
    entries,
    forgotten: history.forgotten + all.length - entries.length,
    deliveries: withDeliveries(history.deliveries, fresh, entries[0]?.seq ?? 0),
    actors: withTimes(history.actors, fresh),
  };
}

function withDeliveries(
  known: ReadonlyMap<number, DeliveryEntry>,
  fresh: readonly LogEntry[],
  oldest: number,
): ReadonlyMap<number, DeliveryEntry> {
  const deliveries = fresh.filter((entry) => entry.kind === 'delivery');
  if (deliveries.length === 0) return known;
  const all = new Map([...known].filter(([of]) => of >= oldest));
  for (const entry of deliveries) {
    if (entry.of !== undefined) all.set(entry.of, entry);
  }
  return all;
}

/**
 * An actor was there when it first had a part in something, and when it last had. Its states are not taken from here: the list of
 * actors is the newer of the two.
 */
function withTimes(actors: readonly KnownActor[], fresh: readonly LogEntry[]): readonly KnownActor[] {
  const first = new Map<string, number>();
  const last = new Map<string, number>();
  const begun = new Map<string, number>();
  for (const entry of fresh) {
    const { actor, seq } = entry;
    if (!first.has(actor)) first.set(actor, seq);
    if ('event' in entry && entry.event === 'xstate.init') begun.set(actor, seq);
    last.set(actor, seq);
  }
  return actors.map((actor) => {
    const begin = first.get(actor.id);
    const end = last.get(actor.id);
    if (begin === undefined || end === undefined) return actor;
    const goneSeq = actor.goneSeq === undefined ? undefined : Math.max(actor.goneSeq, end);
    const firstSeq = begun.get(actor.id) ?? Math.min(actor.firstSeq, begin);
    return { ...actor, firstSeq, goneSeq };
  });
}
