import { describe, expect, test } from 'vitest';
import { either, may, must, saslFailure, should, silence, streamError } from '../../../src/testing/verify/clauses.ts';
import { describeReaction, NOTHING, type Reaction } from '../../../src/testing/verify/reaction.ts';
import { type Clause, judge, type Verdict } from '../../../src/testing/verify/specification.ts';
import { parseElement } from '../../../src/xml/index.ts';

const yes = () => true;
const no = () => false;

const CASES: readonly (readonly [title: string, clauses: readonly Clause[], verdict: Verdict, says: string])[] = [
  ['a MUST that holds is met', [must('§1', 'a', yes)], 'met', 'a'],
  ['a MUST that does not hold is a deviation', [must('§1', 'a', no)], 'deviates (MUST)', 'a'],
  [
    'a SHOULD that does not hold is a deviation',
    [must('§1', 'a', yes), should('§2', 'b', no)],
    'deviates (SHOULD)',
    'b',
  ],
  ['of two that do not hold, the MUST counts', [should('§1', 'a', no), must('§2', 'b', no)], 'deviates (MUST)', 'b'],
  ['a MAY that holds permits what a MUST forbids', [must('§1', 'a', no), may('§2', 'b', yes)], 'allowed', 'b'],
  ['a MAY that does not hold permits nothing', [must('§1', 'a', no), may('§2', 'b', no)], 'deviates (MUST)', 'a'],
  ['where all is met, a MAY says nothing', [must('§1', 'a', yes), may('§2', 'b', yes)], 'met', 'a'],
  ['where everything is MAY, everything is allowed', [may('§1', 'a', no)], 'allowed', 'a'],
];

describe('judging', () => {
  test.each(CASES)('%s', (_, clauses, verdict, says) => {
    const judgement = judge(clauses, NOTHING);
    expect([judgement.verdict, judgement.clause.says]).toEqual([verdict, says]);
  });

  test('takes a sentence to judge by', () => {
    expect(() => judge([], NOTHING)).toThrow(TypeError);
  });
});

describe('what a server did', () => {
  const error = reactionTo(
    '<stream:error xmlns:stream="http://etherx.jabber.org/streams"><not-authorized xmlns="urn:ietf:params:xml:ns:xmpp-streams"/></stream:error>',
  );
  const failure = reactionTo('<failure xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><aborted/><text>No</text></failure>');

  test('is told in words that are the same each time', () => {
    const stanza =
      '<iq xmlns="jabber:client" type="error" id="x1"><error type="cancel"><conflict xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error></iq>';
    expect(describeReaction(NOTHING)).toBe('nothing');
    expect(describeReaction({ ...error, ended: true, disconnected: true })).toBe(
      'stream error not-authorized, end of the stream, end of the connection',
    );
    expect(describeReaction(failure)).toBe('failure (aborted)');
    expect(describeReaction(reactionTo(stanza))).toBe('iq of type error (conflict)');
  });

  test('is a stream error with one of the conditions', () => {
    expect(streamError()(error)).toBe(true);
    expect(streamError('conflict', 'not-authorized')(error)).toBe(true);
    expect(streamError('conflict')(error)).toBe(false);
    expect(streamError()(failure)).toBe(false);
  });

  test('is a failure of SASL, or silence', () => {
    expect(saslFailure('aborted')(failure)).toBe(true);
    expect(saslFailure('not-authorized')(failure)).toBe(false);
    expect(silence(NOTHING)).toBe(true);
    expect(silence({ ...NOTHING, disconnected: true })).toBe(false);
    expect(either(silence, saslFailure())(failure)).toBe(true);
  });
});

function reactionTo(xml: string): Reaction {
  return { ...NOTHING, elements: [parseElement(xml)] };
}
