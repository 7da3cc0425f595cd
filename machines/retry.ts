import type { XmppError } from '../src/errors/index.ts';
import type { ReconnectPolicy } from './settings.ts';

/** The next round: its number since the last stable session, and how long to wait for it (`undefined`: never). */
export interface Retry {
  readonly attempt: number;
  /** Milliseconds. */
  readonly delay: number | undefined;
}

export const NO_RETRY: Retry = { attempt: 0, delay: undefined };

/** Timers of every platform pass at once when they are given more milliseconds than this. */
export const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Exponential back-off with full jitter: a random part of 1 s, 2 s, 4 s ... up to two minutes, without end. Thousands of
 * clients of a server that went down do not come back at the same moment.
 */
export const fullJitter: ReconnectPolicy = ({ attempt, random }) =>
  Math.round(random * Math.min(1000 * 2 ** (attempt - 1), 120_000));

/** Never tries again: for a client that does one thing and leaves. */
export const neverRetry: ReconnectPolicy = () => undefined;

/** Asks the policy for the next round. A policy that throws, or answers with no delay, is replaced by {@link fullJitter}. */
export function planRetry(
  policy: ReconnectPolicy,
  previous: Retry,
  error: XmppError | undefined,
  random: number,
): Retry {
  const attempt = previous.attempt + 1;
  const request = { attempt, error, random };
  try {
    const delay = policy(request);
    if (delay === undefined) return { attempt, delay };
    if (Number.isFinite(delay) && delay >= 0) return { attempt, delay: Math.min(delay, LONGEST_TIMER) };
  } catch {
    // The application's function failed; a client that stays offline for that would help nobody.
  }
  return { attempt, delay: fullJitter(request) };
}
