import { type Level, VERDICTS, type Verdict } from './specification.ts';

/** What came of one move in one state. */
export interface Finding {
  /** The tour that made it first, as in `binding 3`. */
  readonly tour: string;
  readonly group: string;
  /** Path of the state of the model. */
  readonly state: string;
  /** Name of the move. */
  readonly move: string;
  /** What was done to whom is verified. */
  readonly title: string;
  readonly verdict: Verdict;
  /** What decided it: how strongly the specification speaks, where, and what it says in our words. */
  readonly level: Level;
  readonly section: string;
  readonly required: string;
  /** What it did, in words that are the same each time. */
  readonly got: string;
  /** The same as XML, cut short. */
  readonly xml: string;
}

/** A move that was not made, and why. */
export interface Omission {
  readonly tour: string;
  readonly state: string;
  readonly move: string;
  readonly reason: string;
}

/** Who can be verified. */
export type Subject = 'client' | 'server';

/** What came of all tours. */
export interface Verification {
  /** What was verified. */
  readonly subject: Subject;
  /** The domain of a server, the command of a client. */
  readonly name: string;
  /** Names of the groups that were walked. */
  readonly groups: readonly string[];
  readonly tours: number;
  readonly findings: readonly Finding[];
  readonly omitted: readonly Omission[];
}

/** How many findings have each verdict. */
export function countVerdicts({ findings }: Verification): Readonly<Record<Verdict, number>> {
  const count = (verdict: Verdict) => findings.filter((finding) => finding.verdict === verdict).length;
  return {
    met: count('met'),
    allowed: count('allowed'),
    'deviates (SHOULD)': count('deviates (SHOULD)'),
    'deviates (MUST)': count('deviates (MUST)'),
  };
}

/** Whether something is other than it should be. */
export function isDeviation({ verdict }: Finding): boolean {
  return verdict.startsWith('deviates');
}

/** One finding for each move in each state: the worst, and the first of those. */
export function withoutRepetitions(findings: readonly Finding[]): readonly Finding[] {
  const kept = new Map<string, Finding>();
  for (const finding of findings) {
    const key = `${finding.state} ${finding.move}`;
    const known = kept.get(key);
    if (known === undefined || VERDICTS.indexOf(finding.verdict) > VERDICTS.indexOf(known.verdict))
      kept.set(key, finding);
  }
  return [...kept.values()];
}
