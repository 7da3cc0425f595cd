import { buildAck, buildAckRequest, parseAck } from '../payloads/index.ts';
import { stanzaKind } from '../stanza/index.ts';
import { NS_SM, StreamError, StreamLedger } from '../stream/index.ts';
import { type Element, is, serialize } from '../xml/index.ts';
import type { ServerStream } from './server-stream.ts';

/**
 * What a session says to its client, over the stream that it has at the moment. Once the stream is managed (XEP-0198), stanzas
 * are counted, and kept until the client has them.
 */
export class Outlet {
  readonly #ledger = new StreamLedger<Element>();
  #stream: ServerStream | undefined;
  /** How many stanzas had been sent when the client was asked; `undefined` if it is not to answer. */
  #askedAt: number | undefined;

  /** `undefined` while there is no connection. */
  get stream(): ServerStream | undefined {
    return this.#stream;
  }

  get isManaged(): boolean {
    return this.#ledger.isOpen;
  }

  /** How many stanzas of the client were handled. */
  get received(): number {
    return this.#ledger.received;
  }

  /** How many stanzas the client may not have. */
  get size(): number {
    return this.#ledger.size;
  }

  /** Begins to count (XEP-0198 §4). */
  manage(): void {
    this.#ledger.open();
  }

  /** From now on this is the stream; without one, stanzas wait for the next. */
  attach(stream: ServerStream | undefined): void {
    this.#stream = stream;
    this.#askedAt = undefined;
  }

  /** The end; returns what the client may not have. */
  close(): readonly Element[] {
    this.#stream = undefined;
    return this.#ledger.close();
  }

  /**
   * @throws XmlError for what no XML can express
   */
  send(sent: Element): void {
    const isKept = this.#ledger.isOpen && stanzaKind(sent) !== undefined;
    if (this.#stream) this.#stream.send(sent);
    else serialize(sent);
    if (!isKept) return;
    this.#ledger.add(sent);
    this.#ask();
  }

  /** Sends again what the client does not have (XEP-0198 §5). */
  replay(): void {
    for (const stanza of this.#ledger.unacknowledged) this.#stream?.send(stanza);
    if (this.#ledger.size > 0) this.#ask();
  }

  /**
   * Takes what the client sent: counts stanzas, and answers `true` for acknowledgements and questions about them.
   *
   * @throws StreamError for a count that cannot be
   */
  take(received: Element): boolean {
    if (!this.#ledger.isOpen) return false;
    if (stanzaKind(received)) this.#ledger.countReceived();
    if (is(received, 'r', NS_SM)) this.#stream?.send(buildAck(this.#ledger.received));
    else if (is(received, 'a', NS_SM)) this.acknowledge(parseAck(received));
    else return false;
    return true;
  }

  /**
   * The client has this many stanzas.
   *
   * @throws StreamError for a count that cannot be (XEP-0198 §6)
   */
  acknowledge(h: number | undefined): void {
    if (h === undefined) throw new StreamError('bad-format', { text: 'Expected an unsigned integer as h' });
    this.#ledger.acknowledge(h);
    const hasMore = this.#askedAt !== this.#ledger.sent && this.#ledger.size > 0;
    this.#askedAt = undefined;
    if (hasMore) this.#ask();
  }

  /** Behind all that is sent in this turn, and once until it is answered. */
  #ask(): void {
    const stream = this.#stream;
    if (stream === undefined || this.#askedAt !== undefined) return;
    this.#askedAt = this.#ledger.sent;
    queueMicrotask(() => {
      if (this.#stream !== stream) return;
      this.#askedAt = this.#ledger.sent;
      stream.send(buildAckRequest());
    });
  }
}
