import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { countVerdicts, type Finding, isDeviation, type Verification } from '../../src/testing/verify/index.ts';

const FOLDER = join(import.meta.dirname, '../../docs/conformance');

/** Who is wrong where a server does otherwise than the model: found out by reading the specification. */
interface Explanation {
  /** `theirs`: the server breaks the rule. `allowed`: the rule leaves room for it. `ours`: the model is too strict, on purpose. */
  readonly whose: 'theirs' | 'allowed' | 'ours';
  readonly why: string;
}

/** Explanations by state and move, as in `bound iq.ping`: as many as there are deviations. */
export type Explanations = Readonly<Record<string, Explanation>>;

/** Fails where a deviation is not explained, and where an explanation has lost its deviation. */
export function checkExplanations({ findings }: Verification, explanations: Explanations): void {
  expect(findings.filter(isDeviation).map(keyOf).toSorted()).toEqual(Object.keys(explanations).toSorted());
}

/**
 * Holds the page of a server to what was measured, and its picture. With `INTEROP_REPORT` in the environment both are written
 * instead.
 */
export function checkPage(name: string, verification: Verification, explanations: Explanations, svg: string): void {
  checkFile(`${name}.svg`, () => svg);
  checkFile(`${name}.md`, (committed) => {
    const [head = ''] = committed.split(MARK);
    return `${head}${MARK}\n\n${measured(verification, explanations)}`;
  });
}

const MARK = '<!-- measured -->';

function checkFile(name: string, expected: (committed: string) => string): void {
  const path = join(FOLDER, name);
  if (process.env.INTEROP_REPORT) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, expected(readIfThere(path)));
  } else {
    const committed = readFileSync(path, 'utf8');
    expect(expected(committed), `npm run docs:interop writes ${path}`).toBe(committed);
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function measured(verification: Verification, explanations: Explanations): string {
  const { findings, tours } = verification;
  const counts = countVerdicts(verification);
  return `${findings.length} moves in ${tours} tours: ${counts.met} met, ${counts.allowed} allowed, ${counts['deviates (SHOULD)']} deviate from a SHOULD, ${counts['deviates (MUST)']} from a MUST.

## Deviations

${findings
  .filter(isDeviation)
  .map((finding) => deviation(finding, explanations[keyOf(finding)]))
  .join('\n')}
## All moves

${table(
  ['State', 'Move', 'Verdict', 'Section', 'The server'],
  findings.map(({ state, move, verdict, section, got }) => [`\`${state}\``, `\`${move}\``, verdict, section, got]),
)}`;
}

function deviation(finding: Finding, explanation: Explanation | undefined): string {
  const { state, move, title, level, section, required, got } = finding;
  return `### \`${state}\`: \`${move}\`

The client ${title}.

- ${section}, ${level}: ${required}.
- Got: ${got}.
- **${explanation?.whose ?? 'Not explained'}**: ${explanation?.why ?? ''}
`;
}

function keyOf({ state, move }: Finding): string {
  return `${state} ${move}`;
}

function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = heading.map((_, column) => Math.max(...[heading, ...rows].map((row) => row[column]?.length ?? 0)));
  const lines = [heading, widths.map((width) => '-'.repeat(width)), ...rows];
  return lines
    .map((line) => `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |\n`)
    .join('');
}
