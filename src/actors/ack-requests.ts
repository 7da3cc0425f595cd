import type { ClientClock, Timer } from '../../machines/settings.ts';

/** The server is asked at the latest after so many stanzas, unless it is asked already. */
const STANZAS = 10;

/** And at the latest after so many milliseconds. */
const PATIENCE = 250;

/**
 * When to ask the server how many stanzas it handled (XEP-0198 §4): after some stanzas or some time, never twice before it
 * answered. An ask for each stanza would double the traffic.
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

  /** A stanza went out. */
  sent(): void {
    this.#stanzas += 1;
    if (this.#isAsked) return;
    if (this.#stanzas >= STANZAS) this.#askNow();
    else this.#timer ??= this.#clock.setTimeout(() => this.#askNow(), PATIENCE);
  }

  /** The server said how many it handled, asked or not; `left` went out that it did not handle. */
  answered(left: number): void {
    this.#isAsked = false;
    if (left === 0) return this.stop();
    if (this.#stanzas > 0) this.#timer ??= this.#clock.setTimeout(() => this.#askNow(), PATIENCE);
  }

  /** Nobody is to be asked any more. */
  stop(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#stanzas = 0;
    this.#isAsked = false;
  }

  #askNow(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#stanzas = 0;
    this.#isAsked = true;
    this.#ask();
  }
}
