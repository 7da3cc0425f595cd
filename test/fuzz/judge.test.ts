import { describe, expect, it } from 'vitest';
import { judgeBoth, judgeCut, judgeDocument, judgeMessage, judgeStream } from './judge.ts';
import type { OracleFacts, OracleReport } from './oracle.ts';
import type { Verdict } from './xml-subject.ts';

const FACTS: OracleFacts = { hasRootContent: false, contentNamespace: '', encoding: undefined };
const TREE = '\x02a\x07\x02b\x07x\x05\x05';
const WITH_TEXT = '\x02a\x07\x06 \x06\x02b\x07x\x05\x05';
const ACCEPTED: OracleReport = { outcome: 'accepted', tree: WITH_TEXT, facts: FACTS };
const RESTRICTED: OracleReport = { outcome: 'restricted', by: 'comment', facts: FACTS };
const REJECTED: OracleReport = { outcome: 'rejected', complaint: 'bad', conditions: [], at: 0, facts: FACTS };
const PREFIX: OracleReport = { ...REJECTED, conditions: ['bad-namespace-prefix'] };
const UTF16: OracleReport = { ...ACCEPTED, facts: { ...FACTS, encoding: 'UTF-16' } };
const TEXT: OracleReport = { ...ACCEPTED, facts: { ...FACTS, hasRootContent: true } };
const OTHER_DEFAULT: OracleReport = { ...ACCEPTED, facts: { ...FACTS, contentNamespace: 'u' } };

const isClean = () => true;

describe('what an oracle says about the tokenizer', () => {
  it.each<[title: string, verdict: Verdict, report: OracleReport, isRight: boolean]>([
    ['the same tree, without white space inside the root', accepted(TREE), ACCEPTED, true],
    ['another tree', accepted('\x02a\x07\x02b\x07y\x05\x05'), ACCEPTED, false],
    ['another content namespace', accepted(TREE), OTHER_DEFAULT, false],
    ['a refusal of what is well-formed', refused('not-well-formed'), ACCEPTED, false],
    ['a stream without end that is well-formed', refused('incomplete'), ACCEPTED, false],
    ['acceptance of what is not well-formed', accepted(TREE), REJECTED, false],
    ['a refusal of what is not well-formed', refused('not-well-formed'), REJECTED, true],
    ['a refusal with the condition', refused('bad-namespace-prefix'), PREFIX, true],
    ['a refusal with another condition', refused('restricted-xml'), PREFIX, false],
    ['acceptance of a comment', accepted(TREE), RESTRICTED, false],
    ['a refusal of a comment for another reason', refused('not-well-formed'), RESTRICTED, false],
    ['a refusal of a comment', refused('restricted-xml'), RESTRICTED, true],
    ['acceptance of text inside the root', accepted(TREE), TEXT, false],
    ['a refusal of text inside the root', refused('invalid-xml'), TEXT, true],
    ['acceptance of another encoding', accepted(TREE), UTF16, false],
    ['a refusal of another encoding', refused('unsupported-encoding'), UTF16, true],
  ])('%s', (_title, verdict, report, isRight) => {
    expect(judgeStream(verdict, report, isClean) === undefined).toBe(isRight);
  });
});

describe('what an oracle says about the parser of documents', () => {
  it.each<[title: string, verdict: Verdict, report: OracleReport, isRight: boolean]>([
    ['the same tree', accepted(WITH_TEXT), ACCEPTED, true],
    ['text inside the root', accepted(WITH_TEXT), TEXT, true],
    ['a tree without its text', accepted(TREE), ACCEPTED, false],
    ['acceptance of what is not well-formed', accepted(TREE), REJECTED, false],
    ['acceptance of a comment', accepted(TREE), RESTRICTED, false],
    ['a refusal of a comment for another reason', refused('bad-namespace-prefix'), RESTRICTED, false],
    ['acceptance of another encoding', accepted(WITH_TEXT), UTF16, false],
  ])('%s', (_title, verdict, report, isRight) => {
    expect(judgeDocument(verdict, report, isClean) === undefined).toBe(isRight);
  });
});

describe('what parsers of ours say about each other', () => {
  it.each<[title: string, stream: Verdict, document: Verdict, isRight: boolean]>([
    ['the same', accepted(TREE), accepted(WITH_TEXT), true],
    ['another tree', accepted(TREE), accepted('\x02a\x07\x05'), false],
    ['one accepts', accepted(TREE), refused('not-well-formed'), false],
    ['the other accepts', refused('not-well-formed'), accepted(TREE), false],
    ['the other accepts what has no end', refused('incomplete'), accepted(TREE), false],
    ['text in a document', refused('invalid-xml'), accepted(WITH_TEXT), true],
  ])('%s', (_title, stream, document, isRight) => {
    expect(judgeBoth(stream, document) === undefined).toBe(isRight);
  });

  it.each<[title: string, other: Partial<Verdict>, isRight: boolean]>([
    ['the same', {}, true],
    ['another outcome', { outcome: 'incomplete' }, false],
    ['another place of the error', { message: 'bad (at character 2)' }, false],
    ['another namespace', { contentNamespace: 'u' }, false],
    ['another element before the error', { tree: '\x02a\x07' }, false],
  ])('in other chunks: %s', (_title, other, isRight) => {
    const whole: Verdict = {
      outcome: 'not-well-formed',
      tree: TREE,
      contentNamespace: '',
      message: 'bad (at character 1)',
    };
    expect(judgeCut(whole, { ...whole, ...other }) === undefined).toBe(isRight);
  });

  it('that an error cannot be sent', () => {
    expect(judgeMessage(refused('not-well-formed'))).toBeUndefined();
    expect(judgeMessage({ ...refused('not-well-formed'), message: '\ud800' })).toMatch('a message that can be sent');
  });
});

function accepted(tree: string): Verdict {
  return { outcome: 'accepted', tree, contentNamespace: '', message: '' };
}

function refused(outcome: string): Verdict {
  return { outcome, tree: '', contentNamespace: '', message: 'bad' };
}
