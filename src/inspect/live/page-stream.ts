import type { Writable } from 'node:stream';
import type { History } from './history.ts';
import type { Log } from './log.ts';
import type { LiveMessage } from './protocol.ts';

/** Lines in one message, and about how many UTF-16 units they may have together. */
const MOST_LINES = 500;
const MOST_CHARACTERS = 256 * 1024;

/** What pages are told beside the log. */
export interface Scene {
  /** The clients. */
  clients(): LiveMessage;
  /** The actors of each client. */
  actors(): ReadonlyMap<string, LiveMessage>;
}

/**
 * One open page. Nothing waits for it: while its connection takes no more, nothing is written, and what the history forgets
 * meanwhile is lost to it.
 */
export class PageStream {
  readonly #response: Writable;
  readonly #history: History;
  readonly #log: Log;
  readonly #scene: Scene;
  #isBlocked = false;
  #knowsClients = false;
  /** Clients whose actors changed since the page heard of them. */
  readonly #stale = new Set<string>();
  /** The number of the next line, and of the last one that the page got or lost. */
  #next: number;
  #seq: number;

  constructor(response: Writable, history: History, log: Log, scene: Scene) {
    this.#response = response;
    this.#history = history;
    this.#log = log;
    this.#scene = scene;
    this.#next = history.start;
    this.#seq = (history.at(this.#next)?.seq ?? log.settled + 1) - 1;
    response.on('drain', () => {
      this.#isBlocked = false;
      this.push();
    });
  }

  /** Other clients are inspected than before. */
  changeClients(): void {
    this.#knowsClients = false;
  }

  /** The actors of a client are others, or in other states. */
  changeActors(client: string): void {
    this.#stale.add(client);
  }

  /** Writes what the page does not know yet, as far as its connection takes it. */
  push(): void {
    if (!this.#isBlocked && !this.#knowsClients) {
      this.#knowsClients = true;
      this.#write(JSON.stringify(this.#scene.clients()));
    }
    if (this.#stale.size > 0) this.#pushActors();
    while (!this.#isBlocked && this.#seq < this.#log.settled) this.#pushLines();
  }

  end(): void {
    this.#response.end();
  }

  #pushActors(): void {
    for (const [client, message] of this.#isBlocked ? [] : this.#scene.actors()) {
      if (this.#isBlocked) return;
      if (this.#stale.delete(client)) this.#write(JSON.stringify(message));
    }
    if (!this.#isBlocked) this.#stale.clear();
  }

  #pushLines(): void {
    this.#next = Math.max(this.#next, this.#history.start);
    const lines: string[] = [];
    let length = 0;
    let last = this.#seq;
    while (lines.length < MOST_LINES && length < MOST_CHARACTERS) {
      const entry = this.#history.at(this.#next);
      // What is behind the last line was dropped.
      last = entry?.seq ?? this.#log.settled;
      if (!entry) break;
      lines.push(entry.json);
      length += entry.json.length;
      this.#next += 1;
    }
    const dropped = last - this.#seq - lines.length;
    this.#seq = last;
    this.#write(`{"type":"entries","dropped":${dropped},"entries":[${lines.join(',')}]}`);
  }

  #write(json: string): void {
    this.#isBlocked = !this.#response.write(`data: ${json}\n\n`);
  }
}
