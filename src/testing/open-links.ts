import type { Accept, Link, LinkListener } from './link.ts';

/** The links that exist, so that the end of the last one can be awaited. */
export class OpenLinks {
  readonly #accept: Accept;
  readonly #links = new Set<Link>();
  #isRefusing = false;
  #waiting: (() => void) | undefined;

  constructor(accept: Accept) {
    this.#accept = accept;
  }

  readonly accept: Accept = (link) => {
    this.#links.add(link);
    const listener = this.#isRefusing ? turnAway(link) : this.#accept(link);
    return {
      received: (bytes) => listener.received(bytes),
      secured: () => listener.secured(),
      closed: (reason) => {
        this.#links.delete(link);
        listener.closed(reason);
        if (this.#links.size === 0) this.#waiting?.();
      },
    };
  };

  /** Takes no more links. */
  refuse(): void {
    this.#isRefusing = true;
  }

  /** Waits until there is no link any more. */
  gone(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#links.size === 0) resolve();
      else this.#waiting = resolve;
    });
  }
}

function turnAway(link: Link): LinkListener {
  queueMicrotask(() => link.end());
  return { received: () => {}, secured: () => {}, closed: () => {} };
}
