import { anonymousMechanism } from './anonymous.ts';
import { externalMechanism } from './external.ts';
import { hashedTokenMechanism } from './hashed-token.ts';
import type { Mechanism } from './mechanism.ts';
import { oauthBearerMechanism } from './oauthbearer.ts';
import { plainMechanism } from './plain.ts';
import { scramMechanism } from './scram.ts';

/**
 * What this client can do, most welcome first: what nobody in the middle can pass on, then what shows the peer no secret, then
 * what shows it, and at last what proves nothing. Binding counts for more than the hash function, since SHA-1 is not broken
 * where SCRAM uses it.
 */
export const MECHANISMS: readonly Mechanism[] = [
  externalMechanism,
  scramMechanism('SCRAM-SHA-512-PLUS'),
  scramMechanism('SCRAM-SHA-256-PLUS'),
  scramMechanism('SCRAM-SHA-1-PLUS'),
  hashedTokenMechanism('HT-SHA-256-EXPR'),
  hashedTokenMechanism('HT-SHA-256-UNIQ'),
  hashedTokenMechanism('HT-SHA-256-ENDP'),
  scramMechanism('SCRAM-SHA-512'),
  scramMechanism('SCRAM-SHA-256'),
  scramMechanism('SCRAM-SHA-1'),
  hashedTokenMechanism('HT-SHA-256-NONE'),
  oauthBearerMechanism,
  plainMechanism,
  anonymousMechanism,
];

/** The mechanism of this name, if this client knows it. */
export function mechanismOf(name: string): Mechanism | undefined {
  return MECHANISMS.find((mechanism) => mechanism.name === name);
}
