import type { Framing, StreamError } from '../stream/index.ts';
import type { Element } from '../xml/index.ts';
import type { TrafficLog } from './traffic-log.ts';

/** Written text is handed on at once when so much of it waits, in UTF-16 units; otherwise at the end of the turn. */
const FLUSH_AT = 64 * 1024;

/** Whoever has the connection. */
export interface TextTaker {
  /** Hands on, all at once; as one message, where the framing is one of messages. */
  pass(text: string): void;
}

/**
 * Writes our stream, and logs what it writes. What is written in one turn is joined, where it may be and that is wanted: one
 * packet instead of many. Negotiation waits for an answer after each step, so there is nothing to join and the sooner it goes
 * out the better.
 */
export class StreamWriter {
  readonly #framing: Framing;
  readonly #log: TrafficLog | undefined;
  readonly #taker: TextTaker;
  #isJoining = false;
  #text = '';

  constructor(framing: Framing, log: TrafficLog | undefined, taker: TextTaker) {
    this.#framing = framing;
    this.#log = log;
    this.#taker = taker;
  }

  /** From now on there may be much to write in a turn. */
  join(): void {
    this.#isJoining = this.#framing.joins;
  }

  /** As {@link Framing.buildHeader}. */
  header(options: Parameters<Framing['buildHeader']>[0]): void {
    this.#writeLogged(this.#framing.buildHeader(options));
  }

  /**
   * Answers how many UTF-16 units it took, or would have taken: what is longer than `room` is not written. Throws an `XmlError` for
   * what no XML can express.
   */
  element(written: Element, room = Number.POSITIVE_INFINITY): number {
    const text = this.#framing.formatElement(written);
    if (text.length > room) return text.length;
    this.#write(text);
    this.#log?.element('SEND', written);
    return text.length;
  }

  error(error: StreamError): void {
    this.#writeLogged(this.#framing.formatError(error));
  }

  /** Our closing tag. */
  footer(): void {
    this.#writeLogged(this.#framing.formatFooter());
  }

  /** Hands on at once what waits. */
  flush(): void {
    const text = this.#text;
    if (text === '') return;
    this.#text = '';
    this.#taker.pass(text);
  }

  /** Forgets what waits. */
  drop(): void {
    this.#text = '';
  }

  #writeLogged(text: string): void {
    this.#log?.text('SEND', text);
    this.#write(text);
  }

  #write(text: string): void {
    if (!this.#isJoining) return this.#taker.pass(text);
    if (this.#text === '') queueMicrotask(() => this.flush());
    this.#text += text;
    if (this.#text.length >= FLUSH_AT) this.flush();
  }
}
