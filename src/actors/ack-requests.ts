import type { ClientClock, Timer } from '../../machines/settings.ts';

/** The server is asked at the latest after so many milliseconds, unless it is asked already. */
const PATIENCE = 250;

/** Again after so many milliseconds, where an answer left something open that it was about. */
const INSISTENCE = 10_000;

/**
 * When to ask the server how many stanzas it handled (XEP-0198 §4): when enough is open, or after some time, never twice before
 * it answered. Each question and its answer cost as much as several stanzas.
 */
export class AckRequests {
  readonly #clock: ClientClock;
  readonly #ask: () => void;
  /** Stanzas that went out since it was asked last. */
  #stanzas = 0;
  #isAsked = false;
  #timer: Timer | undefined;

  constructor(clock: ClientClock, ask: () => void) {
    this.#clock = clock;
    this.#ask = ask;
  }

  /** A stanza went out; `isDue`: so much is open that the server is to say what it has. */
  sent(isDue: boolean): void {
    this.#stanzas += 1;
    if (this.#isAsked) return;
    if (isDue) this.#askNow();
    else if (this.#stanzas === 1) this.#askWithin(PATIENCE);
  }

  /** Somebody wants to know whether the server answers at all. */
  probe(): void {
    if (!this.#isAsked) this.#askNow();
  }

  /**
   * The server said how many it handled, asked or not; `left` went out that it did not handle, and `isFull` if no more may. What
   * went out since it was asked can wait for the next stanza: the question then goes out along with it.
   */
  answered(left: number, isFull: boolean): void {
    const wasAsked = this.#isAsked;
    this.#isAsked = false;
    if (left === 0) this.stop();
    else if (isFull && this.#stanzas > 0) this.#askNow();
    else if (wasAsked) this.#askWithin(this.#stanzas > 0 ? PATIENCE : INSISTENCE);
  }

  /** Nobody is to be asked any more. */
  stop(): void {
    this.#disarm();
    this.#stanzas = 0;
    this.#isAsked = false;
  }

  #askNow(): void {
    this.stop();
    this.#isAsked = true;
    this.#ask();
  }

  #askWithin(delay: number): void {
    this.#disarm();
    this.#timer = this.#clock.setTimeout(() => this.#askNow(), delay);
  }

  #disarm(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
