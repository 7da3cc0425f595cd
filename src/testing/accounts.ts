import { OptionError } from '../errors/index.ts';
import { createJid, type Jid, tryParseJid } from '../jid/index.ts';
import { nodeScramCrypto } from '../sasl/node.ts';
import { createScramKeys, type ScramKeys, type ScramName } from '../sasl/server.ts';
import { type Check, kindOf } from './check-options.ts';
import type { Users } from './mechanisms.ts';

/** Whose token an access token is: a localpart, or why it is nobody's. */
export type TokenLookup = (token: string) => string | 'expired' | undefined;

/** What accounts are made from. */
export interface AccountsOptions {
  /** By localpart. */
  readonly passwords: Readonly<Record<string, string>>;
  readonly iterations: number;
  readonly tokens: TokenLookup;
}

/** What passwords have to be. */
export const PASSWORDS_CHECK: Check = {
  expected: 'an object with a password for each localpart',
  flawOf: (value) => {
    if (typeof value !== 'object' || value === null || !isPlain(value)) return kindOf(value);
    const [stranger] = Object.entries(value).filter(([, password]) => typeof password !== 'string');
    return stranger && `${kindOf(stranger[1])} for '${stranger[0]}'`;
  },
};

interface Account {
  readonly jid: Jid;
  /** None for a guest. */
  readonly password: string | undefined;
  /** Computed when first needed, once. */
  readonly keys: Map<ScramName, Promise<ScramKeys>>;
}

/** Who can log in. */
export class Accounts implements Users {
  readonly #domain: string;
  readonly #options: AccountsOptions;
  readonly #accounts = new Map<string, Account>();

  /**
   * @throws OptionError for an empty password, JidError for a name that is no localpart
   */
  constructor(domain: string, options: AccountsOptions) {
    this.#domain = domain;
    this.#options = options;
    for (const [localpart, password] of Object.entries(options.passwords)) {
      if (password === '') throw new OptionError(`The password of ${JSON.stringify(localpart)} is empty`);
      this.#add(localpart, password);
    }
  }

  /** Bare addresses of all but guests. */
  get jids(): Jid[] {
    return [...this.#accounts.values()].filter(({ password }) => password !== undefined).map(({ jid }) => jid);
  }

  has(jid: Jid): boolean {
    return this.#accounts.has(jid.bare);
  }

  /** The address of a SASL username, if there is such an account. */
  jidOf(username: string): Jid | undefined {
    return this.#find(username)?.jid;
  }

  /** The SASL username of an address, if it is that of an account. */
  usernameOf(address: string | undefined): string | undefined {
    const jid = tryParseJid(address);
    return jid && this.#accounts.get(jid.full)?.jid.localpart;
  }

  isPassword(username: string, password: string): boolean {
    return this.#find(username)?.password === password;
  }

  keysOf(mechanism: ScramName, username: string): Promise<ScramKeys> | undefined {
    const account = this.#find(username);
    if (account?.password === undefined) return undefined;
    const known = account.keys.get(mechanism);
    if (known) return known;
    const { iterations } = this.#options;
    const made = createScramKeys(mechanism, account.password, { crypto: nodeScramCrypto, iterations });
    account.keys.set(mechanism, made);
    return made;
  }

  ownerOf(token: string): string | 'expired' | undefined {
    return this.#options.tokens(token);
  }

  admit(): string {
    const localpart = globalThis.crypto.randomUUID();
    this.#add(localpart, undefined);
    return localpart;
  }

  #add(localpart: string, password: string | undefined): void {
    const jid = createJid({ localpart, domainpart: this.#domain });
    this.#accounts.set(jid.bare, { jid, password, keys: new Map() });
  }

  #find(username: string): Account | undefined {
    try {
      return this.#accounts.get(createJid({ localpart: username, domainpart: this.#domain }).bare);
    } catch {
      return undefined;
    }
  }
}

/** A map, say, would be taken for an object in which there is nothing. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
