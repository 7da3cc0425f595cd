interface Waiter<T> {
  resolve(item: T): void;
  reject(error: Error): void;
}

/** Connections that wait for a script, and scripts that wait for a connection, in order. */
export class PeerQueue<T> {
  readonly #timeout: number;
  readonly #items: T[] = [];
  readonly #waiters: Waiter<T>[] = [];
  #isStopped = false;

  /** @param timeout how long a script waits, in milliseconds */
  constructor(timeout: number) {
    this.#timeout = timeout;
  }

  put(item: T): void {
    const waiter = this.#waiters.shift();
    if (waiter) waiter.resolve(item);
    else this.#items.push(item);
  }

  async take(): Promise<T> {
    const item = this.#items.shift();
    if (item !== undefined) return item;
    if (this.#isStopped) throw stopped();
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<T>((resolve, reject) => {
        const waiter = { resolve, reject };
        this.#waiters.push(waiter);
        timer = setTimeout(() => {
          this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
          reject(new Error(`Expected a connection of a client, but none came within ${this.#timeout} ms`));
        }, this.#timeout);
      });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Nothing will come any more. */
  stop(): void {
    this.#isStopped = true;
    const waiting = this.#waiters.splice(0);
    for (const { reject } of waiting) reject(stopped());
  }
}

function stopped(): Error {
  return new Error('The scripted server was stopped');
}
