import { escapeControls, shorten, type Terminal, wrap } from './terminal.ts';

/** A label, and what belongs to it: each text begins on a line of its own. May hold the peer's text. */
export interface Row {
  readonly label: string;
  readonly texts: readonly string[];
  /** How the texts are to look. */
  readonly paint?: ((text: string) => string) | undefined;
}

/** Characters of the indent, and of the longest label with a gap. */
const INDENT = 3;
const LABEL_WIDTH = 13;
/** However wide the terminal: longer lines are hard to read. */
const MOST_COLUMNS = 120;
/** Of a text that a server made as long as it liked. */
const LONGEST = 1000;

/** Puts rows into lines: labels in a column, texts beside it. A row without a label takes the whole width. */
export function formatRows(rows: readonly Row[], { style, columns = MOST_COLUMNS }: Terminal): string[] {
  return rows.flatMap(({ label, texts, paint = (text) => text }) => {
    const indent = label === '' ? INDENT : INDENT + LABEL_WIDTH;
    const width = Math.min(columns, MOST_COLUMNS) - indent;
    const lines = texts.flatMap((text) => wrap(escapeControls(shorten(text, LONGEST)), width));
    const head = ' '.repeat(INDENT) + style.dim(label) + ' '.repeat(indent - INDENT - label.length);
    return lines.map((line, index) => (index === 0 && label !== '' ? head : ' '.repeat(indent)) + paint(line));
  });
}
