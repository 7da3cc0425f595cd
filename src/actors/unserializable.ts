import { OptionError } from '../errors/index.ts';
import type { XmlError } from '../xml/index.ts';

/** The report for a stanza that contains what XML cannot: it was not sent, and nothing else is touched. */
export function unserializable(cause: XmlError): OptionError {
  return new OptionError(`The stanza cannot be written as XML: ${cause.message}`, {
    cause,
    hint: 'Remove control characters and unpaired surrogates from texts and attributes.',
  });
}
