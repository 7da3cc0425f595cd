import type { Jid } from '../jid/index.ts';
import { NS_DELAY } from '../payloads/index.ts';
import { type Element, element } from '../xml/index.ts';

/** How many messages wait for one account. */
const MOST_KEPT = 1000;

/** Messages for accounts that nobody is available for (RFC 6121 §8.5.2.2.1, XEP-0160). */
export class OfflineMessages {
  readonly #domain: string;
  readonly #messages = new Map<string, Element[]>();

  constructor(domain: string) {
    this.#domain = domain;
  }

  /** Keeps a message, with the time of now (XEP-0203); answers `false` if too many wait already. */
  keep(account: Jid, message: Element): boolean {
    const kept = this.#messages.get(account.bare) ?? [];
    if (kept.length >= MOST_KEPT) return false;
    const delay = element(`{${NS_DELAY}}delay`, { from: this.#domain, stamp: new Date().toISOString() });
    kept.push({ ...message, children: [...message.children, delay] });
    this.#messages.set(account.bare, kept);
    return true;
  }

  /** What waits for an account, oldest first; it waits no longer. */
  take(account: Jid): Element[] {
    const kept = this.#messages.get(account.bare) ?? [];
    this.#messages.delete(account.bare);
    return kept;
  }
}
