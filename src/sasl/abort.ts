import { SaslError } from './sasl-error.ts';

/** Throws {@link SaslError} `aborted` once the signal is. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return;
  throw new SaslError('The authentication was aborted', { condition: 'aborted', cause: signal.reason });
}
