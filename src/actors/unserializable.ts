import { OptionError } from '../errors/index.ts';

/** The report for a stanza that XML cannot express, or that is none: it was not sent, and nothing else is touched. */
export function unserializable(cause: unknown): OptionError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new OptionError(`The stanza cannot be written as XML: ${reason}`, {
    cause,
    hint: 'Remove control characters and unpaired surrogates from texts and attributes.',
  });
}
