import { OptionError } from '../errors/index.ts';
import type { ChannelBindingType, Offer } from '../sasl/index.ts';
import { HASHED_TOKEN_BINDINGS, type HashedTokenName } from '../sasl/server.ts';
import type { Accounts, TokenLookup } from './accounts.ts';
import { amount, type Checks, callable, count, someOf, truth } from './check-options.ts';
import type { ChannelBindings, Link } from './link.ts';
import { isBound, PASSWORD_MECHANISMS, SERVER_MECHANISMS, type ServerMechanism } from './mechanisms.ts';

/** How clients can log in. */
export interface AuthenticationOptions {
  /**
   * SASL mechanisms that are offered, in this order; those for passwords: SCRAM-SHA-512, -256 and -1, each with -PLUS before
   * all without, and PLAIN. What has -PLUS is offered where there is something to bind to, EXTERNAL to a client whose
   * certificate names an account (see `clientAuthority`).
   */
  readonly mechanisms?: readonly ServerMechanism[] | undefined;
  /** Iterations of SCRAM; 4096. */
  readonly scramIterations?: number | undefined;
  /** Types of channel binding that may be used; all that the TLS of a connection has. */
  readonly channelBindings?: readonly ChannelBindingType[] | undefined;
  /** Whether the server lists them in its features (XEP-0440); yes. Older servers do not. */
  readonly announceChannelBindings?: boolean | undefined;
  /** Whether SCRAM confirms what was offered, so that nobody can change it on the way (XEP-0474); no. */
  readonly sendOfferHash?: boolean | undefined;
  /**
   * For OAUTHBEARER: the localpart of the account that an access token is for, or that it `expired`; `undefined` if nobody's. The
   * server's `stop` rejects with what it throws.
   */
  readonly tokens?: TokenLookup | undefined;
  /**
   * Whether the server offers SASL2 beside SASL (XEP-0388), with Bind 2 (XEP-0386) and, where nobody can listen, with tokens
   * (FAST, XEP-0484); no. Along with binding, carbons and client state indication can be enabled: nothing comes of it.
   */
  readonly sasl2?: boolean | undefined;
  /** How long a token of FAST can be used, in milliseconds; 14 days. */
  readonly tokenLifetime?: number | undefined;
  /** Whether each login with a token of FAST gives a new one; no, only one that asks for it. */
  readonly rotateTokens?: boolean | undefined;
}

const BINDING_TYPES: readonly ChannelBindingType[] = ['tls-exporter', 'tls-unique', 'tls-server-end-point'];

/** What they have to be. */
export const AUTHENTICATION_CHECKS: Checks<AuthenticationOptions> = {
  mechanisms: someOf(SERVER_MECHANISMS),
  scramIterations: count,
  channelBindings: someOf(BINDING_TYPES),
  announceChannelBindings: truth,
  sendOfferHash: truth,
  tokens: callable,
  sasl2: truth,
  tokenLifetime: amount,
  rotateTokens: truth,
};

/** The same, with all that was left out. */
export interface LoginPolicy {
  readonly mechanisms: readonly ServerMechanism[];
  readonly channelBindings: readonly ChannelBindingType[] | undefined;
  readonly announceChannelBindings: boolean;
  readonly sendOfferHash: boolean;
  readonly sasl2: boolean;
  readonly rotateTokens: boolean;
}

/** What one stream offers. */
export interface LoginOffer {
  readonly mechanisms: readonly ServerMechanism[];
  /** What logins can be bound to. */
  readonly channelBindings: ChannelBindings;
  /** The types that are listed; `undefined` if there is no list. */
  readonly announced: readonly ChannelBindingType[] | undefined;
  /** Mechanisms for tokens. */
  readonly fast: readonly HashedTokenName[];
  /** Whom the client's certificate names. */
  readonly certifiedUser: string | undefined;
}

/**
 * Completes what a test asked for.
 *
 * @throws OptionError for a mechanism that nobody could use
 */
export function createLoginPolicy(
  options: AuthenticationOptions & { readonly clientAuthority?: string | undefined },
): LoginPolicy {
  const { mechanisms = PASSWORD_MECHANISMS, announceChannelBindings = true, sendOfferHash = false } = options;
  if (mechanisms.includes('OAUTHBEARER') && options.tokens === undefined) {
    throw new OptionError('The mechanism OAUTHBEARER needs the option tokens');
  }
  if (mechanisms.includes('EXTERNAL') && options.clientAuthority === undefined) {
    throw new OptionError('The mechanism EXTERNAL needs the option clientAuthority');
  }
  const { channelBindings, sasl2 = false, rotateTokens = false } = options;
  return { mechanisms, channelBindings, announceChannelBindings, sendOfferHash, sasl2, rotateTokens };
}

/** What can be offered on a connection. */
export function createLoginOffer(policy: LoginPolicy, link: Link, accounts: Accounts): LoginOffer {
  const { security } = link;
  const channelBindings = allowed(security.channelBindings, policy.channelBindings);
  const certifiedUser = accounts.usernameOf(security.certifiedAddress);
  const mechanisms = policy.mechanisms.filter((name) => {
    if (name === 'EXTERNAL') return certifiedUser !== undefined;
    return !isBound(name) || channelBindings.size > 0;
  });
  // XEP-0484 §6: whoever listens could log in with what he heard.
  const fast = policy.sasl2 && link.isSecure ? HASHED_TOKENS.filter((name) => isPossible(name, channelBindings)) : [];
  const canBind = mechanisms.some(isBound) || (fast.length > 0 && channelBindings.size > 0);
  const announced = policy.announceChannelBindings && canBind ? [...channelBindings.keys()] : undefined;
  return { mechanisms, channelBindings, announced, fast, certifiedUser };
}

/** What the client sees of an offer, and XEP-0474 makes a hash of. */
export function visibleOffer({ mechanisms, announced }: LoginOffer): Offer {
  return { mechanisms, channelBindings: announced };
}

const HASHED_TOKENS: readonly HashedTokenName[] = [
  'HT-SHA-256-EXPR',
  'HT-SHA-256-UNIQ',
  'HT-SHA-256-ENDP',
  'HT-SHA-256-NONE',
];

function isPossible(name: HashedTokenName, bindings: ChannelBindings): boolean {
  const type = HASHED_TOKEN_BINDINGS[name];
  return type === undefined || bindings.has(type);
}

function allowed(bindings: ChannelBindings, types: readonly ChannelBindingType[] | undefined): ChannelBindings {
  return types === undefined ? bindings : new Map([...bindings].filter(([type]) => types.includes(type)));
}
