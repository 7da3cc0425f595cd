import { type AnyActorRef, SimulatedClock } from 'xstate';

/** A timer that runs, and what its actor hears when it is over. */
interface RunningTimer {
  readonly event: string;
  /** By the clock. */
  readonly due: number;
}

/** XState's `SimulatedClock` that knows what its timers are for. */
export class WalkClock extends SimulatedClock {
  readonly #due = new Map<number, number>();
  readonly #events = new Map<number, string>();
  #root: AnyActorRef | undefined;

  /** Looks at the timers of this actor's system. */
  watch(root: AnyActorRef): void {
    this.#root = root;
  }

  override setTimeout(handler: () => void, delay: number): number {
    const id = super.setTimeout(() => {
      this.#forget(id);
      handler();
    }, delay);
    this.#due.set(id, this.now() + delay);
    const event = this.#latest();
    if (event !== undefined) this.#events.set(id, event);
    return id;
  }

  override clearTimeout(id: number): void {
    this.#forget(id);
    super.clearTimeout(id);
  }

  /** Those that run, the next one first. */
  timers(): RunningTimer[] {
    return [...this.#due]
      .map(([id, due]) => ({ event: this.#events.get(id) ?? '', due }))
      .toSorted((a, b) => a.due - b.due);
  }

  /** XState notes a timer in its system before it asks the clock for one. */
  #latest(): string | undefined {
    const scheduled = this.#root?.system.getSnapshot()._scheduledEvents ?? {};
    return Object.values(scheduled).at(-1)?.event.type;
  }

  #forget(id: number): void {
    this.#due.delete(id);
    this.#events.delete(id);
  }
}
