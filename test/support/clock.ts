import { SimulatedClock } from 'xstate';
import type { ClientClock } from '../../machines/index.ts';

/** Time that a test makes pass, and that tells which timers are set. */
export interface TestClock extends ClientClock {
  increment(milliseconds: number): void;
  /** When the timers that are set pass, in order. */
  timers(): number[];
}

/** XState's `SimulatedClock`, watched. */
export function createTestClock(): TestClock {
  const clock = new SimulatedClock();
  const set = new Map<unknown, number>();
  return {
    now: () => clock.now(),
    setTimeout(handler, delay) {
      const id = clock.setTimeout(() => {
        set.delete(id);
        handler();
      }, delay);
      set.set(id, clock.now() + delay);
      return id;
    },
    clearTimeout(timer) {
      set.delete(timer);
      clock.clearTimeout(Number(timer));
    },
    increment: (milliseconds) => clock.increment(milliseconds),
    timers: () => [...set.values()].sort((a, b) => a - b),
  };
}
