import type { Client, Recording, RecordingEntry } from '../../client/index.ts';
import { ROOT } from './family.ts';
import type { Rendering } from './log.ts';
import { clientPaths, splitPath } from './paths.ts';
import type { LogMoment } from './protocol.ts';

/** What is known of a client from the time before anybody looked. */
export interface Past {
  readonly lines: readonly PastLine[];
  /** When it entered the states it is in now, by path; milliseconds since 1970. */
  readonly since: ReadonlyMap<string, number>;
}

/** A line for the log. */
interface PastLine {
  readonly moment: Omit<LogMoment, 'seq'>;
  readonly render: () => Rendering;
}

/** How far the life of a client is known. */
export interface Mark {
  /** How many events its chart took. */
  readonly events: number;
  /** Its clock at the last thing that happened. */
  readonly clock: number;
}

/** Nothing is known. */
export const NOTHING_KNOWN: Mark = { events: 0, clock: Number.NEGATIVE_INFINITY };

/** All that happened until now is known. */
export function markOf(client: Client): Mark {
  const recording = client.recording();
  if (!recording) return NOTHING_KNOWN;
  const { dropped, base, entries } = recording;
  const events = dropped + entries.filter(({ kind }) => kind === 'event').length;
  return { events, clock: base.clock + (entries.at(-1)?.at ?? 0) };
}

/** Reads what the client recorded, as far as it is not known already. Of stanzas only the outside was kept. */
export function pastOf(client: Client, id: string, known: Mark): Past {
  const recording = client.recording();
  if (!recording) return { lines: [], since: new Map() };
  const { startedAt, base, entries } = recording;
  const since = new Map(Object.entries(base.since).map(([path, at]) => [path, startedAt + at]));
  const lines: PastLine[] = [];
  let { state } = base;
  let events = recording.dropped;
  for (const entry of entries) {
    const at = startedAt + entry.at;
    const before = state;
    if (entry.kind === 'event') {
      state = entry.state;
      events += 1;
      enter(since, state, at);
    }
    // Events are counted. Elements are not: those since the last event are told apart by the clock.
    const isKnown = entry.kind === 'event' ? events <= known.events : base.clock + entry.at <= known.clock;
    if (isKnown || events < known.events) continue;
    const moment = { at, client: id, actor: client.actor.sessionId, actorName: ROOT };
    lines.push({ moment, render: () => renderEntry(entry, before) });
  }
  return { lines, since };
}

function enter(since: Map<string, number>, state: string, at: number): void {
  const paths = new Set(clientPaths(state));
  for (const path of since.keys()) if (!paths.has(path)) since.delete(path);
  for (const path of paths) if (!since.has(path)) since.set(path, at);
}

function renderEntry(entry: RecordingEntry, before: Recording['base']['state']): Rendering {
  if (entry.kind === 'event') {
    const { event, state, error } = entry;
    const detail = error ? `error: ${error.code}: ${error.message}` : '';
    return { body: { kind: 'transition', event, detail, states: splitPath(state), moved: state !== before } };
  }
  const { direction, name, type, id, payload } = entry;
  const [, namespace = '', local = ''] = /^\{(.*)\}(.*)$/.exec(payload ?? '') ?? [];
  const inner = local === '' ? '' : `<${local} xmlns="${namespace}"/>`;
  const attributes = `${type === undefined ? '' : ` type="${type}"`}${id === undefined ? '' : ` id="${id}"`}`;
  const xml = inner === '' ? `<${name}${attributes}/>` : `<${name}${attributes}>${inner}</${name}>`;
  return { body: { kind: 'stanza', direction, xml, length: xml.length, isSummary: true } };
}
