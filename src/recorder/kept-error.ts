import { XmppError } from '../errors/index.ts';
import { StanzaError } from '../stanza/index.ts';
import { StreamError } from '../stream/index.ts';

/**
 * What is kept of an error: what decides about its class, and what tells people. The error itself has a recording, in which errors of
 * earlier times are kept: with them none would ever be forgotten.
 */
export class KeptError {
  readonly code: string;
  readonly message: string;
  readonly facts: object;

  constructor(error: Error) {
    this.code = error instanceof XmppError ? error.code : error.name;
    this.message = error.message;
    this.facts = factsOf(error);
  }
}

/** The same object, or a copy in which errors are kept and not held. */
export function withoutErrors<T extends object>(object: T): T {
  const errors = Object.entries(object).filter(([, value]) => value instanceof Error);
  if (errors.length === 0) return object;
  return { ...object, ...Object.fromEntries(errors.map(([key, error]) => [key, new KeptError(error)])) };
}

/** The message of a foreign error may hold anything. */
function factsOf(error: Error): object {
  if (!(error instanceof XmppError)) return { level: 'foreign' };
  const { level, condition, message, text, hint, phase, endpoint, attempts } = error;
  const host = error instanceof StreamError ? error.host : undefined;
  const errorType = error instanceof StanzaError ? error.errorType : undefined;
  const hasCause = error.cause instanceof Error;
  return { level, condition, message, text, hint, phase, endpoint, attempts, host, errorType, hasCause };
}
