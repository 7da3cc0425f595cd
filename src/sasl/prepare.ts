import { SaslError } from './sasl-error.ts';

/** Which of the user's strings is meant. */
export type PreparedPart = 'username' | 'password' | 'authorization identity';

/**
 * Prepares a string as both sides must, so that two ways to type it give the same bytes. ASCII stays as it is. The only
 * place that does so: at present Unicode normalisation (NFKC) with control characters and unpaired surrogates refused, to be
 * replaced by a SASLprep library (RFC 4013), which also maps and forbids some rarer characters.
 *
 * Throws {@link SaslError} `missing-credentials` for an absent or empty string, `invalid-credentials` for a forbidden one.
 */
export function prepare(text: string | undefined, part: PreparedPart): string {
  if (text === undefined || text === '') {
    throw new SaslError(`The ${part} is missing`, { condition: 'missing-credentials' });
  }
  if (PRINTABLE_ASCII.test(text)) return text;
  if (FORBIDDEN.test(text)) {
    const what = 'a control character or half a character';
    throw new SaslError(`The ${part} contains ${what}`, { condition: 'invalid-credentials' });
  }
  return text.normalize('NFKC');
}

const PRINTABLE_ASCII = /^[\x20-\x7e]+$/;
const FORBIDDEN = /[\p{Cc}\p{Cs}]/u;
