import { StreamError } from '../stream/index.ts';

/**
 * What the functions threw that a test gave to its server. They are called for a client, by code that has to go on for others: so
 * whoever wrote them hears of it at the end.
 */
export class Failures {
  readonly #caught: unknown[] = [];

  /** The function, noting what it throws. A stream error is none: it says how the stream is to end. */
  noting<A extends readonly unknown[], R>(callback: (...args: A) => R): (...args: A) => R {
    return (...args) => {
      try {
        return callback(...args);
      } catch (error) {
        if (!(error instanceof StreamError)) this.#caught.push(error);
        throw error;
      }
    };
  }

  /** Throws what was noted: the one, as it is, or an AggregateError of all. */
  raise(): void {
    const [first, ...others] = this.#caught;
    if (this.#caught.length === 0) return;
    if (others.length === 0) throw first;
    const beginning = first instanceof Error ? first.message : String(first);
    throw new AggregateError(
      this.#caught,
      `Functions that the server was given failed ${this.#caught.length} times, the first time with: ${beginning}`,
    );
  }
}
