import { type BindingPlan, planBinding } from './binding-plan.ts';
import {
  type BindingFacts,
  type ChannelBindingPolicy,
  type ChannelBindingType,
  usableBindings,
} from './channel-binding.ts';
import type { CredentialKind, Mechanism } from './mechanism.ts';
import { MECHANISMS, mechanismOf } from './mechanisms.ts';
import { isWeaker } from './pinning.ts';
import { quote, SaslError } from './sasl-error.ts';

/** What limits the choice of a mechanism. */
export interface ChoiceOptions {
  /** Whether the connection is encrypted and the server's certificate verified, or the user said that PLAIN may do without. */
  readonly secure: boolean;
  /** Names of the mechanisms that may be used; all by default. */
  readonly allow?: readonly string[] | undefined;
  /**
   * The mechanism of an earlier login with this account: what protects less is refused ({@link isWeaker}), since a server
   * that suddenly offers less may be somebody else. A name that this client does not know refuses all.
   */
  readonly atLeast?: string | undefined;
  /** What the user has; a password by default. */
  readonly credentials?: readonly CredentialKind[] | undefined;
  /** `prefer` by default. */
  readonly channelBinding?: ChannelBindingPolicy | undefined;
  /** What is known about binding on this connection; without it, it cannot be bound. */
  readonly binding?: BindingFacts | undefined;
}

/** A mechanism that was offered and is not used, and why. */
export interface MechanismRefusal {
  readonly name: string;
  readonly cause:
    | 'unknown'
    | 'not-allowed'
    | 'no-credentials'
    | 'insecure'
    | 'unbindable'
    | 'unbound'
    | 'stripped'
    | 'weaker-than-before';
  /** The cause in words: a part of a sentence. */
  readonly reason: string;
}

/** The mechanism to use, and everything that was refused, whether stronger or weaker. */
export interface MechanismChoice {
  readonly chosen?: Mechanism | undefined;
  readonly refused: readonly MechanismRefusal[];
  /** The type whose value the exchange needs, where the chosen mechanism binds. */
  readonly channelBinding?: ChannelBindingType | undefined;
  /**
   * The type is a guess, since the server sent no list (XEP-0440). If it refuses, choose again, once, with the type among
   * {@link BindingFacts.rejected}; what the user requires and what worked before stay in force.
   */
  readonly guessed: boolean;
  /** For the exchange: whether this client would have bound (RFC 5802 §6). */
  readonly canBind: boolean;
  /** For the exchange: what arrived is plausible only if the server confirms that it offered just this (XEP-0474 §6). */
  readonly requireOfferHash: boolean;
}

/** Chooses the most welcome mechanism that is offered and may be used. Names that come twice count once. */
export function chooseMechanism(offered: readonly string[], options: ChoiceOptions): MechanismChoice {
  const names = new Set(offered);
  const plan = planBinding(offered, options.channelBinding ?? 'prefer', options.binding);
  const refused: MechanismRefusal[] = [];
  for (const name of names) {
    const refusal = refuse(name, options, plan);
    if (refusal) refused.push({ name, ...refusal });
  }
  const chosen = MECHANISMS.find(({ name }) => names.has(name) && !refused.some((refusal) => refusal.name === name));
  const usesPlus = chosen?.binds === 'any';
  return {
    chosen,
    refused,
    channelBinding: usesPlus ? plan.plus?.type : specificType(chosen),
    guessed: usesPlus && plan.plus?.guessed === true,
    canBind: plan.canBind,
    requireOfferHash: plan.needsProof && chosen?.scramHash !== undefined && !usesPlus,
  };
}

/** The error for a choice that found nothing: `downgrade` if it is the offer that cannot be trusted. */
export function noMechanismError(choice: MechanismChoice): SaslError {
  const downgraded = choice.refused.some(({ cause }) => cause === 'weaker-than-before' || cause === 'stripped');
  const condition = downgraded ? 'downgrade' : 'no-mechanism';
  if (choice.refused.length === 0) return new SaslError('The server offers no SASL mechanism', { condition });
  const reasons = choice.refused.slice(0, LISTED).map(({ name, reason }) => `${quote(name)} (${reason})`);
  if (choice.refused.length > LISTED) reasons.push(`and ${choice.refused.length - LISTED} more`);
  return new SaslError(`The server offers no SASL mechanism that may be used: ${reasons.join(', ')}`, { condition });
}

/** How many refused mechanisms a message lists: the peer decides how many there are. */
const LISTED = 12;

type Refusal = Omit<MechanismRefusal, 'name'>;

function refuse(name: string, options: ChoiceOptions, plan: BindingPlan): Refusal | undefined {
  const mechanism = mechanismOf(name);
  if (!mechanism) return { cause: 'unknown', reason: 'this client does not know it' };
  const { allow, atLeast, credentials = ['password'], secure } = options;
  if (allow && !allow.includes(name)) return { cause: 'not-allowed', reason: 'it is not among the allowed ones' };
  if (!credentials.includes(mechanism.credential)) {
    return { cause: 'no-credentials', reason: `it needs ${NEEDS[mechanism.credential]}` };
  }
  if (!secure && needsTls(mechanism)) {
    const shown = mechanism.credential === 'password' ? 'password' : 'token';
    const what = mechanism.showsSecret ? `it would show the ${shown}` : 'it would be open to attacks';
    return { cause: 'insecure', reason: `${what}, since the connection has no verified TLS` };
  }
  const refusal = refuseBinding(mechanism, options, plan);
  if (refusal) return refusal;
  if (atLeast !== undefined && isWeaker(mechanism, atLeast)) {
    return { cause: 'weaker-than-before', reason: `it is weaker than ${atLeast}, which worked before` };
  }
  return undefined;
}

function refuseBinding(mechanism: Mechanism, options: ChoiceOptions, plan: BindingPlan): Refusal | undefined {
  const { binds } = mechanism;
  if (binds === 'inherent') return undefined;
  if (binds === undefined) {
    if (options.channelBinding === 'require') return { cause: 'unbound', reason: 'channel binding is required' };
    if (mechanism.credential === 'none') return undefined;
    if (plan.stripped !== undefined) return { cause: 'stripped', reason: plan.stripped };
    return plan.needsProof && !mechanism.scramHash ? { cause: 'stripped', reason: UNPROVABLE } : undefined;
  }
  if (options.channelBinding === 'never') return { cause: 'unbindable', reason: 'channel binding is switched off' };
  const isUsable =
    binds === 'any' ? plan.plus !== undefined : options.binding && usableBindings(options.binding).includes(binds);
  return isUsable ? undefined : { cause: 'unbindable', reason: 'channel binding is not supported' };
}

/** Without TLS: what shows the secret, what can be replayed, and what relies on the handshake. */
function needsTls({ showsSecret, credential }: Mechanism): boolean {
  return showsSecret || credential === 'hashed-token' || credential === 'certificate';
}

function specificType(mechanism: Mechanism | undefined): ChannelBindingType | undefined {
  const binds = mechanism?.binds;
  return binds === 'any' || binds === 'inherent' ? undefined : binds;
}

const UNPROVABLE = 'the list of channel binding types may have been changed, and it cannot prove the contrary';

const NEEDS: Readonly<Record<CredentialKind, string>> = {
  password: 'a password',
  token: 'an access token',
  'hashed-token': 'the token of an earlier login',
  certificate: 'a client certificate',
  none: 'the wish to be a guest',
};
