import type { SessionRecord, SessionStore } from '../../machines/session-record.ts';

/** Keeps session records in memory, as text: for tests, and for clients that are made anew within a process. */
export function memorySessionStore(): SessionStore {
  return new MemorySessionStore();
}

class MemorySessionStore implements SessionStore {
  readonly #records = new Map<string, string>();

  load(account: string): unknown {
    const text = this.#records.get(account);
    return text === undefined ? undefined : JSON.parse(text);
  }

  save(account: string, record: SessionRecord | undefined): void {
    if (record) this.#records.set(account, JSON.stringify(record));
    else this.#records.delete(account);
  }
}
