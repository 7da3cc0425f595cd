import { countVerdicts, type Finding, isDeviation, type Subject, type Verification } from './findings.ts';
import type { Verdict } from './specification.ts';

/** How a verdict is shown; the text as it is by default. */
export type Emphasis = (verdict: Verdict, text: string) => string;

/** The lines of a report for people: how many moves had which verdict, everything that deviates, and what was not tried. */
export function reportLines(verification: Verification, emphasis: Emphasis = (_, text) => text): readonly string[] {
  const { name, subject, groups, findings, omitted, tours } = verification;
  const mover = subject === 'server' ? 'client' : 'server';
  const counts = countVerdicts(verification);
  return [
    `${name}: ${findings.length} moves in ${tours} tours`,
    emphasis('met', `  ${counts.met} met`),
    emphasis('allowed', `  ${counts.allowed} allowed`),
    emphasis('deviates (SHOULD)', `  ${counts['deviates (SHOULD)']} deviate from a SHOULD`),
    emphasis('deviates (MUST)', `  ${counts['deviates (MUST)']} deviate from a MUST`),
    ...groups.flatMap((group) => groupLines(group, findings, mover, emphasis)),
    ...(omitted.length === 0 ? [] : ['', 'Not tried']),
    ...omitted.map(({ tour, state, move, reason }) => `  ${state}: ${move} (${tour}): ${reason}`),
  ];
}

function groupLines(
  group: string,
  findings: readonly Finding[],
  mover: Subject,
  emphasis: Emphasis,
): readonly string[] {
  const found = findings.filter((finding) => finding.group === group && isDeviation(finding));
  return found.length === 0 ? [] : ['', group, ...found.flatMap((finding) => findingLines(finding, mover, emphasis))];
}

function findingLines(finding: Finding, mover: Subject, emphasis: Emphasis): readonly string[] {
  const { verdict, tour, state, move, title, level, section, required, got, xml } = finding;
  return [
    `  ${emphasis(verdict, verdict)}  ${state}: ${move} (${tour})`,
    `    the ${mover}  ${title}`,
    `    ${level.padEnd(10)}  ${required} (${section})`,
    `    got         ${got}`,
    ...(xml === '' ? [] : [`                ${xml}`]),
  ];
}
