import { readFile } from 'node:fs/promises';
import { OptionError, type RecordedElement, type Recording } from '../errors/index.ts';
import { parseRecording, type Replay, type ReplayStep, replay as replayRecording } from '../inspect/replay/index.ts';
import { formatDuration } from '../recorder/index.ts';
import { EXIT, type ExitCode } from './explain-error.ts';
import { reasonOf } from './files.ts';
import type { Io } from './io.ts';
import { createTerminal, escapeControls, type Terminal } from './terminal.ts';

/** Options of the command. */
export interface ReplayFlags {
  /** `false` for --no-color. */
  readonly color: boolean;
}

/** Of times and of events, in characters. */
const TIME_WIDTH = 10;
const EVENT_WIDTH = 34;

/**
 * `xstate-xmpp replay`: feeds a recording to the chart once more and writes the timeline. Resolves with `failed` where the chart does
 * something else now, and says where that begins.
 *
 * @throws OptionError, RecordingError where there is no recording that can be read
 */
export async function replay(path: string, { color }: ReplayFlags, io: Io): Promise<ExitCode> {
  const terminal = createTerminal(io, { colors: color });
  const recording = parseRecording(await read(path));
  const outcome = replayRecording(recording);
  terminal.print(...heading(recording), ...timeline(recording, outcome, terminal), '', verdict(outcome, terminal));
  return outcome.divergence ? EXIT.failed : EXIT.ok;
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new OptionError(`Cannot read ${escapeControls(path)}: ${reasonOf(cause)}`, { cause });
  }
}

function heading({ account, startedAt, dropped, base }: Recording): string[] {
  const before = dropped === 0 ? '' : `, after ${dropped} events that were not kept`;
  return [escapeControls(`${account}, ${timeText(startedAt)}, from ${base.state}${before}`), ''];
}

/** A line for each entry, as far as the replay went. */
function timeline({ entries }: Recording, { steps, divergence }: Replay, { style }: Terminal): string[] {
  const byIndex = new Map(steps.map((step) => [step.index, step]));
  const end = divergence ? divergence.index + 1 : entries.length;
  return entries.slice(0, end).map((entry, index) => {
    const time = `+${formatDuration(entry.at)}`.padStart(TIME_WIDTH);
    if (entry.kind === 'stanza') return `${time}  ${style.dim(escapeControls(elementText(entry)))}`;
    const step = byIndex.get(index);
    const moved = step && step.from !== step.recorded ? style.cyan(escapeControls(entry.state)) : '';
    const error = entry.error ? style.red(escapeControls(` ${entry.error.code}: ${entry.error.message}`)) : '';
    return `${time}  ${escapeControls(entry.event).padEnd(EVENT_WIDTH)} ${moved}${error}`.trimEnd();
  });
}

function elementText({ direction, name, type, id, payload }: RecordedElement): string {
  const attributes = [type && `type=${type}`, id && `id=${id}`].filter(Boolean).join(' ');
  return `${direction} ${[name, attributes, payload].filter(Boolean).join(' ')}`;
}

function verdict({ steps, divergence }: Replay, { style }: Terminal): string {
  if (!divergence) return style.green(`The chart does what it did then: ${steps.length} events, the same states.`);
  return style.red(escapeControls(difference(divergence)));
}

function difference({ index, event, from, recorded, replayed }: ReplayStep): string {
  return `Entry ${index + 1} is the first difference: in ${from}, ${event} led to ${recorded} then, and to ${replayed} now.`;
}

function timeText(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? 'at a time that is none' : date.toISOString();
}
