import { notLoaded } from '../errors/index.ts';
import { SaslError } from './sasl-error.ts';

/** Which of the user's strings is meant. */
export type PreparedPart = 'username' | 'password' | 'authorization identity';

/**
 * Prepares a string with SASLprep (RFC 4013) as both sides must, so that two ways to type it give the same bytes. Printable
 * ASCII stays as it is, and needs none of the tables, which are loaded when they are first needed.
 *
 * Rejects with {@link SaslError} `missing-credentials` for an absent or empty string, `invalid-credentials` for a forbidden one;
 * with a `TransportError` where the tables cannot be loaded.
 */
export async function prepare(text: string | undefined, part: PreparedPart): Promise<string> {
  if (text === undefined || text === '') {
    throw new SaslError(`The ${part} is missing`, { condition: 'missing-credentials' });
  }
  if (PRINTABLE_ASCII.test(text)) return text;
  const { saslprep } = await import('./saslprep.ts').catch((cause: unknown) => {
    throw notLoaded('connection-failed', cause);
  });
  const prepared = saslprep(text);
  if (prepared !== undefined) return prepared;
  const what = 'a character that SASLprep forbids, or mixes directions of writing';
  throw new SaslError(`The ${part} contains ${what}`, { condition: 'invalid-credentials' });
}

const PRINTABLE_ASCII = /^[\x20-\x7e]+$/;
