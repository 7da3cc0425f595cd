import { bareJid, type Jid, withResource } from '../jid/index.ts';
import { createId, StanzaError } from '../stanza/index.ts';
import type { StreamError } from '../stream/index.ts';
import type { Element } from '../xml/index.ts';

/** One client that is logged in: a stream with an address. */
export interface Session {
  /** Full. */
  readonly jid: Jid;
  /** The id of its user agent, if it has said so (XEP-0388 §2.3). */
  readonly client: string | undefined;
  /** What it enabled as it began (XEP-0386 §3.2): elements such as `<enable xmlns="urn:xmpp:carbons:2"/>`. */
  readonly enabled: readonly Element[];
  /** The presence that it broadcast last, while it is available (RFC 6121 §4.2). */
  presence: Element | undefined;
  /** Whom it told that it is available, beside those who see it anyway (RFC 6121 §4.6). */
  readonly directed: Map<string, Jid>;
  send(stanza: Element): void;
  /** Ends it with a stream error. */
  end(error: StreamError): void;
  /** Cuts its connection; answers whether there was one. */
  reset(): boolean;
}

/** What becomes of a session whose resource somebody else asks for (RFC 6120 §7.7.2.2). */
export type ConflictPolicy = (typeof CONFLICT_POLICIES)[number];

/** All that there are. */
export const CONFLICT_POLICIES = ['end-older', 'refuse-newer', 'rename-newer'] as const;

/** Who is logged in. */
export class Registry {
  readonly #policy: ConflictPolicy;
  readonly #accounts = new Map<string, Map<string, Session>>();

  constructor(policy: ConflictPolicy) {
    this.#policy = policy;
  }

  /**
   * The address for a new session of an account; the session that had it is over then, if there was one.
   *
   * @throws StanzaError `bad-request` for a wish that is no resourcepart, `conflict` where newer ones are refused
   */
  choose(account: Jid, wish: string | undefined): Jid {
    const jid = wish === undefined ? undefined : wishedJid(account, wish);
    const older = jid && this.get(jid);
    if (jid && older === undefined) return jid;
    if (older && this.#policy === 'refuse-newer') throw new StanzaError('conflict');
    if (jid === undefined || this.#policy === 'rename-newer') return randomJid(account);
    return jid;
  }

  add(session: Session): void {
    const resources = this.#accounts.get(session.jid.bare) ?? new Map<string, Session>();
    this.#accounts.set(session.jid.bare, resources.set(session.jid.full, session));
  }

  remove(session: Session): void {
    const resources = this.#accounts.get(session.jid.bare);
    if (resources?.get(session.jid.full) !== session) return;
    resources.delete(session.jid.full);
    if (resources.size === 0) this.#accounts.delete(session.jid.bare);
  }

  /** The session with this full address. */
  get(jid: Jid): Session | undefined {
    return this.#accounts.get(jid.bare)?.get(jid.full);
  }

  /** The sessions of an account, or the one with a full address. */
  matching(jid: Jid): Session[] {
    const resources = [...(this.#accounts.get(jid.bare)?.values() ?? [])];
    return jid.resourcepart === undefined ? resources : resources.filter((session) => session.jid.full === jid.full);
  }

  /** The sessions of an account that are available. */
  available(account: Jid): Session[] {
    return this.matching(bareJid(account)).filter(({ presence }) => presence);
  }

  all(): Session[] {
    return [...this.#accounts.values()].flatMap((resources) => [...resources.values()]);
  }
}

function wishedJid(account: Jid, wish: string): Jid {
  try {
    return withResource(account, wish);
  } catch (cause) {
    throw new StanzaError('bad-request', { text: `Expected a resourcepart, got ${JSON.stringify(wish)}`, cause });
  }
}

function randomJid(account: Jid): Jid {
  return withResource(account, createId());
}
