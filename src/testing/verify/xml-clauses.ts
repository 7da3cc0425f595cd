import { closed, may, must, should, streamError, whereErrorsEnd } from './clauses.ts';
import type { Clause } from './specification.ts';

/** What RFC 6120 §11.1 forbids. */
export function restrictedClauses(): readonly Clause[] {
  return [
    must('RFC 6120 §11.1', 'closes the stream with an error', streamError()),
    should('RFC 6120 §11.1', 'says restricted-xml', streamError('restricted-xml')),
    ...whereErrorsEnd(),
  ];
}

/** Some of what is forbidden is not well-formed either, and a parser may see that first. */
export function alsoNotWellFormed(): Clause {
  return may('RFC 6120 §11.3', 'says not-well-formed', streamError('not-well-formed'));
}

/** What is said about XML that is none; the first of the conditions is that of the section. */
export function notWellFormedClauses(section: string, ...conditions: readonly string[]): readonly Clause[] {
  return [
    must(section, 'closes the stream', closed),
    must(section, `says ${conditions.join(' or ')}`, streamError(...conditions, 'bad-format')),
    should('RFC 6120 §4.9.3.1', 'says more than bad-format', streamError(...conditions)),
    ...whereErrorsEnd(),
  ];
}
