/** Wakes whoever waits. */
export class Bell {
  #waiting: (() => void) | undefined;

  ring(): void {
    this.#waiting?.();
  }

  /** Whether it rings within so many milliseconds. */
  rings(limit: number): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (hasRung: boolean): void => {
        clearTimeout(timer);
        this.#waiting = undefined;
        resolve(hasRung);
      };
      const timer = setTimeout(() => settle(false), Math.max(0, limit));
      this.#waiting = () => settle(true);
    });
  }
}
