import type { Jid } from '../jid/index.ts';
import type { HashedTokenName } from '../sasl/server.ts';
import { createId } from '../stanza/index.ts';

/** A token for fast authentication, as the server keeps it. */
export interface StoredToken {
  /** What alone it is good for (XEP-0484 §3.4). */
  readonly mechanism: HashedTokenName;
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expiry: number;
}

/** Whom a token belongs to: one installation of one user. */
export interface TokenOwner {
  readonly account: Jid;
  /** The id of the user agent. */
  readonly agent: string;
}

/** One that may have been lost on its way to the client, and the last that it used (XEP-0484 §5.1). */
interface Slots {
  new?: StoredToken | undefined;
  current?: StoredToken | undefined;
}

/** The tokens that were given to clients. */
export class FastTokens {
  readonly #lifetime: number;
  readonly #owners = new Map<string, Map<string, Slots>>();

  /** @param lifetime how long a token can be used, in milliseconds */
  constructor(lifetime: number) {
    this.#lifetime = lifetime;
  }

  /** Makes a token; one that was never used is no good any more. */
  issue(owner: TokenOwner, mechanism: HashedTokenName): StoredToken {
    const made = { mechanism, token: createId(), expiry: Date.now() + this.#lifetime };
    const agents = this.#owners.get(owner.account.bare) ?? new Map<string, Slots>();
    this.#owners.set(owner.account.bare, agents.set(owner.agent, { ...agents.get(owner.agent), new: made }));
    return made;
  }

  /** What can be tried: the newest first. */
  of(owner: TokenOwner, mechanism: HashedTokenName): string[] {
    const slots = this.#slotsOf(owner);
    return [slots.new, slots.current].flatMap((kept) => (kept?.mechanism === mechanism ? kept.token : []));
  }

  /** The client has used this token: those before it are no good any more. Answers whether it has not expired. */
  use(owner: TokenOwner, token: string): boolean {
    const slots = this.#slotsOf(owner);
    if (slots.new?.token === token) {
      slots.current = slots.new;
      slots.new = undefined;
    }
    return slots.current?.token === token && Date.now() < slots.current.expiry;
  }

  /** Makes a token worthless. */
  revoke(owner: TokenOwner, token: string): void {
    const slots = this.#slotsOf(owner);
    if (slots.new?.token === token) slots.new = undefined;
    if (slots.current?.token === token) slots.current = undefined;
  }

  /** Makes all tokens of an account worthless; answers how many there were. */
  revokeAll(account: Jid): number {
    const slots = [...(this.#owners.get(account.bare)?.values() ?? [])];
    this.#owners.delete(account.bare);
    return slots.flatMap((each) => [each.new, each.current]).filter((kept) => kept !== undefined).length;
  }

  #slotsOf({ account, agent }: TokenOwner): Slots {
    return this.#owners.get(account.bare)?.get(agent) ?? {};
  }
}
