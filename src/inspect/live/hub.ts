import type { ServerResponse } from 'node:http';
import { type Client, explain } from '../../client/index.ts';
import { Charts } from './charts.ts';
import { perform } from './commands.ts';
import { History } from './history.ts';
import { Log } from './log.ts';
import { PageStream, type Scene } from './page-stream.ts';
import { type Mark, markOf, NOTHING_KNOWN, pastOf } from './past.ts';
import type { LiveAnswer, LiveMessage } from './protocol.ts';
import { Tap } from './tap.ts';

/** A client that is inspected, and who listens to it while a page is open. */
interface Inspected {
  readonly id: string;
  readonly name: string;
  readonly client: Client;
  tap: Tap | undefined;
  /** What was listed last; `undefined` when that is no longer right. */
  actors: LiveMessage | undefined;
  /** How much of its life is in the history. */
  known: Mark;
}

/** The clients, the pages, and what goes from the ones to the others. Costs the clients nothing until a page is open. */
export class Hub implements Scene {
  readonly history: History;
  readonly charts = new Charts();
  readonly #log: Log;
  readonly #inspected = new Map<string, Inspected>();
  readonly #pages = new Set<PageStream>();
  /** Resolves when a page is opened for the first time. */
  readonly opened: Promise<void>;
  #tellOpened = (): void => {};

  constructor(historySize: number) {
    this.opened = new Promise((resolve) => {
      this.#tellOpened = resolve;
    });
    this.history = new History(historySize);
    this.#log = new Log(this.history, () => this.#tell());
  }

  get pageCount(): number {
    return this.#pages.size;
  }

  /** Adds a client; the returned function takes it away. A client that is there already stays as it is. */
  add(client: Client, name: string | undefined): () => void {
    const id = client.actor.sessionId;
    const known = this.#inspected.get(id);
    const inspected: Inspected = known ?? {
      id,
      name: name ?? client.actor.getSnapshot().context.settings.jid.bare,
      client,
      tap: undefined,
      actors: undefined,
      known: NOTHING_KNOWN,
    };
    this.#inspected.set(id, inspected);
    if (this.#pages.size > 0) this.#attach();
    this.#changeClients();
    return () => {
      if (this.#inspected.get(id) !== inspected) return;
      this.#detach(inspected);
      this.#inspected.delete(id);
      this.#changeClients();
    };
  }

  /** A page is open from now on, until its connection ends. */
  open(response: ServerResponse): void {
    this.#attach();
    const page = new PageStream(response, this.history, this.#log, this);
    for (const id of this.#inspected.keys()) page.changeActors(id);
    this.#pages.add(page);
    response.on('close', () => {
      this.#pages.delete(page);
      if (this.#pages.size === 0) for (const inspected of this.#inspected.values()) this.#detach(inspected);
    });
    page.push();
    this.#tellOpened();
  }

  perform(json: string): LiveAnswer {
    return perform(json, (id) => this.#inspected.get(id)?.client);
  }

  /** Nobody listens any more, and nobody is told anything. */
  close(): void {
    for (const page of this.#pages) page.end();
    for (const inspected of this.#inspected.values()) this.#detach(inspected);
    this.#pages.clear();
    this.#inspected.clear();
    this.#log.stop();
  }

  clients(): LiveMessage {
    return { type: 'clients', clients: [...this.#inspected.values()].map(({ id, name }) => ({ id, name })) };
  }

  actors(): ReadonlyMap<string, LiveMessage> {
    const messages = new Map<string, LiveMessage>();
    for (const inspected of this.#inspected.values()) {
      inspected.actors ??= this.#list(inspected);
      if (inspected.actors) messages.set(inspected.id, inspected.actors);
    }
    return messages;
  }

  #list({ id, tap, client: { actor } }: Inspected): LiveMessage | undefined {
    if (!tap) return undefined;
    try {
      const actors = tap.family.list((snapshot) => this.charts.keyOf(snapshot));
      return { type: 'actors', client: id, actors, explanation: explain(actor.getSnapshot()) };
    } catch {
      // Somebody else's machine cannot be looked at: the page keeps what it has, and the process goes on.
      return undefined;
    }
  }

  /** What the clients recorded before goes ahead of what is heard from now on, in the order in which it happened. */
  #attach(): void {
    const added = [...this.#inspected.values()].filter(({ tap }) => tap === undefined);
    const lines = added.flatMap((inspected) => {
      const { client, id, known } = inspected;
      const past = pastOf(client, id, known);
      inspected.tap = new Tap(client, id, this.#log);
      inspected.tap.family.recall(past.since);
      return past.lines;
    });
    for (const { moment, render } of lines.toSorted((one, other) => one.moment.at - other.moment.at)) {
      this.#log.put('bulk', moment, render);
    }
  }

  #detach(inspected: Inspected): void {
    if (!inspected.tap) return;
    inspected.tap.detach();
    inspected.tap = undefined;
    inspected.actors = undefined;
    inspected.known = markOf(inspected.client);
  }

  #changeClients(): void {
    for (const page of this.#pages) {
      page.changeClients();
      for (const id of this.#inspected.keys()) page.changeActors(id);
    }
    this.#log.touch();
  }

  /** Lines were written, or actors changed. */
  #tell(): void {
    for (const inspected of this.#inspected.values()) {
      if (!inspected.tap?.takeChange()) continue;
      inspected.actors = undefined;
      for (const page of this.#pages) page.changeActors(inspected.id);
    }
    for (const page of this.#pages) page.push();
  }
}
