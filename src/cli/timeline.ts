import { clientMachine, describeEndpoint, enteredStates } from '../../machines/index.ts';
import type { ClientActor } from '../client/index.ts';
import { formatDuration } from '../recorder/index.ts';
import { escapeControls, type Style, wrap } from './terminal.ts';

type ClientSnapshot = ReturnType<ClientActor['getSnapshot']>;

/** A state that the client entered, as far as the timeline shows it. */
export interface StateEntry {
  /** Its path in the chart: `linked.securing.handshaking`. */
  readonly path: string;
  /** Milliseconds, on a clock that never goes back. */
  readonly at: number;
  /** The moment in words, as it stands at the beginning of the line. */
  readonly stamp: string;
  /** What is particular about this time: the endpoint that is dialled, why the connection was lost. May hold the peer's text. */
  readonly detail: string | undefined;
}

/** How a timeline is written. */
export interface TimelineOptions {
  readonly style: Style;
  /** Characters that fit on a line, if there is an end to them. */
  readonly columns: number | undefined;
}

/** Of the columns, in characters: the longest path with a gap, and the longest duration. */
const PATH_WIDTH = 36;
const TIME_WIDTH = 9;

/**
 * Makes a function that puts the states of one client into lines: when it was entered, how long the state before it took,
 * its path, and, the first time, its description from the chart.
 */
export function createTimeline(options: TimelineOptions): (entry: StateEntry) => string[] {
  const described = new Set<string>();
  let previous: StateEntry | undefined;
  return (entry) => {
    const took = previous === undefined ? '' : `+${formatDuration(entry.at - previous.at)}`;
    const description = described.has(entry.path) ? undefined : descriptionOf(entry.path);
    described.add(entry.path);
    previous = entry;
    return formatEntry(entry, took, [description, entry.detail], options);
  };
}

/** Whether a state is left before anybody could look: the stores of this command are in memory, and answer at once. */
export function isFleeting(path: string): boolean {
  return path === 'resolving.recalling';
}

/** The states of a client that it was not in before, and what is particular about them this time. */
export function entriesOf(
  now: ClientSnapshot,
  before: ClientSnapshot | undefined,
): Pick<StateEntry, 'path' | 'detail'>[] {
  return enteredStates(now.value, before && isSameStep(now, before) ? before.value : undefined).map((path) => ({
    path,
    detail: detailOf(path, now),
  }));
}

/** What the chart says about a state; empty if there is no such state. */
export function descriptionOf(path: string): string {
  let node: ChartNode | undefined = clientMachine.root;
  for (const name of path.split('.')) node = node?.states[name];
  return node?.description ?? '';
}

/** Lines that belong to a moment, but are no state: a label where durations stand, and a text behind it. */
export function formatNote(
  stamp: string,
  label: string,
  text: string,
  { style, columns = Number.POSITIVE_INFINITY }: TimelineOptions,
): string[] {
  const indent = stamp.length + TIME_WIDTH + 4;
  const [first, ...rest] = wrap(escapeControls(text), columns - indent);
  return [
    `${style.dim(stamp)}  ${label.padStart(TIME_WIDTH)}  ${first}`,
    ...rest.map((line) => ' '.repeat(indent) + line),
  ];
}

interface ChartNode {
  readonly description?: string | undefined;
  readonly states: Readonly<Record<string, ChartNode>>;
}

/** The same state is entered anew when another endpoint is dialled, or somebody else is asked. */
function isSameStep({ context: now }: ClientSnapshot, { context: before }: ClientSnapshot): boolean {
  return now.sources[0] === before.sources[0] && now.candidate === before.candidate;
}

function detailOf(path: string, { context }: ClientSnapshot): string | undefined {
  const endpoint = context.candidates[context.candidate];
  if (path === 'linked.connecting' && endpoint) {
    const before = context.tried.at(-1);
    return `${describeEndpoint(endpoint)}, ${endpoint.reason}${before ? `; before: ${before.message}` : ''}`;
  }
  if (path === 'resolving.asking' && context.sources[0] === 'host-meta') {
    const before = context.tried.at(-1);
    return `host-meta of ${context.settings.jid.domainpart}${before ? `; before: ${before.message}` : ''}`;
  }
  if (path === 'linked.online') return `The address of this session is ${context.jid.full}.`;
  if (path === 'reconnecting.backingOff') {
    const wait = formatDuration(context.retry.delay ?? 0);
    return `${context.error?.message ?? 'The connection failed'}. Attempt ${context.retry.attempt} in ${wait}.`;
  }
  return undefined;
}

function formatEntry(
  { path, stamp }: StateEntry,
  took: string,
  texts: readonly (string | undefined)[],
  { style, columns = Number.POSITIVE_INFINITY }: TimelineOptions,
): string[] {
  const head = `${style.dim(stamp)}  ${style.dim(took.padStart(TIME_WIDTH))}  `;
  const pathIndent = stamp.length + TIME_WIDTH + 4;
  const wide = columns - pathIndent - PATH_WIDTH >= 44;
  const indent = wide ? pathIndent + PATH_WIDTH : pathIndent + 2;
  const lines = texts.filter((text) => text).flatMap((text) => wrap(escapeControls(text ?? ''), columns - indent));
  const beside = wide ? lines.shift() : undefined;
  const name = colorOf(path, style)(path);
  const gap = ' '.repeat(Math.max(1, PATH_WIDTH - path.length));
  return [
    beside === undefined ? `${head}${name}` : `${head}${name}${gap}${beside}`,
    ...lines.map((line) => ' '.repeat(indent) + line),
  ];
}

function colorOf(path: string, style: Style): (text: string) => string {
  if (path.startsWith('linked.online')) return style.green;
  if (path.startsWith('reconnecting')) return style.yellow;
  return path.startsWith('failed') ? style.red : style.cyan;
}
