/** Whoever asked, and what becomes of the question. */
interface Asked<T> {
  readonly answer: Promise<T>;
  resolve(answer: T): void;
  reject(reason: unknown): void;
}

/** A question of the client to the application, or to somebody on the network, that is answered when a walk says so. */
export class Question<T> {
  #open: Asked<T> | undefined;
  /** What is answered before anybody asks. */
  #ready: Asked<T> | undefined;

  ask(): Promise<T> {
    const { answer } = this.#ready ?? this.asked;
    this.#ready = undefined;
    return answer;
  }

  /** The question that waits for its answer, for who asks it along with somebody else. */
  get asked(): Asked<T> {
    this.#open ??= newQuestion();
    return this.#open;
  }

  answer(answer: T): void {
    this.#take().resolve(answer);
  }

  fail(reason: unknown): void {
    this.#take().reject(reason);
  }

  /** Who asked does not want to know any more. */
  forget(): void {
    this.#open = undefined;
    this.#ready = undefined;
  }

  #take(): Asked<T> {
    const open = this.#open;
    this.#open = undefined;
    if (open) return open;
    this.#ready = newQuestion();
    // Where nobody ever asks, nobody minds.
    this.#ready.answer.catch(() => {});
    return this.#ready;
  }
}

function newQuestion<T>(): Asked<T> {
  const settle: { resolve(answer: T): void; reject(reason: unknown): void } = { resolve: () => {}, reject: () => {} };
  const answer = new Promise<T>((resolve, reject) => Object.assign(settle, { resolve, reject }));
  return { answer, resolve: (given) => settle.resolve(given), reject: (reason) => settle.reject(reason) };
}
