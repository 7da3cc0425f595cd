import { mechanismNames } from '../stream/features.ts';
import { NS_SM } from '../stream/namespaces.ts';
import { childOf, childrenOf, type Element } from '../xml/element.ts';

/** Namespace of the extensible SASL profile, SASL2 (XEP-0388). */
export const NS_SASL2 = 'urn:xmpp:sasl:2';
/** Namespace of Bind 2 (XEP-0386). */
export const NS_BIND2 = 'urn:xmpp:bind:0';
/** Namespace of the tokens for fast authentication, FAST (XEP-0484). */
export const NS_FAST = 'urn:xmpp:fast:0';

/** The offer of SASL2 among the features of a stream (XEP-0388 §2.1). */
export interface Sasl2Offer {
  /** Names of mechanisms as they came, trimmed: never empty. Those for tokens are not among them. */
  readonly mechanisms: readonly string[];
  readonly inline: Sasl2Inline;
}

/** What can be negotiated along with the authentication (XEP-0388 §2.1). */
export interface Sasl2Inline {
  /**
   * The features that can be enabled along with binding (XEP-0386 §3.1), each once, as in `urn:xmpp:carbons:2`. At most 64 of
   * at most 128 UTF-16 units. `undefined` if Bind 2 is not offered.
   */
  readonly bind: readonly string[] | undefined;
  /** Whether a stream can be resumed (XEP-0198 §9.2). */
  readonly sm: boolean;
  /** Names of the mechanisms for tokens as they came, trimmed (XEP-0484 §3.1). `undefined` if FAST is not offered. */
  readonly fast: readonly string[] | undefined;
}

/**
 * Reads what `<stream:features/>` say about SASL2; `undefined` if it is not offered. An offer without a mechanism is none:
 * nobody could use it, and the server has to leave it out (XEP-0388 §2.1).
 */
export function parseSasl2Offer(features: Element): Sasl2Offer | undefined {
  const authentication = childOf(features, 'authentication', NS_SASL2);
  const mechanisms = authentication ? mechanismNames(authentication) : [];
  if (authentication === undefined || mechanisms.length === 0) return undefined;
  return { mechanisms, inline: parseInline(childOf(authentication, 'inline')) };
}

function parseInline(inline: Element | undefined): Sasl2Inline {
  const bind = inline && childOf(inline, 'bind', NS_BIND2);
  const fast = inline && childOf(inline, 'fast', NS_FAST);
  return {
    bind: bind && featuresOf(childOf(bind, 'inline')),
    sm: inline !== undefined && childOf(inline, 'sm', NS_SM) !== undefined,
    fast: fast && mechanismNames(fast),
  };
}

function featuresOf(inline: Element | undefined): readonly string[] {
  const names = new Set<string>();
  for (const { attributes } of inline ? childrenOf(inline, 'feature') : []) {
    if (attributes.var && attributes.var.length <= MAX_FEATURE_LENGTH && names.size < MAX_FEATURES) {
      names.add(attributes.var);
    }
  }
  return [...names];
}

const MAX_FEATURES = 64;
const MAX_FEATURE_LENGTH = 128;
