import type { SessionRecord, SessionStore } from '../../machines/session-record.ts';
import type { ClientClock, Timer } from '../../machines/settings.ts';
import { failureOf, SessionRecordError } from '../errors/index.ts';

/** How long a store may take to save a record before the client goes on without it, in milliseconds. */
const PATIENCE = 10_000;

/** What a keeper asks of whoever knows the session. */
export interface KeptSession {
  /** The record of this moment; `undefined` when there is nothing to keep. */
  record(): SessionRecord | undefined;
  /** What was there when the last record was made is kept now, or cannot be kept. */
  kept(): void;
  failed(error: SessionRecordError): void;
}

/** Saves records of a session, one after the other: what changes while one is saved waits for the next. */
export class SessionKeeper {
  readonly #store: SessionStore;
  readonly #account: string;
  readonly #clock: ClientClock;
  readonly #session: KeptSession;
  #state: 'resting' | 'due' | 'saving' | 'stuck' | 'over' = 'resting';
  #timer: Timer | undefined;
  #hasChanged = false;
  #hasFailed = false;
  /** Whether somebody waits for what is saved. */
  #isAwaited = true;

  constructor(store: SessionStore, account: string, clock: ClientClock, session: KeptSession) {
    this.#store = store;
    this.#account = account;
    this.#clock = clock;
    this.#session = session;
  }

  /** Whether the store does not answer any more: nobody should wait for it. */
  get isStuck(): boolean {
    return this.#state === 'stuck';
  }

  /** Something changed, which is saved soon. */
  change(): void {
    this.#hasChanged = true;
    if (this.#state === 'resting') this.#saveSoon();
  }

  /** Somebody waits for what is saved from now on, or nobody does: then no timer is left while the store takes its time. */
  await(isAwaited: boolean): void {
    this.#isAwaited = isAwaited;
    if (!isAwaited) this.#disarm();
    else if (this.#state === 'saving' && this.#timer === undefined) this.#arm();
  }

  /** Nothing is saved any more, and nobody hears of anything. */
  stop(): void {
    this.#state = 'over';
    this.#disarm();
  }

  /** At the end of the turn, with all that changes in it. */
  #saveSoon(): void {
    this.#state = 'due';
    queueMicrotask(() => this.#save());
  }

  #save(): void {
    if (this.#state === 'over') return;
    this.#state = 'saving';
    this.#hasChanged = false;
    try {
      const saving: unknown = this.#store.save(this.#account, this.#session.record());
      if (isThenable(saving)) this.#await(Promise.resolve(saving));
      else this.#finish();
    } catch (cause) {
      this.#fail(cause);
    }
  }

  #await(saving: Promise<unknown>): void {
    if (this.#isAwaited) this.#arm();
    saving.then(
      () => this.#finish(),
      (cause: unknown) => this.#fail(cause),
    );
  }

  #finish(): void {
    this.#hasFailed = false;
    this.#goOn();
  }

  /** Reported once, until one is saved again: a broken disk would fill every log. */
  #fail(cause: unknown): void {
    if (this.#state === 'over') return;
    if (!this.#hasFailed) this.#session.failed(unsaved(failureOf(cause)));
    this.#hasFailed = true;
    this.#goOn();
  }

  #goOn(): void {
    if (this.#state === 'over') return;
    this.#disarm();
    this.#state = 'resting';
    if (this.#hasChanged) this.#saveSoon();
    this.#session.kept();
  }

  /** Nothing is saved until the store answers, and nothing waits for it. */
  #giveUp(): void {
    this.#state = 'stuck';
    this.#timer = undefined;
    this.#hasFailed = true;
    this.#session.failed(unsaved(`no answer within ${PATIENCE / 1000} s`));
    this.#session.kept();
  }

  #arm(): void {
    this.#timer = this.#clock.setTimeout(() => this.#giveUp(), PATIENCE);
  }

  #disarm(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

function unsaved(why: string): SessionRecordError {
  return new SessionRecordError(`The session record could not be saved: ${why}`, {
    condition: 'unsaved',
    hint: 'Look at `save` of the store given as `sessions`. The client goes on, but what happens now is lost with the process.',
  });
}
