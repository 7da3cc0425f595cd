import type { LogBody, LogEntry } from '../live/protocol.ts';
import { emptyHistory, type History, type KnownActor } from './history.ts';
import { expandStatePath, sinceAfter } from './state-paths.ts';

/** A file that is no recording, or none that can be read here. The message is for whoever opened it. */
export class RecordingFileError extends Error {
  override readonly name = 'RecordingFileError';
}

/** What a recording says, as far as the page shows it. */
export interface RecordingFile {
  readonly account: string;
  /** Milliseconds since 1970; entries count from here. */
  readonly startedAt: number;
  /** How many entries before these were not kept. */
  readonly dropped: number;
  /** Path of the states before the first entry. */
  readonly base: string;
  readonly entries: readonly RecordedEntry[];
}

/** One line of a recording. */
type RecordedEntry =
  | {
      readonly kind: 'event';
      readonly at: number;
      readonly event: string;
      readonly state: string;
      readonly error: { readonly code: string; readonly message: string } | undefined;
    }
  | {
      readonly kind: 'stanza';
      readonly at: number;
      readonly direction: 'SEND' | 'RECV';
      readonly name: string;
      readonly type: string;
      readonly id: string;
      readonly payload: string;
    };

const FORMAT = 'xstate-xmpp/recording';
const VERSION = 1;

/** Reads the text of a file. Throws a {@link RecordingFileError}. */
export function parseRecordingFile(text: string): RecordingFile {
  const whole = fieldsOf(parseJson(text));
  if (whole.format !== FORMAT) {
    throw new RecordingFileError(`This is JSON, but no recording: its "format" is not "${FORMAT}".`);
  }
  if (whole.version !== VERSION) {
    const got = typeof whole.version === 'number' ? whole.version : 'unknown';
    throw new RecordingFileError(`This is a recording of version ${got}; this page reads version ${VERSION}.`);
  }
  const { account, startedAt, dropped, entries } = whole;
  const base = textOf(fieldsOf(whole.base).state);
  if (typeof account !== 'string' || typeof startedAt !== 'number' || !Array.isArray(entries)) {
    throw new RecordingFileError('The recording lacks its account, its beginning or its entries.');
  }
  const missing = typeof dropped === 'number' ? dropped : 0;
  return { account, startedAt, dropped: missing, base, entries: entries.map(parseEntry) };
}

/** A recording as a history, so that the log, the chart and time travel show it. `known`: the states of the client's chart. */
export function historyOfRecording(recording: RecordingFile, id: string, known: ReadonlySet<string>): History {
  const { account, startedAt, dropped, base } = recording;
  const begin: RecordedEntry = { kind: 'event', at: 0, event: 'recording.started', state: base, error: undefined };
  const entries: LogEntry[] = [];
  let states: readonly string[] = [];
  for (const entry of base === '' ? recording.entries : [begin, ...recording.entries]) {
    const [before, at] = [states, startedAt + entry.at];
    if (entry.kind === 'event') states = expandStatePath(entry.state, known);
    for (const content of linesOf(entry, states, before)) {
      entries.push({ seq: entries.length + 1, at, client: id, actor: id, actorName: 'client', ...content });
    }
  }
  const end = entries.at(-1)?.at ?? startedAt;
  const actors = [actorOf(id, states, end)];
  return { ...emptyHistory(id, account), source: 'recording', entries, forgotten: dropped, actors };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const isCut = /^\s*\{/.test(text) && text.includes(FORMAT);
    throw new RecordingFileError(
      isCut ? 'The recording was cut short: its end is missing.' : 'This is no recording: it is not JSON.',
    );
  }
}

function parseEntry(value: unknown, index: number): RecordedEntry {
  const { kind, at, event, state, error, direction, name, type, id, payload } = fieldsOf(value);
  if (typeof at === 'number' && kind === 'event' && typeof event === 'string' && typeof state === 'string') {
    return { kind, at, event, state, error: error === undefined ? undefined : parseError(error) };
  }
  const isDirected = direction === 'SEND' || direction === 'RECV';
  if (typeof at === 'number' && kind === 'stanza' && isDirected && typeof name === 'string') {
    return { kind, at, direction, name, type: textOf(type), id: textOf(id), payload: textOf(payload) };
  }
  throw new RecordingFileError(`Entry ${index + 1} of the recording is neither an event nor a stanza.`);
}

function parseError(value: unknown): { code: string; message: string } {
  const { code, message } = fieldsOf(value);
  return { code: textOf(code), message: textOf(message) };
}

/** The lines of the log that tell an entry. */
function linesOf(entry: RecordedEntry, states: readonly string[], before: readonly string[]): LogBody[] {
  if (entry.kind === 'stanza') {
    const xml = outlineOf(entry);
    return [{ kind: 'stanza', direction: entry.direction, xml, length: xml.length, isSummary: true }];
  }
  const moved = states.join('+') !== before.join('+');
  const { event, error } = entry;
  const transition: LogBody = { kind: 'transition', event, detail: '', states, moved };
  return error ? [transition, { kind: 'error', ...error, hint: undefined }] : [transition];
}

function actorOf(id: string, states: readonly string[], end: number): KnownActor {
  const since = sinceAfter({}, states, end);
  const place = { parent: undefined, chart: 'client', firstSeq: 0, goneSeq: undefined };
  return { id, name: 'client', status: 'active', states, since, deadlines: [], ...place };
}

/** All that a recording keeps of a stanza, in the shape of one. */
function outlineOf({ name, type, id, payload }: Extract<RecordedEntry, { kind: 'stanza' }>): string {
  const attributes = Object.entries({ type, id }).map(([key, value]) => (value ? ` ${key}="${escaped(value)}"` : ''));
  const [, namespace = '', inner = ''] = /^\{(.*)\}([^}]*)$/.exec(payload) ?? [];
  const start = `<${escaped(name)}${attributes.join('')}`;
  return inner === '' ? `${start}/>` : `${start}><${escaped(inner)} xmlns="${escaped(namespace)}"/></${escaped(name)}>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
