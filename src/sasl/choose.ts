import type { Mechanism } from './mechanism.ts';
import { plainMechanism } from './plain.ts';
import { quote, SaslError } from './sasl-error.ts';
import { scramMechanism } from './scram.ts';

/** What this client can do, strongest first. */
export const MECHANISMS: readonly Mechanism[] = [
  scramMechanism('SCRAM-SHA-512'),
  scramMechanism('SCRAM-SHA-256'),
  scramMechanism('SCRAM-SHA-1'),
  plainMechanism,
];

/** What limits the choice of a mechanism. */
export interface ChoiceOptions {
  /** Whether the connection is encrypted and the server's certificate verified, or the user said that PLAIN may do without. */
  readonly secure: boolean;
  /** Names of the mechanisms that may be used; all by default. */
  readonly allow?: readonly string[] | undefined;
  /**
   * The mechanism of an earlier login with this account: weaker ones are refused, since a server that suddenly offers
   * less may be somebody else. A name that this client does not know refuses all.
   */
  readonly atLeast?: string | undefined;
}

/** A mechanism that was offered and is not used, and why. */
export interface MechanismRefusal {
  readonly name: string;
  readonly cause: 'unknown' | 'not-allowed' | 'insecure' | 'weaker-than-before';
  /** The cause in words: a part of a sentence. */
  readonly reason: string;
}

/** The mechanism to use, and everything that was refused, whether stronger or weaker. */
export interface MechanismChoice {
  readonly chosen?: Mechanism | undefined;
  readonly refused: readonly MechanismRefusal[];
}

/** Chooses the strongest mechanism that is offered and may be used. Names that come twice count once. */
export function chooseMechanism(offered: readonly string[], options: ChoiceOptions): MechanismChoice {
  const names = new Set(offered);
  const refused: MechanismRefusal[] = [];
  for (const name of names) {
    const refusal = refuse(name, options);
    if (refusal) refused.push(refusal);
  }
  const chosen = MECHANISMS.find(({ name }) => names.has(name) && !refused.some((refusal) => refusal.name === name));
  return { chosen, refused };
}

/** The error for a choice that found nothing: `downgrade` if only the memory of an earlier login stood in the way. */
export function noMechanismError(choice: MechanismChoice): SaslError {
  const downgraded = choice.refused.some(({ cause }) => cause === 'weaker-than-before');
  const condition = downgraded ? 'downgrade' : 'no-mechanism';
  if (choice.refused.length === 0) return new SaslError('The server offers no SASL mechanism', { condition });
  const reasons = choice.refused.slice(0, LISTED).map(({ name, reason }) => `${quote(name)} (${reason})`);
  if (choice.refused.length > LISTED) reasons.push(`and ${choice.refused.length - LISTED} more`);
  return new SaslError(`The server offers no SASL mechanism that may be used: ${reasons.join(', ')}`, { condition });
}

/** How many refused mechanisms a message lists: the peer decides how many there are. */
const LISTED = 12;

function refuse(name: string, { secure, allow, atLeast }: ChoiceOptions): MechanismRefusal | undefined {
  const rank = MECHANISMS.findIndex((mechanism) => mechanism.name === name);
  if (rank < 0) {
    const reason = name.endsWith('-PLUS') ? 'channel binding is not supported' : 'this client does not know it';
    return { name, cause: 'unknown', reason };
  }
  if (allow && !allow.includes(name)) return { name, cause: 'not-allowed', reason: 'it is not among the allowed ones' };
  if (name === plainMechanism.name && !secure) {
    return { name, cause: 'insecure', reason: 'it would show the password, since the connection has no verified TLS' };
  }
  if (atLeast !== undefined && rank > MECHANISMS.findIndex((mechanism) => mechanism.name === atLeast)) {
    return { name, cause: 'weaker-than-before', reason: `it is weaker than ${atLeast}, which worked before` };
  }
  return undefined;
}
