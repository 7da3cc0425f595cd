import type { Recording } from '../../errors/index.ts';
import { RecordingError } from './recording-error.ts';

/**
 * Reads what `JSON.stringify(client.recording())` wrote.
 *
 * @throws RecordingError where it is none, or not whole
 */
export function parseRecording(text: string): Recording {
  return checkRecording(parseJson(text));
}

/** Recordings come from anywhere: nothing is taken for granted. */
function checkRecording(value: unknown): Recording {
  if (!isObject(value) || value.format !== 'xstate-xmpp/recording') {
    throw new RecordingError('Expected a recording of xstate-xmpp, got something else', {
      condition: 'foreign',
      hint: 'Recordings are made by `client.recording()`, or by `xstate-xmpp connect --record FILE`.',
    });
  }
  if (value.version !== 1) {
    throw new RecordingError(`Expected a recording of version 1, got version ${String(value.version).slice(0, 20)}`, {
      condition: 'version',
      hint: 'Use the version of xstate-xmpp that made it.',
    });
  }
  const problem = problemWith(value);
  if (problem) {
    throw new RecordingError(`The recording is damaged: ${problem}`, { condition: 'damaged', hint: 'Make it anew.' });
  }
  return value as unknown as Recording;
}

function problemWith({
  account,
  startedAt,
  dropped,
  base,
  entries,
}: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof account !== 'string') return 'it names no account';
  if (typeof startedAt !== 'number' || typeof dropped !== 'number') return 'it does not say when it began';
  if (!isObject(base) || typeof base.state !== 'string' || typeof base.clock !== 'number')
    return 'its beginning is missing';
  if (!isObject(base.since) || !isObject(base.context) || !isObject(base.context.settings))
    return 'its beginning is not whole';
  if (!Array.isArray(entries)) return 'it has no entries';
  const bad = entries.findIndex((entry) => !isEntry(entry));
  return bad < 0 ? undefined : `entry ${bad + 1} cannot be read`;
}

function isEntry(entry: unknown): boolean {
  if (!isObject(entry) || typeof entry.at !== 'number') return false;
  if (entry.kind === 'stanza') return typeof entry.name === 'string' && typeof entry.direction === 'string';
  return (
    entry.kind === 'event' && typeof entry.event === 'string' && typeof entry.state === 'string' && isObject(entry.data)
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RecordingError('Expected a recording, got no JSON, or JSON that was cut short', {
      condition: 'damaged',
      hint: 'Check that the file was written to its end.',
    });
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
