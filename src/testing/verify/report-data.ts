import { element, serialize } from '../../xml/index.ts';
import { countVerdicts, type Finding, type Verification } from './findings.ts';

/** A report for programs: every finding, and the counts. */
export function reportJson(verification: Verification): string {
  return `${JSON.stringify({ ...verification, counts: countVerdicts(verification) }, undefined, 2)}\n`;
}

/**
 * A report for continuous integration, in the format of JUnit: a suite for each group, a case for each move. What deviates from a MUST is a
 * failure; what deviates from a SHOULD, and what was not tried, is skipped with a message.
 */
export function reportJunit({ name, groups, findings, omitted }: Verification): string {
  const suites = groups.map((group) => {
    const made = findings.filter((finding) => finding.group === group);
    const left = omitted.filter(({ tour }) => tour.startsWith(`${group} `));
    return element(
      'testsuite',
      {
        name: `${name}: ${group}`,
        tests: made.length + left.length,
        failures: made.filter(({ verdict }) => verdict === 'deviates (MUST)').length,
        skipped: made.filter(({ verdict }) => verdict === 'deviates (SHOULD)').length + left.length,
      },
      ...made.map(caseOf),
      ...left.map(({ state, move, reason }) =>
        element('testcase', nameOf(state, move, group), element('skipped', { message: reason })),
      ),
    );
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n${serialize(element('{}testsuites', {}, ...suites))}\n`;
}

function caseOf({ group, state, move, verdict, level, section, required, got, xml }: Finding) {
  const message = `${level}: ${required} (${section}); got: ${got}`;
  const outcome = {
    met: undefined,
    allowed: undefined,
    'deviates (SHOULD)': element('skipped', { message }),
    'deviates (MUST)': element('failure', { type: verdict, message }, xml),
  }[verdict];
  return element('testcase', nameOf(state, move, group), outcome);
}

function nameOf(state: string, move: string, group: string) {
  return { name: `${state}: ${move}`, classname: `xmpp.${group}` };
}
