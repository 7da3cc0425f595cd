import { Random } from './random.ts';

/** Something that random inputs are given to. */
export interface Target {
  readonly name: string;
  /** Makes an input and tries it; answers what is wrong, with the input. */
  attempt(random: Random): string | undefined | Promise<string | undefined>;
}

/** Something that was wrong. */
export interface Failure {
  /** With the seed, it makes the same input again. */
  readonly index: number;
  readonly complaint: string;
}

const MOST_FAILURES = 10;

/** Tries a target so many times, or until it failed ten times. */
export async function runTarget(
  { attempt }: Target,
  options: { readonly seed: number; readonly count: number; readonly first?: number },
): Promise<readonly Failure[]> {
  const { seed, count, first = 0 } = options;
  const failures: Failure[] = [];
  for (let index = first; index < first + count && failures.length < MOST_FAILURES; index++) {
    const complaint = await attemptOnce(attempt, new Random(seed, index));
    if (complaint !== undefined) failures.push({ index, complaint });
  }
  return failures;
}

/** What is shown of an input or a value: on one line, all of it printable. */
export function show(value: unknown): string {
  const text = JSON.stringify(value ?? null, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part));
  return text.replace(/[^ -~]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

async function attemptOnce(attempt: Target['attempt'], random: Random): Promise<string | undefined> {
  try {
    return await attempt(random);
  } catch (error) {
    return error instanceof Error ? `threw ${error.stack}` : `threw ${String(error)}`;
  }
}
