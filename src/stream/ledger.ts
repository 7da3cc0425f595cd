import { element } from '../xml/index.ts';
import { NS_SM } from './namespaces.ts';
import { StreamError } from './stream-error.ts';

/** Counts go from zero to this, and then from zero again (XEP-0198 §4). */
const COUNTS = 2 ** 32;

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

  /** Begins at zero: stream management is enabled. */
  open(): void {
    this.close();
    this.isOpen = true;
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
    this.#received = (this.#received + 1) % COUNTS;
  }

  /** A stanza went out. */
  add(entry: Entry): void {
    this.#unacknowledged.push(entry);
    this.#sent = (this.#sent + 1) % COUNTS;
  }

  /**
   * The server handled so many stanzas. Returns those that are acknowledged by it, in order.
   *
   * @throws StreamError `undefined-condition` where that is more than were sent, or less than it said before (XEP-0198 §6)
   */
  acknowledge(h: number): readonly Entry[] {
    const count = (h - this.#sent + this.size + COUNTS) % COUNTS;
    if (count > this.size) throw tooMany(h, this.#sent);
    const first = this.#settled;
    this.#settled += count;
    const acknowledged = this.#unacknowledged.slice(first, this.#settled);
    if (this.#settled * 2 > this.#unacknowledged.length) this.#forget();
    return acknowledged;
  }

  #forget(): void {
    this.#unacknowledged = this.#unacknowledged.slice(this.#settled);
    this.#settled = 0;
  }
}

function tooMany(h: number, sent: number): StreamError {
  return new StreamError('undefined-condition', {
    text: `Expected at most ${sent} stanzas to be acknowledged, got ${h}`,
    application: element(`{${NS_SM}}handled-count-too-high`, { h: String(h), 'send-count': String(sent) }),
  });
}
