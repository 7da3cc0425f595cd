import { classifyFailure } from '../../machines/index.ts';
import type { Discovery } from './doctor-discovery.ts';
import type { Examination } from './doctor-examination.ts';
import { EXIT, type ExitCode } from './explain-error.ts';

/** What is to be said about one endpoint: the client could log in, is refused or refuses for good, or might later. */
export type Outcome = 'ready' | 'refused' | 'failed';

/** What it all comes to. */
export interface Verdict {
  readonly exitCode: ExitCode;
  /** Index of the endpoint where the client would log in by itself. */
  readonly loginAt: number | undefined;
  /** Index of the endpoint where it would give up, without trying those behind. */
  readonly stopsAt: number | undefined;
  /** Indices of all where it could log in, sent there or not. */
  readonly ready: readonly number[];
}

/** What became of an endpoint, in a word. */
export function outcomeOf({ login, error }: Examination): Outcome {
  if (login?.choice.chosen) return 'ready';
  return error && classifyFailure(error) === 'terminal' ? 'refused' : 'failed';
}

/** The client goes from endpoint to endpoint, until it is in, or until something says that to go on would do no good. */
export function judge(discovery: Discovery, examinations: readonly Examination[]): Verdict {
  const outcomes = examinations.map(outcomeOf);
  const ready = outcomes.flatMap((outcome, index) => (outcome === 'ready' ? [index] : []));
  const end = examinations.findIndex(
    ({ error }, index) => outcomes[index] === 'ready' || (error && classifyFailure(error) !== 'retry-elsewhere'),
  );
  const isReached = end >= 0 && end < discovery.considered;
  const isIn = isReached && outcomes[end] === 'ready';
  return {
    exitCode: exitCodeOf(discovery, outcomes),
    loginAt: isIn ? end : undefined,
    stopsAt: isReached && !isIn ? end : undefined,
    ready,
  };
}

function exitCodeOf({ error }: Discovery, outcomes: readonly Outcome[]): ExitCode {
  if (outcomes.includes('ready')) return EXIT.ok;
  const isRefused = error !== undefined && classifyFailure(error) === 'terminal';
  const isOnlyRefused = outcomes.length > 0 ? outcomes.every((outcome) => outcome === 'refused') : isRefused;
  return isOnlyRefused ? EXIT.refused : EXIT.network;
}
