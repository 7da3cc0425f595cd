import { LONGEST_TIMER, neverRetry } from '../../machines/retry.ts';
import type { ClientClock } from '../../machines/settings.ts';
import { RequestTimeoutError, SessionEndedError, XmppError } from '../errors/index.ts';
import { requireArgument, requireOptions } from './check-arguments.ts';
import type { Client } from './client.ts';
import { systemClock } from './client-input.ts';
import type { CreateClientOptions } from './create-client.ts';
import { abortSignal, callable, milliseconds, record } from './kinds.ts';
import { whereabouts } from './whereabouts.ts';

/** Options of a client that does one thing. It does not reconnect unless told to. */
export interface WithClientOptions extends CreateClientOptions {
  /** Gives up: the promise rejects with the signal's reason, after logging out. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for everything, from connecting to the result; no limit but those of the states if absent. */
  readonly timeout?: number | undefined;
}

/**
 * Logs in, runs the task, logs out, and resolves with what the task gave. Rejects with the first real error: of the
 * connection, or of the task.
 */
export async function withClientFrom<T>(
  createClient: (options: CreateClientOptions) => Client,
  given: WithClientOptions,
  task: (client: Client) => T | Promise<T>,
): Promise<T> {
  requireArgument('withClient()', 'options', given, record);
  requireOptions('withClient()', given, { signal: abortSignal, timeout: milliseconds });
  requireArgument('withClient()', 'task', task, callable);
  const { signal, timeout, ...options } = given;
  signal?.throwIfAborted();
  const client = createClient({ ...options, reconnect: options.reconnect ?? neverRetry });
  const aborted = new AbortController();
  const ended = whenEnded(client, aborted.signal);
  const follow = (): void => aborted.abort(signal?.reason);
  const disarm = armDeadline(options.clock ?? systemClock, timeout, () => {
    const late = new RequestTimeoutError(`The task took longer than ${timeout} ms`);
    aborted.abort(whereabouts(client.actor, late));
  });
  try {
    signal?.addEventListener('abort', follow);
    client.start();
    await Promise.race([client.online(), ended]);
    return await Promise.race([task(client), ended]);
  } catch (error) {
    throw firstError(error);
  } finally {
    signal?.removeEventListener('abort', follow);
    disarm();
    await client.stop();
  }
}

/** Rejects when the client failed, or when the caller does not want to wait any longer. Never resolves. */
function whenEnded(client: Client, signal: AbortSignal): Promise<never> {
  const ended = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
    client.on('failed', ({ error }) => reject(error));
  });
  // The race may be over before; then nobody waits for this any more.
  ended.catch(() => {});
  return ended;
}

function armDeadline(clock: ClientClock, timeout: number | undefined, passed: () => void): () => void {
  if (timeout === undefined || timeout > LONGEST_TIMER) return () => {};
  const timer = clock.setTimeout(passed, timeout);
  return () => clock.clearTimeout(timer);
}

/** What fails with the session names as its cause why the session was lost: that is the error to know. */
function firstError(error: unknown): unknown {
  return error instanceof SessionEndedError && error.cause instanceof XmppError ? error.cause : error;
}
