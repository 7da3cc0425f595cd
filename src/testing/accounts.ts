import { OptionError } from '../errors/index.ts';
import { createJid, type Jid } from '../jid/index.ts';
import { nodeScramCrypto } from '../sasl/node.ts';
import {
  createPlainServer,
  createScramKeys,
  createScramServer,
  SCRAM_HASHES,
  type ScramKeys,
  type ScramName,
  type ServerExchange,
} from '../sasl/server.ts';

/** A SASL mechanism that the servers of this package know. */
export type ServerMechanism = ScramName | 'PLAIN';

/** All of them, strongest first. */
export const SERVER_MECHANISMS: readonly ServerMechanism[] = ['SCRAM-SHA-512', 'SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN'];

interface Account {
  readonly jid: Jid;
  readonly password: string;
  /** Computed when first needed, once. */
  readonly keys: Map<ScramName, Promise<ScramKeys>>;
}

/** Who can log in. */
export class Accounts {
  readonly #domain: string;
  readonly #iterations: number;
  readonly #accounts = new Map<string, Account>();

  /**
   * @param passwords by localpart
   * @throws OptionError for an empty password, JidError for a name that is no localpart
   */
  constructor(domain: string, passwords: Readonly<Record<string, string>>, iterations: number) {
    this.#domain = domain;
    this.#iterations = iterations;
    for (const [localpart, password] of Object.entries(passwords)) {
      if (password === '') throw new OptionError(`The password of ${JSON.stringify(localpart)} is empty`);
      const jid = createJid({ localpart, domainpart: domain });
      this.#accounts.set(jid.bare, { jid, password, keys: new Map() });
    }
  }

  /** Bare addresses. */
  get jids(): Jid[] {
    return [...this.#accounts.values()].map(({ jid }) => jid);
  }

  has(jid: Jid): boolean {
    return this.#accounts.has(jid.bare);
  }

  /** The address of a SASL username, if there is such an account. */
  jidOf(username: string): Jid | undefined {
    return this.#find(username)?.jid;
  }

  createExchange(mechanism: ServerMechanism): ServerExchange {
    if (mechanism === 'PLAIN') {
      return createPlainServer({ verify: (username, password) => this.#find(username)?.password === password });
    }
    return createScramServer({
      mechanism,
      crypto: nodeScramCrypto,
      keysOf: (username) => this.#keysOf(mechanism, username),
    });
  }

  #find(username: string): Account | undefined {
    try {
      return this.#accounts.get(createJid({ localpart: username, domainpart: this.#domain }).bare);
    } catch {
      return undefined;
    }
  }

  #keysOf(mechanism: ScramName, username: string): Promise<ScramKeys> | undefined {
    const account = this.#find(username);
    if (account === undefined) return undefined;
    const known = account.keys.get(mechanism);
    if (known) return known;
    const made = createScramKeys(mechanism, account.password, {
      crypto: nodeScramCrypto,
      iterations: this.#iterations,
    });
    account.keys.set(mechanism, made);
    return made;
  }
}

/** Whether a name is that of a mechanism known here. */
export function isServerMechanism(name: string): name is ServerMechanism {
  return name === 'PLAIN' || Object.hasOwn(SCRAM_HASHES, name);
}
