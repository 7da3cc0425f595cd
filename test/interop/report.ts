import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { WAYS, type Way } from './ways.ts';

const DOCUMENT = join(import.meta.dirname, '../../docs/interop.md');

/** The cell for what a server does not have. */
export const NOT_OFFERED = 'not offered';

/** The column of tables that have no other. */
export const OUTCOME = 'Outcome';

/** What was measured, for one table of `docs/interop.md`: no times, since those differ from run to run. */
export interface Table {
  /** Notes a cell, which was measured for one way in. */
  note(row: string, way: Way, column: string, cell: string): void;
  /** Markdown. Ways of a row stand in one line where all their cells are the same; rows of {@link NOT_OFFERED} follow in a sentence. */
  toString(): string;
}

/** Begins a table; `rows` is the heading of its first column. */
export function createTable(rows: string, columns: readonly string[]): Table {
  const cells = new Map<string, Map<Way, Map<string, string>>>();
  return {
    note(row, way, column, cell) {
      const ways = cells.get(row) ?? new Map<Way, Map<string, string>>();
      const line = ways.get(way) ?? new Map<string, string>();
      cells.set(row, ways.set(way, line.set(column, cell)));
    },
    toString() {
      const isAbsent = (row: string) => [...(cells.get(row)?.values() ?? [])].every(saysNotOffered);
      const [absent, present] = [[...cells.keys()].filter(isAbsent), [...cells].filter(([row]) => !isAbsent(row))];
      const lines = present.flatMap(([row, ways]) => linesOf(row, ways, columns));
      const rest = absent.length === 0 ? '' : `\nNot offered at all: ${absent.join(', ')}.\n`;
      return layOut([[rows, 'Way in', ...columns], ...lines]) + rest;
    },
  };
}

/**
 * Holds `docs/interop.md` to what was measured: the tables stand there between the marks of their section. With
 * `INTEROP_REPORT` in the environment they are written there instead; then one file of tests may run at a time.
 */
export function checkReport(section: string, tables: readonly Table[]): void {
  const document = readFileSync(DOCUMENT, 'utf8');
  const [begin, end] = [`<!-- measured: ${section} -->\n`, `<!-- end: ${section} -->`];
  const [before, rest = ''] = document.split(begin);
  const [committed, after] = rest.split(end);
  if (after === undefined) throw new Error(`${DOCUMENT} lacks ${begin.trim()} or ${end}`);
  const measured = `\n${tables.join('\n')}\n`;
  if (process.env.INTEROP_REPORT) writeFileSync(DOCUMENT, [before, begin, measured, end, after].join(''));
  else expect(measured, `npm run docs:interop writes ${DOCUMENT}`).toBe(committed);
}

function saysNotOffered(line: ReadonlyMap<string, string>): boolean {
  return [...line.values()].every((cell) => cell === NOT_OFFERED);
}

function linesOf(row: string, ways: ReadonlyMap<Way, ReadonlyMap<string, string>>, columns: readonly string[]) {
  const lines = new Map<string, Way[]>();
  for (const way of WAYS.filter((each) => ways.has(each))) {
    const line = columns.map((column) => ways.get(way)?.get(column) ?? '').join(SEPARATOR);
    lines.set(line, [...(lines.get(line) ?? []), way]);
  }
  return [...lines].map(([line, same], index) => [index === 0 ? row : '', waysText(same), ...line.split(SEPARATOR)]);
}

/** Stands in no cell. */
const SEPARATOR = '\n';

function waysText(ways: readonly Way[]): string {
  return ways.length === WAYS.length ? 'all' : ways.join(', ');
}

function layOut(lines: readonly (readonly string[])[]): string {
  const [heading = [], ...rest] = lines;
  const widths = heading.map((_, column) => Math.max(3, ...lines.map((line) => line[column]?.length ?? 0)));
  const rule = widths.map((width) => '-'.repeat(width));
  const padded = [heading, rule, ...rest].map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)));
  return padded.map((line) => `| ${line.join(' | ')} |\n`).join('');
}
