import { type Element, element } from '../xml/index.ts';
import { NS_SM } from './namespaces.ts';
import { StreamError } from './stream-error.ts';

/** Counts go from zero to this, and then from zero again (XEP-0198 §4). */
const COUNTS = 2 ** 32;

/** How many stanzas went each way, from 0 to 2^32-1. */
export interface Counts {
  readonly received: number;
  readonly sent: number;
}

/**
 * The books of a managed stream (XEP-0198 §4): how many stanzas came, and which of those that went out are not acknowledged.
 * They outlive the connection, so that the session can be resumed. Closed until {@link open}.
 */
export class StreamLedger<Entry> {
  /** Whether the books are kept. */
  isOpen = false;
  #received = 0;
  #sent = 0;
  #unacknowledged: Entry[] = [];
  /** Entries at the beginning of the list that are acknowledged already: taking them out one by one would move the rest. */
  #settled = 0;

  /** Begins: stream management is enabled. At zero, unless the session is one that counted already. */
  open({ received, sent }: Counts = { received: 0, sent: 0 }): void {
    this.close();
    this.isOpen = true;
    this.#received = received;
    this.#sent = sent;
  }

  /** Ends the books; returns what was never acknowledged, in order. */
  close(): readonly Entry[] {
    const left = this.unacknowledged;
    this.isOpen = false;
    this.#received = 0;
    this.#sent = 0;
    this.#unacknowledged = [];
    this.#settled = 0;
    return left;
  }

  /** The `h` to tell the server: how many stanzas came. */
  get received(): number {
    return this.#received;
  }

  /** How many stanzas went out. */
  get sent(): number {
    return this.#sent;
  }

  /** How many of them are acknowledged. */
  get acknowledged(): number {
    return (this.#sent - this.size + COUNTS) % COUNTS;
  }

  /** How many of them are not acknowledged. */
  get size(): number {
    return this.#unacknowledged.length - this.#settled;
  }

  /** Those that are not acknowledged, in order. */
  get unacknowledged(): readonly Entry[] {
    return this.#unacknowledged.slice(this.#settled);
  }

  /** A stanza came, and is handled. */
  countReceived(): void {
    this.#received = following(this.#received);
  }

  /** A stanza went out. */
  add(entry: Entry): void {
    this.#unacknowledged.push(entry);
    this.#sent = following(this.#sent);
  }

  /**
   * The server handled so many stanzas. Returns those that are acknowledged by it, in order.
   *
   * @throws StreamError `undefined-condition` where that is more than were sent, or less than it said before (XEP-0198 §6)
   */
  acknowledge(h: number): readonly Entry[] {
    const count = (h - this.#sent + this.size + COUNTS) % COUNTS;
    if (count > this.size) throw this.#miscounted(h);
    const first = this.#settled;
    this.#settled += count;
    const acknowledged = this.#unacknowledged.slice(first, this.#settled);
    if (this.#settled * 2 > this.#unacknowledged.length) this.#forget();
    return acknowledged;
  }

  /**
   * Takes out what the server did not get and will not get: after a resumption the server counts on from what it got, so what is
   * not sent again does not count (XEP-0198 §5). Returns what was taken out, in order.
   */
  withdraw(isWithdrawn: (entry: Entry) => boolean): readonly Entry[] {
    const withdrawn: Entry[] = [];
    const left: Entry[] = [];
    for (const entry of this.unacknowledged) (isWithdrawn(entry) ? withdrawn : left).push(entry);
    this.#unacknowledged = left;
    this.#settled = 0;
    this.#sent = (this.#sent - withdrawn.length + COUNTS) % COUNTS;
    return withdrawn;
  }

  #forget(): void {
    this.#unacknowledged = this.#unacknowledged.slice(this.#settled);
    this.#settled = 0;
  }

  #miscounted(h: number): StreamError {
    const least = (this.#sent - this.size + COUNTS) % COUNTS;
    return new StreamError('undefined-condition', {
      text: `Expected a number of handled stanzas from ${least} to ${this.#sent}, got ${h}`,
      application: isAhead(h, this.#sent) ? tooHigh(h, this.#sent) : undefined,
    });
  }
}

/** The next count. A comparison: the remainder of a division by so much would take longer than all the rest of counting. */
function following(count: number): number {
  return count === COUNTS - 1 ? 0 : count + 1;
}

/** Whether a count is beyond another: by less than half of what there is to count, since both begin anew at zero. */
function isAhead(h: number, sent: number): boolean {
  return (h - sent + COUNTS) % COUNTS < COUNTS / 2;
}

function tooHigh(h: number, sent: number): Element {
  return element(`{${NS_SM}}handled-count-too-high`, { h: String(h), 'send-count': String(sent) });
}
