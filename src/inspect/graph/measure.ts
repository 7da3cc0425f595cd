/** Sizes of text in a picture, in pixels. The page's `font-family` is the reader's: widths are guessed, on the wide side. */
export const TEXT = {
  /** Name of a state. */
  name: { size: 14, line: 20 },
  /** Whatever else stands in a state. */
  note: { size: 11, line: 15 },
  /** Beside an arrow. */
  label: { size: 12, line: 16 },
} as const;

/** What kind of text it is. */
export type TextKind = keyof typeof TEXT;

/** Longest line, in UTF-16 units: names may be of any length. */
const LONGEST = 60;

const NARROW = /[ijl.,:;'|!()[\]ftrI ]/u;
const WIDE = /[mwMW@%&\u2190-\u21ff]/u;
const CAPITAL = /[A-Z0-9_#+=<>~-]/u;
/** Scripts whose characters fill a square, and emoji. */
const SQUARE = /[\u1100-\u11ff\u2e80-\ud7ff\uf900-\ufaff\ufe30-\uffef]|[\u{1f000}-\u{3fffd}]/u;

/** How wide a text will be, in pixels. */
export function textWidth(text: string, kind: TextKind): number {
  let ems = 0;
  for (const character of text) ems += emsOf(character);
  return Math.ceil(ems * TEXT[kind].size * (kind === 'name' ? 1.06 : 1));
}

/** The beginning of a text that is too long for a picture. */
export function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

function emsOf(character: string): number {
  if (NARROW.test(character)) return 0.36;
  if (WIDE.test(character)) return 0.9;
  if (SQUARE.test(character)) return 1.05;
  return CAPITAL.test(character) ? 0.69 : 0.6;
}
