import type { SessionRecord, SessionStore } from '../../machines/session-record.ts';
import type { AccountStore } from '../../machines/settings.ts';

/** An application's store, seen from the outside: whoever looks at the input of a client sees nothing of what it holds. */
export function hiddenStore<T>(store: AccountStore<T>): AccountStore<T> {
  return new HiddenStore(store);
}

/** The same for one of session records. */
export function hiddenSessionStore(store: SessionStore): SessionStore {
  return new HiddenSessionStore(store);
}

/** A store in memory for the one account that a client has. */
export function memoryStore<T>(): AccountStore<T> {
  return new MemoryStore<T>();
}

class HiddenStore<T> implements AccountStore<T> {
  readonly #store: AccountStore<T>;

  constructor(store: AccountStore<T>) {
    this.#store = store;
  }

  get(account: string): T | undefined | Promise<T | undefined> {
    return this.#store.get(account);
  }

  set(account: string, value: T): unknown {
    return this.#store.set(account, value);
  }

  delete(account: string): unknown {
    return this.#store.delete(account);
  }
}

class HiddenSessionStore implements SessionStore {
  readonly #store: SessionStore;

  constructor(store: SessionStore) {
    this.#store = store;
  }

  load(account: string): unknown {
    return this.#store.load(account);
  }

  save(account: string, record: SessionRecord | undefined): unknown {
    return this.#store.save(account, record);
  }
}

class MemoryStore<T> implements AccountStore<T> {
  #value: T | undefined;

  get(): T | undefined {
    return this.#value;
  }

  set(_account: string, value: T): void {
    this.#value = value;
  }

  delete(): void {
    this.#value = undefined;
  }
}
