import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { CLIENT_TOURS } from '../../src/testing/verify/client/index.ts';
import {
  countVerdicts,
  type Finding,
  isDeviation,
  type Omission,
  type Verification,
} from '../../src/testing/verify/index.ts';

const FOLDER = join(import.meta.dirname, '../../docs/conformance');

/** Who is wrong where somebody does otherwise than the model: found out by reading the specification. */
interface Explanation {
  /** `theirs`: the peer breaks the rule. `allowed`: the rule leaves room for it. `ours`: the model is too strict, on purpose. */
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
 * Holds the page of a server or a client to what was measured, and its picture. With `INTEROP_REPORT` in the environment both are written
 * instead.
 */
export function checkPage(name: string, verification: Verification, explanations: Explanations, svg: string): void {
  checkFile(`${name}.svg`, () => svg);
  checkFile(`${name}.md`, (committed) => {
    const [head = ''] = committed.split(MARK);
    return `${head}${MARK}\n\n${measured(verification, explanations)}`;
  });
}

/** What of a verification may be published: nothing of the tours about trust, whose findings may be vulnerabilities. */
export function publishable(verification: Verification): Verification {
  return {
    ...verification,
    findings: verification.findings.filter(({ group }) => group !== TRUST),
    omitted: verification.omitted.filter(({ tour }) => !tour.startsWith(`${TRUST} `)),
  };
}

const TRUST = 'trust';

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
  const { subject, findings, tours, groups, omitted } = verification;
  const counts = countVerdicts(verification);
  const deviations = findings.filter(isDeviation).map((finding) => {
    return deviation(MOVERS[subject], finding, explanations[keyOf(finding)]);
  });
  return `${findings.length} moves in ${tours} tours: ${counts.met} met, ${counts.allowed} allowed, ${counts['deviates (SHOULD)']} deviate from a SHOULD, ${counts['deviates (MUST)']} from a MUST.
${groups.includes(TRUST) ? trustText() : ''}
## Deviations

${deviations.length === 0 ? 'None.\n' : deviations.join('\n')}
${omitted.length === 0 ? '' : omissions(omitted)}## All moves

${table(
  ['State', 'Move', 'Verdict', 'Section', `The ${subject}`],
  findings.map(({ state, move, verdict, section, got }) => [`\`${state}\``, `\`${move}\``, verdict, section, got]),
)}`;
}

const MOVERS = { client: 'server', server: 'client' } as const;

/** By number only. */
function trustText(): string {
  const numbers = CLIENT_TOURS.filter(({ group }) => group === TRUST).map(({ name }) => name.replace(`${TRUST} `, ''));
  return `
The tours ${numbers.join(', ')} of the group \`${TRUST}\` were walked as well. What came of them is not published: the command tells it whoever runs it.
`;
}

/** What was left out, by the reason. */
function omissions(omitted: readonly Omission[]): string {
  const reasons = new Map<string, string[]>();
  for (const { reason, state, move } of omitted) {
    reasons.set(reason, [...(reasons.get(reason) ?? []), `\`${state}\`: \`${move}\``]);
  }
  const lists = [...reasons].map(([reason, moves]) => `Because ${reason}:\n\n- ${moves.join('\n- ')}\n`);
  return `## Not tried\n\n${lists.join('\n')}\n`;
}

function deviation(mover: string, finding: Finding, explanation: Explanation | undefined): string {
  const { state, move, title, level, section, required, got } = finding;
  return `### \`${state}\`: \`${move}\`

The ${mover} ${title}.

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
