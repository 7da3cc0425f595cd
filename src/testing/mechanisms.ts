import type { Offer } from '../sasl/index.ts';
import { nodeScramCrypto } from '../sasl/node.ts';
import {
  createAnonymousServer,
  createExternalServer,
  createOAuthBearerServer,
  createPlainServer,
  createScramServer,
  type ScramKeys,
  type ScramName,
  type ScramPlusName,
  type ServerExchange,
} from '../sasl/server.ts';
import type { ChannelBindings } from './link.ts';

/** A SASL mechanism that the servers of this package know. */
export type ServerMechanism = ScramName | ScramPlusName | 'EXTERNAL' | 'OAUTHBEARER' | 'PLAIN' | 'ANONYMOUS';

/** Those for passwords, strongest first. */
export const PASSWORD_MECHANISMS: readonly ServerMechanism[] = [
  'SCRAM-SHA-512-PLUS',
  'SCRAM-SHA-256-PLUS',
  'SCRAM-SHA-1-PLUS',
  'SCRAM-SHA-512',
  'SCRAM-SHA-256',
  'SCRAM-SHA-1',
  'PLAIN',
];

/** All that there are. */
export const SERVER_MECHANISMS: readonly ServerMechanism[] = [
  ...PASSWORD_MECHANISMS,
  'EXTERNAL',
  'OAUTHBEARER',
  'ANONYMOUS',
];

/** The mechanism without channel binding whose keys each one uses. */
const SCRAM_BASES: Readonly<Record<ScramName | ScramPlusName, ScramName>> = {
  'SCRAM-SHA-512-PLUS': 'SCRAM-SHA-512',
  'SCRAM-SHA-256-PLUS': 'SCRAM-SHA-256',
  'SCRAM-SHA-1-PLUS': 'SCRAM-SHA-1',
  'SCRAM-SHA-512': 'SCRAM-SHA-512',
  'SCRAM-SHA-256': 'SCRAM-SHA-256',
  'SCRAM-SHA-1': 'SCRAM-SHA-1',
};

/** Who can log in, and what they have to show for it. Users are named as in SASL: by localpart. */
export interface Users {
  isPassword(username: string, password: string): boolean;
  /** What is stored of a password, for one mechanism; `undefined` for an unknown user. */
  keysOf(mechanism: ScramName, username: string): Promise<ScramKeys> | undefined;
  /** Whose access token this is; `undefined` if nobody's. */
  ownerOf(token: string): string | 'expired' | undefined;
  /** Makes an account for a guest. */
  admit(): string;
}

/** What an exchange depends on, beside its mechanism. */
export interface ExchangeParts {
  readonly users: Users;
  /** What was offered on this stream. */
  readonly offer: Offer;
  /** Whether to say so (XEP-0474). */
  readonly sendOfferHash: boolean;
  readonly channelBindings: ChannelBindings;
  /** Whom the client's certificate names. */
  readonly certifiedUser: string | undefined;
}

/** Begins an authentication. */
export function createExchange(mechanism: ServerMechanism, parts: ExchangeParts): ServerExchange {
  const { users, certifiedUser } = parts;
  switch (mechanism) {
    case 'PLAIN':
      return createPlainServer({ verify: (username, password) => users.isPassword(username, password) });
    case 'EXTERNAL':
      return createExternalServer({ username: certifiedUser });
    case 'ANONYMOUS':
      return createAnonymousServer({ admit: () => users.admit() });
    case 'OAUTHBEARER':
      return createOAuthBearerServer({ verify: (token) => verdictOn(users.ownerOf(token)) });
    default:
      return createScramServer({
        ...parts,
        mechanism,
        crypto: nodeScramCrypto,
        keysOf: (username) => users.keysOf(SCRAM_BASES[mechanism], username),
      });
  }
}

/** Whether this is the name of a SCRAM mechanism with channel binding. */
export function isBound(name: string): name is ScramPlusName {
  return Object.hasOwn(SCRAM_BASES, name) && name.endsWith('-PLUS');
}

/** Error codes of RFC 6750 §3.1: with another token the client may try again, but one that is nobody's has no use here. */
function verdictOn(owner: string | undefined): { readonly username: string } | { readonly status: string } {
  if (owner === undefined) return { status: 'insufficient_scope' };
  return owner === 'expired' ? { status: 'invalid_token' } : { username: owner };
}
