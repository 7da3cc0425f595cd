import {
  type Client,
  createClient,
  DEFAULT_LIVENESS,
  DEFAULT_TIMEOUTS,
  memorySessionStore,
  type SessionRecord,
  type SessionStore,
} from '../../src/node.ts';
import { messageProtocol } from '../../src/subprotocols/message.ts';
import type { Books } from './books.ts';
import type { World } from './world.ts';

/*
 * Juliet, who lives in the world for weeks: through many connections, many sessions, and more than one process.
 */

const ACCOUNT = 'juliet@capulet.example';
const LONGEST_SILENCE = DEFAULT_LIVENESS.interval + DEFAULT_LIVENESS.patience;

export class Resident {
  readonly sessions: SessionStore = memorySessionStore();
  /** How often what happened: of what was to be seen at all. */
  readonly seen = { sessions: 0, resumed: 0, losses: 0, deaths: 0, processes: 0 };
  /** What was not as it should be, in words. */
  readonly faults: string[] = [];
  readonly #world: World;
  readonly #books: Books;
  readonly #random: () => number;
  #client: Client;
  /** When the next connection is due, unless something happens first. */
  #dueAt: number | undefined;
  /** Numbers of the messages to her: the last, the first that was sent in this session, and those that she heard since. */
  #said = 0;
  #expected = new Set<number>();
  #heard = 0;

  constructor(world: World, books: Books, random: () => number) {
    this.#world = world;
    this.#books = books;
    this.#random = random;
    this.#client = this.#live();
  }

  get client(): Client {
    return this.#client;
  }

  /** Whether her client talks with the server about a connection. */
  get isConnecting(): boolean {
    return this.#client.actor.getSnapshot().hasTag('connecting');
  }

  get isOnline(): boolean {
    return this.#client.actor.getSnapshot().hasTag('online');
  }

  /** Says something to her; nobody hears it where there is no session. */
  hear(): void {
    this.#said += 1;
    const body = { name: 'body', namespace: 'jabber:client', attributes: {}, children: [String(this.#said)] };
    const attributes = { from: 'romeo@montague.example', to: ACCOUNT, type: 'chat' };
    const message = { name: 'message', namespace: 'jabber:client', attributes, children: [body] };
    if (this.#world.server.send(ACCOUNT, message) > 0) this.#expected.add(this.#said);
  }

  /** What she was told in this session and did not hear. */
  get missing(): number {
    return this.#expected.size;
  }

  /** Her client dials. */
  dialled(): void {
    if (this.#dueAt !== undefined && !this.#world.isOnTime(this.#dueAt)) {
      this.faults.push(`dialled at ${this.#world.now}, which was due at ${this.#dueAt}`);
    }
    this.#dueAt = undefined;
  }

  /** Something happens that may make her client come back sooner or later than it planned. */
  disturb(): void {
    this.#dueAt = undefined;
  }

  /** Her process dies, and she begins another. */
  async die(): Promise<void> {
    await this.#world.settle();
    this.#books.orphan();
    this.#world.network.cut();
    this.#client.actor.stop();
    this.disturb();
    this.#client = this.#live();
    await this.#world.settle();
  }

  /** She logs out: no timer outlives that. */
  async leave(): Promise<void> {
    const left = this.#client.stop();
    this.disturb();
    await this.#world.settle();
    // A connection that is dead answers no closing tag.
    if (!this.#client.actor.getSnapshot().hasTag('offline')) await this.#world.pass(DEFAULT_TIMEOUTS.close);
    await left;
    const timers = this.#world.timers();
    if (timers.length > 0) this.faults.push(`left timers behind: ${timers} at ${this.#world.now}`);
  }

  /** The record that she would leave behind. */
  async record(): Promise<SessionRecord | undefined> {
    return (await this.sessions.load(ACCOUNT)) as SessionRecord | undefined;
  }

  #live(): Client {
    this.seen.processes += 1;
    this.#heard = 0;
    const client = createClient({
      jid: `${ACCOUNT}/balcony`,
      password: 'secret',
      mechanisms: ['PLAIN'],
      ...this.#world.network.options,
      clock: this.#world.clock,
      random: this.#random,
      sessions: this.sessions,
    });
    client.use(messageProtocol());
    this.#listen(client);
    client.start();
    return client;
  }

  #listen(client: Client): void {
    client.on('online', ({ resumed }) => {
      this.seen[resumed ? 'resumed' : 'sessions'] += 1;
      // What was said in a session that is lost is lost with it.
      if (!resumed) this.#expected.clear();
    });
    client.on('message', ({ message: { body } }) => this.#hears(Number(body)));
    client.on('reconnecting', ({ delay, error }) => {
      this.seen.losses += 1;
      this.#dueAt = this.#world.now + delay;
      if (error?.code === 'transport/connection-dead') this.#buries();
    });
    client.on('delivery.failed', ({ stanza }) => this.#books.reported(stanza.attributes.id ?? ''));
    client.on('error', ({ error }) => this.faults.push(`error: ${error.code} ${error.message}`));
    client.on('failed', ({ error }) => this.faults.push(`failed: ${error.code} ${error.message}`));
  }

  /** In order, and nothing twice, as long as the process lives. */
  #hears(number: number): void {
    if (number <= this.#heard) this.faults.push(`heard ${number} after ${this.#heard}`);
    this.#heard = number;
    this.#expected.delete(number);
  }

  /** A peer counts as dead once it was silent for so long; sooner only where there was a reason to ask it sooner. */
  #buries(): void {
    this.seen.deaths += 1;
    const { now, heardAt } = this.#world;
    const isLate = now > heardAt + LONGEST_SILENCE;
    if (isLate && this.#world.isSteadySince(heardAt)) this.faults.push(`dead at ${now}, heard at ${heardAt}`);
  }
}
