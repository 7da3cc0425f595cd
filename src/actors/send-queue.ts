import type { SentStanza } from '../../machines/delivery.ts';
import type { ClientInput, Limits } from '../../machines/settings.ts';
import type { QueueFullError } from '../errors/index.ts';
import { createDeadlines, type Deadlines } from './deadlines.ts';
import { dropped, expired, tooLong, tooMany, tooMuch } from './delivery-errors.ts';
import { NOBODY, opened, Place } from './line.ts';
import type { Reporter } from './reporter.ts';

/**
 * What waits to be sent, in the order in which it was given. The queue is bounded, by number and by length; behind it stand
 * those that wait for room in it (`whenFull: 'wait'`), and nobody overtakes them. What expires leaves at its time.
 */
export class SendQueue {
  readonly #limits: Limits;
  readonly #clock: ClientInput['clock'];
  readonly #reporter: Reporter;
  #queue = NOBODY;
  #waiting = NOBODY;
  #deadlines: Deadlines | undefined;
  #expiring: Map<string, Place> | undefined;

  constructor({ limits, clock }: Pick<ClientInput, 'limits' | 'clock'>, reporter: Reporter) {
    this.#limits = limits;
    this.#clock = clock;
    this.#reporter = reporter;
  }

  get isEmpty(): boolean {
    return this.first === undefined;
  }

  /** What is to be sent next. */
  get first(): SentStanza | undefined {
    return (this.#queue.first ?? this.#waiting.first)?.sent;
  }

  /** All of it, in order. */
  get contents(): readonly SentStanza[] {
    return Array.from(this.#places(), ({ sent }) => sent);
  }

  /** Takes a stanza whose length is known, as its options say; it hears what becomes of it. */
  add(sent: SentStanza): void {
    const { maxQueuedCharacters } = this.#limits;
    if (sent.length > maxQueuedCharacters) {
      return this.#reporter.tellFailed(sent, tooLong(sent.length, maxQueuedCharacters));
    }
    if (this.#hasRoom(sent)) return this.#enqueue(new Place(sent));
    const whenFull = sent.options?.whenFull ?? 'reject';
    if (whenFull === 'wait') return this.#wait(sent);
    const victims = whenFull === 'drop-oldest' ? this.#victims(sent) : [];
    if (victims.length === 0) return this.#reporter.tellFailed(sent, this.#full());
    for (const place of victims) this.#leave(place);
    this.#admit();
    // Others wait already: it stands behind them, in the place of those that are gone.
    if (this.#hasRoom(sent)) this.#enqueue(new Place(sent));
    else this.#wait(sent);
    for (const { sent: victim } of victims) this.#reporter.tellFailed(victim, dropped());
  }

  /** Takes back what was here before: it goes out before what was given later, whatever the limits say. */
  putBack(returned: readonly SentStanza[]): void {
    // The last one first: then each belongs to the front, and none has to look for its place.
    for (const sent of returned.toReversed()) {
      const place = new Place(sent);
      this.#queue = opened(this.#queue);
      this.#queue.enterAgain(place);
      this.#watch(place);
    }
    for (const sent of returned) this.#reporter.tellQueued(sent);
  }

  /** Takes out what is to be sent next. */
  shift(): SentStanza | undefined {
    const place = this.#queue.first ?? this.#waiting.first;
    if (!place) return undefined;
    const isQueued = place.line === this.#queue;
    this.#leave(place);
    if (!isQueued) this.#reporter.tellQueued(place.sent);
    this.#admit();
    return place.sent;
  }

  /** Takes out all that are of a kind, in order. */
  take(isOfKind: (sent: SentStanza) => boolean = () => true): readonly SentStanza[] {
    const taken: Place[] = [];
    for (const place of this.#places()) if (isOfKind(place.sent)) taken.push(place);
    for (const place of taken) this.#leave(place);
    if (taken.length > 0) this.#admit();
    return taken.map(({ sent }) => sent);
  }

  #hasRoom({ length }: SentStanza): boolean {
    const { size, characters } = this.#queue;
    const { maxQueuedStanzas, maxQueuedCharacters } = this.#limits;
    return this.#waiting.size === 0 && size < maxQueuedStanzas && characters + length <= maxQueuedCharacters;
  }

  #enqueue(place: Place): void {
    this.#queue = opened(this.#queue);
    this.#queue.enter(place);
    this.#watch(place);
    this.#reporter.tellQueued(place.sent);
  }

  #wait(sent: SentStanza): void {
    const place = new Place(sent);
    this.#waiting = opened(this.#waiting);
    this.#waiting.enter(place);
    this.#watch(place);
    this.#reporter.tellWaiting(sent);
  }

  /** Lets those in that wait for room, as far as there is some. */
  #admit(): void {
    for (let place = this.#waiting.first; place; place = this.#waiting.first) {
      const { size, characters } = this.#queue;
      const { maxQueuedStanzas, maxQueuedCharacters } = this.#limits;
      if (size >= maxQueuedStanzas || characters + place.sent.length > maxQueuedCharacters) return;
      this.#waiting.leave(place);
      this.#queue = opened(this.#queue);
      this.#queue.enter(place);
      this.#reporter.tellQueued(place.sent);
    }
  }

  /** The oldest ones that may be dropped for this one, so many that no more waits than before or than may; none if that cannot be. */
  #victims({ stanza: { name }, length }: SentStanza): readonly Place[] {
    const size = this.#queue.size + this.#waiting.size;
    const characters = this.#queue.characters + this.#waiting.characters;
    const mostStanzas = Math.max(size, this.#limits.maxQueuedStanzas);
    const mostCharacters = Math.max(characters, this.#limits.maxQueuedCharacters);
    const victims: Place[] = [];
    let freed = 0;
    for (const place of this.#places()) {
      const { stanza, options } = place.sent;
      if (options?.whenFull !== 'drop-oldest' || stanza.name !== name) continue;
      victims.push(place);
      freed += place.sent.length;
      if (size - victims.length < mostStanzas && characters - freed + length <= mostCharacters) return victims;
    }
    return [];
  }

  *#places(): Generator<Place> {
    for (let place = this.#queue.first; place; place = place.behind) yield place;
    for (let place = this.#waiting.first; place; place = place.behind) yield place;
  }

  #leave(place: Place): void {
    place.line?.leave(place);
    if (place.timeout === undefined) return;
    const id = String(place.sent.order);
    this.#deadlines?.remove(id, place.timeout);
    this.#expiring?.delete(id);
  }

  /** Sees to it that it leaves when its time is over. */
  #watch(place: Place): void {
    const { expiresAt, order } = place.sent;
    if (expiresAt === undefined) return;
    this.#expiring ??= new Map();
    this.#deadlines ??= createDeadlines(this.#clock, (id) => this.#expire(id));
    place.timeout = Math.max(0, expiresAt - this.#clock.now());
    this.#expiring.set(String(order), place);
    this.#deadlines.add(String(order), place.timeout);
  }

  #expire(id: string): void {
    const place = this.#expiring?.get(id);
    if (!place) return;
    this.#leave(place);
    this.#admit();
    this.#reporter.tellFailed(place.sent, expired(place.sent.options?.expires));
  }

  #full(): QueueFullError {
    const { size, characters } = this.#queue;
    return size >= this.#limits.maxQueuedStanzas ? tooMany(size) : tooMuch(characters);
  }
}
