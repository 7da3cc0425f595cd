/**
 * Random numbers that come again with the same seed: sfc32, a small fast generator that passes the usual tests. Each index of a
 * seed has a sequence of its own, so that one input of a million can be made alone.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number, index = 0) {
    this.#a = seed | 0;
    this.#b = index | 0;
    this.#c = 0x9e3779b9;
    // Neighbouring seeds begin alike; after so many rounds nothing of that is left.
    for (let round = 0; round < 12; round++) this.next();
  }

  /** 32 random bits, as a number from 0 on. */
  next(): number {
    const result = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + result) | 0;
    return result >>> 0;
  }

  /** A whole number from 0 to less than this. */
  below(limit: number): number {
    return Math.floor((this.next() / 2 ** 32) * limit);
  }

  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  /** True in this share of the cases. */
  chance(share: number): boolean {
    return this.next() < share * 2 ** 32;
  }

  /** One of these, all with the same chance. */
  pick<T>(choices: readonly T[]): T {
    const chosen = choices[this.below(choices.length)];
    if (chosen === undefined) throw new Error('Expected something to choose from');
    return chosen;
  }
}
