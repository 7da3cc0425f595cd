import {
  type BindingChoice,
  type BindingFacts,
  type ChannelBindingPolicy,
  chooseBinding,
  usableBindings,
} from './channel-binding.ts';
import { offersPlus } from './offer.ts';

/** What an offer means for channel binding, by the rules of XEP-0440 §3 and XEP-0474 §6. */
export interface BindingPlan {
  /** What a -PLUS mechanism can bind to. */
  readonly plus: BindingChoice | undefined;
  /** Whether this client binds where the server offers it. */
  readonly canBind: boolean;
  /** Why the offer cannot be genuine, if so: nothing without channel binding may be used. A part of a sentence. */
  readonly stripped: string | undefined;
  /** The offer may be genuine, and without channel binding it must be proven to be. */
  readonly needsProof: boolean;
}

/** Reads an offer. `facts` is absent where the connection cannot be bound at all. */
export function planBinding(
  offered: readonly string[],
  policy: ChannelBindingPolicy,
  facts: BindingFacts | undefined,
): BindingPlan {
  const canBind = policy !== 'never' && facts !== undefined && usableBindings(facts).length > 0;
  if (!canBind) return { plus: undefined, canBind, stripped: undefined, needsProof: false };
  const hasPlus = offersPlus(offered);
  const plus = hasPlus ? chooseBinding(facts) : undefined;
  const { offered: types, rejected = [] } = facts;
  const lists = types !== undefined && types.length > 0;
  // Rule 5. Servers whose only mechanism is PLAIN list types, too; that one cannot be protected anyway.
  if (lists && !hasPlus && offered.some((name) => name.startsWith('SCRAM-'))) {
    const stripped = 'the server lists types of channel binding, but no mechanism that uses them arrived';
    return { plus, canBind, stripped, needsProof: false };
  }
  if (lists && rejected.some((type) => types.includes(type))) {
    const stripped = 'the server refused a type of channel binding that it lists';
    return { plus: undefined, canBind, stripped, needsProof: false };
  }
  // Rule 6: every server can do tls-server-end-point, so a list without it may be somebody else's.
  const needsProof = lists && hasPlus && plus === undefined && !types.includes('tls-server-end-point');
  return { plus, canBind, stripped: undefined, needsProof };
}
