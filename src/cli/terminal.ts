import { styleText } from 'node:util';
import type { Io } from './io.ts';

/** Emphasis, or the plain text where colours are not wanted. */
export type Style = Readonly<Record<Emphasis, (text: string) => string>>;

type Emphasis = (typeof EMPHASES)[number];

const EMPHASES = ['bold', 'dim', 'red', 'green', 'yellow', 'cyan'] as const;

/** What a command writes with. */
export interface Terminal {
  readonly style: Style;
  /** Characters that fit on a line; `undefined` where the output is no terminal, and lines have no end. */
  readonly columns: number | undefined;
  /** Writes lines to the standard output. */
  print(...lines: readonly string[]): void;
  /** Writes lines to the standard error output. */
  warn(...lines: readonly string[]): void;
}

/** `colors: false` is `--no-color`; the variable NO_COLOR and an output that is no terminal say the same. */
export function createTerminal({ stdout, stderr, env }: Io, { colors = true }: { colors?: boolean } = {}): Terminal {
  const isTerminal = stdout.isTTY === true;
  return {
    style: createStyle(colors && isTerminal && !env.NO_COLOR && env.TERM !== 'dumb'),
    get columns() {
      return isTerminal ? stdout.columns : undefined;
    },
    print: (...lines) => write(stdout, lines),
    warn: (...lines) => write(stderr, lines),
  };
}

/** Emphasis by escape sequences, or none. */
export function createStyle(enabled: boolean): Style {
  const emphasize = (emphasis: Emphasis) => (text: string) =>
    // Whether the stream is a terminal was decided by the caller; newer Node would look at `process.stdout`.
    enabled ? styleText(emphasis, text, { validateStream: false }) : text;
  return {
    bold: emphasize('bold'),
    dim: emphasize('dim'),
    red: emphasize('red'),
    green: emphasize('green'),
    yellow: emphasize('yellow'),
    cyan: emphasize('cyan'),
  };
}

/**
 * Text of somebody else as it may be shown: on one line, and without characters that a terminal obeys (C0 and C1 controls)
 * or that show a line in another order than it has (bidirectional overrides). They appear as `\n` or `\u{9b}`.
 */
export function escapeControls(text: string): string {
  return text.replace(UNPRINTABLE, (character) => NAMES[character] ?? `\\u{${hexOf(character)}}`);
}

/** The same for a JSON text, which means what it meant before. */
export function escapeJson(json: string): string {
  return json.replace(UNPRINTABLE, (character) => (character === '\n' ? character : unitsOf(character)));
}

/** The beginning of a text that somebody else made as long as they liked. */
export function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}… (${text.length - length} more characters)`;
}

/** Breaks a text at spaces; a word that is too long keeps its length. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Controls, format characters except the joiners that scripts and emoji need, lone surrogates, private use, line ends. */
const UNPRINTABLE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu;

const NAMES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** JSON knows UTF-16 units alone (RFC 8259 §7). */
function unitsOf(character: string): string {
  return character.replace(/[\s\S]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function hexOf(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16);
}

function write(stream: NodeJS.WritableStream, lines: readonly string[]): void {
  stream.write(lines.map((line) => `${line}\n`).join(''));
}
