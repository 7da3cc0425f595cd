/** Wakes one who waits for something whenever that may have come. */
export class Bell {
  #wake = (): void => {};

  readonly ring = (): void => this.#wake();

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
