/** UTF-16 units of the long texts that are kept whole. */
const MOST_KEPT = 16 * 1024 * 1024;
/** Lines that stay behind the end of the history until they are removed together. */
const SLACK = 1000;

/** A line of the log, as the pages get it. */
export interface StoredEntry {
  readonly seq: number;
  /** A `LogEntry` as JSON. */
  readonly json: string;
}

/** The last lines of the log, and the whole texts of those that were shortened. Both are bounded. */
export class History {
  readonly #size: number;
  #entries: StoredEntry[] = [];
  /** Number of the first of them, counted from the first line of all. */
  #base = 0;
  /** By `seq`, the oldest first. */
  readonly #texts = new Map<number, string>();
  #textLength = 0;

  constructor(size: number) {
    this.#size = size;
  }

  /** The number that the next line will have. */
  get end(): number {
    return this.#base + this.#entries.length;
  }

  /** The number of the oldest line that is kept. */
  get start(): number {
    return Math.max(this.#base, this.end - this.#size);
  }

  add(entry: StoredEntry): void {
    this.#entries.push(entry);
    const excess = this.#entries.length - this.#size;
    if (excess < SLACK) return;
    this.#entries = this.#entries.slice(excess);
    this.#base += excess;
    this.#forgetTexts(this.#entries[0]?.seq ?? 0);
  }

  /** The line with this number, as long as it is kept. */
  at(number: number): StoredEntry | undefined {
    return number < this.start ? undefined : this.#entries[number - this.#base];
  }

  /** Keeps the whole text of a line; the oldest go when there are too many. */
  keepText(seq: number, text: string): void {
    this.#texts.set(seq, text);
    this.#textLength += text.length;
    for (const [oldest] of this.#texts) {
      if (this.#textLength <= MOST_KEPT || oldest === seq) return;
      this.#forgetText(oldest);
    }
  }

  text(seq: number): string | undefined {
    return this.#texts.get(seq);
  }

  #forgetTexts(before: number): void {
    for (const [seq] of this.#texts) {
      if (seq >= before) return;
      this.#forgetText(seq);
    }
  }

  #forgetText(seq: number): void {
    this.#textLength -= this.#texts.get(seq)?.length ?? 0;
    this.#texts.delete(seq);
  }
}
