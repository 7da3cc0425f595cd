import type { ClientClock, Timer } from '../../machines/settings.ts';

/** Many deadlines on one timer. */
export interface Deadlines {
  /** `id` passes its deadline `timeout` milliseconds from now. Whoever hears of it removes it. */
  add(id: string, timeout: number): void;
  remove(id: string): void;
  clear(): void;
}

/**
 * Deadlines for many ids. Those with the same timeout pass in the order they came, so each timeout has a queue (a `Map`,
 * which keeps that order) and only the heads of the queues are looked at.
 */
export function createDeadlines(clock: ClientClock, passed: (id: string) => void): Deadlines {
  const queues = new Map<number, Map<string, number>>();
  const timeouts = new Map<string, number>();
  let timer: { readonly handle: Timer; readonly at: number } | undefined;

  return {
    add(id, timeout) {
      const at = clock.now() + timeout;
      const queue = queues.get(timeout) ?? new Map<string, number>();
      if (queue.size === 0) queues.set(timeout, queue);
      queue.set(id, at);
      timeouts.set(id, timeout);
      if (!timer || at < timer.at) arm(at);
    },
    remove(id) {
      const timeout = timeouts.get(id);
      if (timeout === undefined) return;
      timeouts.delete(id);
      const queue = queues.get(timeout);
      queue?.delete(id);
      if (queue?.size === 0) queues.delete(timeout);
      if (timeouts.size === 0) disarm();
    },
    clear() {
      queues.clear();
      timeouts.clear();
      disarm();
    },
  };

  function arm(at: number): void {
    disarm();
    timer = { at, handle: clock.setTimeout(look, Math.max(0, at - clock.now())) };
  }

  function disarm(): void {
    if (timer) clock.clearTimeout(timer.handle);
    timer = undefined;
  }

  function look(): void {
    timer = undefined;
    const now = clock.now();
    for (const queue of [...queues.values()]) {
      for (const [id, at] of queue) {
        if (at > now) break;
        passed(id);
      }
    }
    const next = nextDeadline();
    if (next !== undefined && !timer) arm(next);
  }

  function nextDeadline(): number | undefined {
    let next: number | undefined;
    for (const queue of queues.values()) {
      for (const at of queue.values()) {
        if (next === undefined || at < next) next = at;
        break;
      }
    }
    return next;
  }
}
