import type { Line } from './lines.ts';
import { shortened, TEXT, textWidth } from './measure.ts';
import type { Box } from './picture.ts';

/** Around the text of a state, in pixels. */
export const PADDING = 10;

/** A longer text beside an arrow is broken before its guard, in UTF-16 units. */
const LONG = 26;

/** Width and height, in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** What is written in a state below its name. */
export function noteTexts({ state, notes }: Box): readonly string[] {
  return [...state.invokes.map(({ id }) => `⚙ ${id}`), ...notes.map(({ text }) => text)].map(shortened);
}

/** What is written beside an arrow: for each line one text, or two where it is long and has a guard. */
export function labelTexts({ text }: Line): readonly string[] {
  const guard = text.indexOf(' [');
  const isSplit = guard > 0 && text.length > LONG;
  return (isSplit ? [text.slice(0, guard), text.slice(guard)] : [text]).map(shortened).filter((part) => part !== '');
}

/** Room for all that is written in a state. */
export function boxSize(box: Box | undefined): Size {
  if (box === undefined || box.state.kind === 'history') return { width: 28, height: 28 };
  const texts = noteTexts(box);
  const nameWidth = textWidth(shortened(box.state.name), 'name');
  const width = Math.max(nameWidth, ...texts.map((text) => textWidth(text, 'note')));
  const height = TEXT.name.line + texts.length * TEXT.note.line;
  return { width: Math.max(width + 2 * PADDING, 72), height: height + 2 * PADDING - 4 };
}

/** Room for what is written beside an arrow, if anything is. */
export function labelSize(lines: readonly Line[]): Size | undefined {
  const texts = lines.flatMap(labelTexts);
  if (texts.length === 0) return undefined;
  const width = Math.max(...texts.map((text) => textWidth(text, 'label')));
  return { width: width + 8, height: texts.length * TEXT.label.line + 2 };
}
