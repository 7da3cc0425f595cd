const INSPECT = Symbol.for('nodejs.util.inspect.custom');
const MASK = '[sealed]';

/**
 * A value that may travel in events but must not be seen: SASL payloads. Serialising, printing or inspecting it shows
 * `[sealed]`; only the code that needs the value calls {@link reveal}.
 */
export class Sealed<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [INSPECT](): string {
    return MASK;
  }
}
