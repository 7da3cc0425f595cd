import type { Reaction } from './reaction.ts';

/** How strongly a specification says something (RFC 2119): `MUST` stands for MUST NOT and SHALL as well, `SHOULD` for RECOMMENDED. */
export type Level = 'MUST' | 'SHOULD' | 'MAY';

/** One sentence of a specification about what somebody does when the other side makes a move. */
export interface Clause<R extends Reaction = Reaction> {
  readonly level: Level;
  /** Where it stands, as in `RFC 6120 §4.3.5`. */
  readonly section: string;
  /** What is done, in our words: `closes the stream with not-authorized`. */
  readonly says: string;
  /** Whether this is what was done. */
  readonly holds: (reaction: R) => boolean;
}

/** What came of a move: `allowed` is what a specification permits without asking for it, or says nothing about. */
export type Verdict = 'met' | 'deviates (MUST)' | 'deviates (SHOULD)' | 'allowed';

/** A verdict, and the sentence that decided it. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly clause: Omit<Clause, 'holds'>;
}

/** From the best to the worst. */
export const VERDICTS: readonly Verdict[] = ['met', 'allowed', 'deviates (SHOULD)', 'deviates (MUST)'];

/**
 * Judges what was done. Each MUST and each SHOULD has to hold, unless a MAY that holds permits something else; where all sentences
 * are MAY, whatever was done is allowed. The sentence that comes back is the first that was broken, the strongest level first; else the one
 * that says most.
 *
 * @throws TypeError where there is no sentence to judge by
 */
export function judge<R extends Reaction>(clauses: readonly Clause<R>[], reaction: R): Judgement {
  const [first] = clauses;
  if (first === undefined) throw new TypeError('Expected a sentence of a specification to judge by, got none');
  const permitted = clauses.find((clause) => clause.level === 'MAY' && clause.holds(reaction));
  const broken = (level: Level) => clauses.find((clause) => clause.level === level && !clause.holds(reaction));
  const [must, should] = [broken('MUST'), broken('SHOULD')];
  if (must === undefined && should === undefined && clauses.some(({ level }) => level !== 'MAY')) {
    return { verdict: 'met', clause: clauses.find(({ level }) => level !== 'MAY') ?? first };
  }
  if (permitted !== undefined) return { verdict: 'allowed', clause: permitted };
  if (must !== undefined) return { verdict: 'deviates (MUST)', clause: must };
  if (should !== undefined) return { verdict: 'deviates (SHOULD)', clause: should };
  return { verdict: 'allowed', clause: first };
}
