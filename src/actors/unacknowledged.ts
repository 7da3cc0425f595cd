import type { OutboxInput } from '../../machines/contracts.ts';
import type { SentStanza } from '../../machines/delivery.ts';
import { StreamError } from '../stream/index.ts';
import { AckRequests } from './ack-requests.ts';

/**
 * What was written and is not acknowledged, where the server manages the stream (XEP-0198 §4): how much more of it there may be,
 * and when the server is asked about it.
 */
export class Unacknowledged {
  readonly #input: OutboxInput;
  readonly #tellOutbox: (type: 'ack.request') => void;
  #requests: AckRequests | undefined;
  /** UTF-16 units of all of it. */
  #characters = 0;

  constructor(input: OutboxInput, tellOutbox: (type: 'ack.request') => void) {
    this.#input = input;
    this.#tellOutbox = tellOutbox;
  }

  /** UTF-16 units that may come to it now; below zero if nothing may. One stanza alone may have any number. */
  get room(): number {
    const { ledger, settings } = this.#input;
    if (!ledger.isOpen || ledger.size === 0) return Number.POSITIVE_INFINITY;
    if (ledger.size >= settings.limits.maxUnacknowledged) return -1;
    return settings.limits.maxUnacknowledgedCharacters - this.#characters;
  }

  add(sent: SentStanza): void {
    this.#input.ledger.add(sent);
    this.#characters += sent.length;
    this.#asking.sent(this.#isDue);
  }

  /** What an earlier process sent; there is nobody to be asked about it yet. */
  restore(all: readonly SentStanza[]): void {
    for (const sent of all) {
      this.#input.ledger.add(sent);
      this.#characters += sent.length;
    }
  }

  /** Somebody wants to know whether the server answers at all. */
  probe(): void {
    this.#asking.probe();
  }

  /** What was sent again is open again. */
  askAgain(): void {
    if (this.#input.ledger.size > 0) this.#asking.sent(this.#isDue);
  }

  /** There is nobody to ask any more. */
  stopAsking(): void {
    this.#requests?.stop();
  }

  /**
   * The server handled so many. Returns those that are acknowledged by it, in order.
   *
   * @throws StreamError where it cannot be that many, or nobody knows how many
   */
  acknowledge(h: number | undefined): readonly SentStanza[] {
    const { ledger } = this.#input;
    if (h === undefined) throw new StreamError('bad-format', { text: 'Expected an unsigned integer as h' });
    const acknowledged = ledger.acknowledge(h);
    for (const { length } of acknowledged) this.#characters -= length;
    this.#requests?.answered(ledger.size, this.room <= 0);
    return acknowledged;
  }

  /** Takes out what the server did not get and will not get. */
  withdraw(isWithdrawn: (sent: SentStanza) => boolean): readonly SentStanza[] {
    const withdrawn = this.#input.ledger.withdraw(isWithdrawn);
    for (const { length } of withdrawn) this.#characters -= length;
    return withdrawn;
  }

  /** The session is over; returns what is left, in order. */
  close(): readonly SentStanza[] {
    this.#characters = 0;
    return this.#input.ledger.close();
  }

  /** Before anything must wait for the answer, and not so often that asking costs more than sending. */
  get #isDue(): boolean {
    const { maxUnacknowledged, maxUnacknowledgedCharacters } = this.#input.settings.limits;
    const { size } = this.#input.ledger;
    return size * 4 >= maxUnacknowledged || this.#characters * 4 >= maxUnacknowledgedCharacters;
  }

  get #asking(): AckRequests {
    this.#requests ??= new AckRequests(this.#input.settings.clock, () => this.#tellOutbox('ack.request'));
    return this.#requests;
  }
}
