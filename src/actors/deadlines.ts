import { LONGEST_TIMER } from '../../machines/retry.ts';
import type { ClientClock, Timer } from '../../machines/settings.ts';

/** Many deadlines on one timer. */
export interface Deadlines {
  /** `id` passes its deadline `timeout` milliseconds from now. Whoever hears of it removes it. */
  add(id: string, timeout: number): void;
  /** With the timeout that it was added with. */
  remove(id: string, timeout: number): void;
  clear(): void;
}

/**
 * Deadlines for many ids. Those with the same timeout pass in the order they came, so each timeout has a queue (a `Map`,
 * which keeps that order) and only the heads of the queues are looked at.
 */
export function createDeadlines(clock: ClientClock, passed: (id: string) => void): Deadlines {
  return new DeadlineQueues(clock, passed);
}

class DeadlineQueues implements Deadlines {
  readonly #clock: ClientClock;
  readonly #passed: (id: string) => void;
  readonly #queues = new Map<number, Map<string, number>>();
  #timer: Timer | undefined;
  #timerAt = 0;

  constructor(clock: ClientClock, passed: (id: string) => void) {
    this.#clock = clock;
    this.#passed = passed;
  }

  add(id: string, timeout: number): void {
    const at = this.#clock.now() + timeout;
    const queue = this.#queues.get(timeout) ?? new Map<string, number>();
    if (queue.size === 0) this.#queues.set(timeout, queue);
    queue.set(id, at);
    if (this.#timer === undefined || at < this.#timerAt) this.#arm(at);
  }

  remove(id: string, timeout: number): void {
    const queue = this.#queues.get(timeout);
    queue?.delete(id);
    if (queue?.size === 0) this.#queues.delete(timeout);
    if (this.#queues.size === 0) this.#disarm();
  }

  clear(): void {
    this.#queues.clear();
    this.#disarm();
  }

  #arm(at: number): void {
    this.#disarm();
    this.#timerAt = at;
    const delay = Math.min(Math.max(0, at - this.#clock.now()), LONGEST_TIMER);
    this.#timer = this.#clock.setTimeout(() => this.#look(), delay);
  }

  #disarm(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    this.#timer = undefined;
    const now = this.#clock.now();
    for (const queue of [...this.#queues.values()]) {
      for (const [id, at] of queue) {
        if (at > now) break;
        this.#passed(id);
      }
    }
    const next = this.#next();
    // A deadline that came meanwhile may have set the timer, for later than this.
    if (next !== undefined && (this.#timer === undefined || next < this.#timerAt)) this.#arm(next);
  }

  #next(): number | undefined {
    let next: number | undefined;
    for (const queue of this.#queues.values()) {
      for (const at of queue.values()) {
        if (next === undefined || at < next) next = at;
        break;
      }
    }
    return next;
  }
}
