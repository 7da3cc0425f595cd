import { countVerdicts, type Finding, isDeviation, type Verification } from './findings.ts';
import type { Verdict } from './specification.ts';
import { TOUR_GROUPS } from './tours.ts';

/** How a verdict is shown; the text as it is by default. */
export type Emphasis = (verdict: Verdict, text: string) => string;

/** The lines of a report for people: how many moves had which verdict, everything that deviates, and what was not tried. */
export function reportLines(verification: Verification, emphasis: Emphasis = (_, text) => text): readonly string[] {
  const { domain, findings, omitted, tours } = verification;
  const counts = countVerdicts(verification);
  return [
    `${domain}: ${findings.length} moves in ${tours} tours`,
    emphasis('met', `  ${counts.met} met`),
    emphasis('allowed', `  ${counts.allowed} allowed`),
    emphasis('deviates (SHOULD)', `  ${counts['deviates (SHOULD)']} deviate from a SHOULD`),
    emphasis('deviates (MUST)', `  ${counts['deviates (MUST)']} deviate from a MUST`),
    ...TOUR_GROUPS.flatMap((group) => groupLines(group, findings, emphasis)),
    ...(omitted.length === 0 ? [] : ['', 'Not tried']),
    ...omitted.map(({ tour, state, move, reason }) => `  ${state}: ${move} (${tour}): ${reason}`),
  ];
}

function groupLines(group: string, findings: readonly Finding[], emphasis: Emphasis): readonly string[] {
  const found = findings.filter((finding) => finding.group === group && isDeviation(finding));
  return found.length === 0 ? [] : ['', group, ...found.flatMap((finding) => findingLines(finding, emphasis))];
}

function findingLines(finding: Finding, emphasis: Emphasis): readonly string[] {
  const { verdict, tour, state, move, title, level, section, required, got, xml } = finding;
  return [
    `  ${emphasis(verdict, verdict)}  ${state}: ${move} (${tour})`,
    `    the client  ${title}`,
    `    ${level.padEnd(10)}  ${required} (${section})`,
    `    got         ${got}`,
    ...(xml === '' ? [] : [`                ${xml}`]),
  ];
}
