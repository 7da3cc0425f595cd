import { isXmlText } from './characters.ts';
import type { OracleReport } from './oracle.ts';
import { show } from './target.ts';
import { withoutRootText } from './tree.ts';
import type { Verdict } from './xml-subject.ts';

/** What was expected of a parser of ours and did not happen; `undefined` if all is as it should be. */
export type Complaint = string | undefined;

/** What an oracle's report says about the whole-document parser. `isClean`: all of the input is text that XML has. */
export function judgeDocument(verdict: Verdict, report: OracleReport, isClean: () => boolean): Complaint {
  if (report.outcome === 'accepted' && isUtf8(report)) return sameTree(verdict, report.tree);
  // It looks for characters that XML forbids before anything else, and for the end of a text before what is in it.
  return refusalOf(verdict, isClean() ? conditionsOf(report, 'not-well-formed') : []);
}

/** What an oracle's report says about the tokenizer of streams. */
export function judgeStream(verdict: Verdict, report: OracleReport, isClean: () => boolean): Complaint {
  const { facts } = report;
  if (!isUtf8(report)) return refusalOf(verdict, conditionsOf(report));
  if (facts.hasRootContent) return refusalOf(verdict, ['invalid-xml']);
  if (report.outcome === 'restricted') return refusalOf(verdict, conditionsOf(report));
  // A reference directly inside the root is text before it is anything else.
  if (report.outcome === 'rejected') return refusalOf(verdict, isClean() ? conditionsOf(report, 'invalid-xml') : []);
  if (verdict.outcome === 'accepted' && verdict.contentNamespace !== facts.contentNamespace) {
    return `expected the content namespace ${show(facts.contentNamespace)}, got ${show(verdict.contentNamespace)}`;
  }
  return sameTree(verdict, withoutRootText(report.tree));
}

/**
 * Both parsers of ours must agree: the one for documents takes text inside the root, and otherwise what the tokenizer
 * takes.
 */
export function judgeBoth(stream: Verdict, document: Verdict): Complaint {
  if (stream.outcome === 'accepted') return sameTree(document, stream.tree, withoutRootText(document.tree));
  return stream.outcome === 'invalid-xml' ? undefined : refusalOf(document, []);
}

/** However an input is cut, the same comes of it. */
export function judgeCut(whole: Verdict, cut: Verdict): Complaint {
  for (const part of ['outcome', 'message', 'contentNamespace', 'tree'] as const) {
    if (whole[part] !== cut[part]) return `expected the ${part} ${show(whole[part])}, got ${show(cut[part])}`;
  }
  return undefined;
}

/** The peer is told what is wrong, so the message must be text that XML has (RFC 6120 §4.9.2). */
export function judgeMessage({ message }: Verdict): Complaint {
  return isXmlText(message) ? undefined : `expected a message that can be sent, got ${show(message)}`;
}

/** RFC 6120 §11.6: there is no other encoding. */
function isUtf8({ facts }: OracleReport): boolean {
  return facts.encoding === undefined || facts.encoding.toUpperCase() === 'UTF-8';
}

/** How we may refuse what an oracle saw; none if that cannot be told. */
function conditionsOf(report: OracleReport, ...more: readonly string[]): readonly string[] {
  if (!isUtf8(report)) return ['unsupported-encoding'];
  if (report.outcome === 'restricted') return ['restricted-xml'];
  return report.outcome === 'rejected' && report.conditions.length > 0 ? [...report.conditions, ...more] : [];
}

function refusalOf({ outcome, message }: Verdict, conditions: readonly string[]): Complaint {
  if (conditions.length === 0 ? outcome !== 'accepted' : conditions.includes(outcome)) return undefined;
  return `expected ${conditions.join(' or ') || 'a refusal'}, got ${outcome} ${message}`;
}

function sameTree(verdict: Verdict, expected: string, got = verdict.tree): Complaint {
  if (verdict.outcome !== 'accepted') return `expected acceptance, got ${verdict.outcome} ${verdict.message}`;
  return expected === got ? undefined : `expected ${show(expected)}, got ${show(got)}`;
}
