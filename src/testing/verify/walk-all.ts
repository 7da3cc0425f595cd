import { type Finding, type Omission, withoutRepetitions } from './findings.ts';
import type { Tour } from './steps.ts';
import type { Walk } from './walk.ts';

/** How several tours are walked. */
export interface WalkAllOptions {
  /** Tours at a time. */
  readonly parallel: number;
  /** Ends it behind the tours that are under way. */
  readonly signal: AbortSignal | undefined;
}

/**
 * Walks tours, some at a time. Whatever is under way ends before this is settled: nothing happens any more behind it. Rejects with what
 * stopped a tour, and with the reason of the signal.
 */
export async function walkAll<T extends Tour>(
  tours: readonly T[],
  walkOne: (tour: T) => Promise<Walk>,
  { parallel, signal }: WalkAllOptions,
): Promise<Walk> {
  const walks = new Map<T, Walk>();
  const waiting = [...tours];
  const worker = async (): Promise<void> => {
    for (let tour = waiting.shift(); tour !== undefined; tour = waiting.shift()) {
      signal?.throwIfAborted();
      walks.set(tour, await walkOne(tour));
    }
  };
  const stop = (error: unknown): never => {
    waiting.length = 0;
    throw error;
  };
  const workers = Array.from({ length: Math.min(parallel, tours.length) }, () => worker().catch(stop));
  await Promise.allSettled(workers);
  await Promise.all(workers);
  const all = tours.map((tour) => walks.get(tour));
  const findings = all.flatMap((each) => each?.findings ?? []);
  const omitted = all.flatMap((each) => each?.omitted ?? []);
  return { findings: withoutRepetitions(findings), omitted: withoutMade(omitted, findings) };
}

/** Each once, and not what another tour did after all. */
function withoutMade(omitted: readonly Omission[], findings: readonly Finding[]): readonly Omission[] {
  const isSame = (one: Pick<Omission, 'state' | 'move'>) => (other: Pick<Omission, 'state' | 'move'>) =>
    one.state === other.state && one.move === other.move;
  return omitted.filter((each, index) => !findings.some(isSame(each)) && omitted.findIndex(isSame(each)) === index);
}
