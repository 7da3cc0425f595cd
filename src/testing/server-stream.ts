import { maskSasl } from '../sasl/index.ts';
import { createId, NS_CLIENT } from '../stanza/index.ts';
import { type FramedToken, StreamError, type StreamHeader, type StreamReader } from '../stream/index.ts';
import { completeLimits, type Element, type GivenXmlLimits, serialize } from '../xml/index.ts';
import type { Link, LinkListener } from './link.ts';
import { openingTag, streamHeader } from './stream-header.ts';

/** What a stream tells the one who speaks on it. Whatever a handler throws ends the stream. */
export interface StreamHandler {
  opened(header: StreamHeader): void;
  received(element: Element): void;
  /** TLS stands; the client opens the stream anew. */
  secured(): void;
  /** The stream is over; it is lost if neither side closed it. Said once, last. */
  ended(isLost: boolean): void;
}

/** How a stream is to be read and shown. */
export interface StreamOptions {
  /** The domain that is served, for the header. */
  readonly domain: string;
  readonly limits: GivenXmlLimits | undefined;
  /** Sees each header, element and closing tag; payloads of SASL are masked. */
  readonly log: ((direction: 'received' | 'sent', text: string) => void) | undefined;
}

/** XML 1.0 §2.3. */
const SPACE: readonly number[] = [0x20, 0x09, 0x0a, 0x0d];

/**
 * The server's side of a stream (RFC 6120 §4, RFC 7395): a link, a reader, and what is sent in one turn joined. Everything wrong
 * that comes is answered with a stream error; nothing that comes can make it throw.
 */
export class ServerStream implements LinkListener {
  readonly #link: Link;
  readonly #options: StreamOptions;
  readonly #handler: StreamHandler;
  #reader: StreamReader;
  #state: 'awaitingHeader' | 'headerReceived' | 'open' | 'over' = 'awaitingHeader';
  #isSuspended = false;
  #allowsSpace = true;
  #lastByte: number | undefined;
  #outgoing: string[] = [];

  constructor(link: Link, options: StreamOptions, handler: StreamHandler) {
    this.#link = link;
    this.#options = options;
    this.#handler = handler;
    this.#reader = this.#createReader();
  }

  /** Answers the client's header (RFC 6120 §4.7), then says what there is (§4.3.2). */
  open(to: string | undefined, features: Element): void {
    this.#sendHeader(to);
    this.send(features);
  }

  /**
   * @throws XmlError for what no XML can express
   */
  send(element: Element): void {
    if (this.#state !== 'open') return;
    const text = this.#link.framing.formatElement(element);
    this.#logElement('sent', element);
    this.#write(text);
  }

  /** The next thing the client sends is a new header (RFC 6120 §6.4.6). */
  restart(): void {
    this.#reader.restart();
    this.#state = 'awaitingHeader';
  }

  /** Consents to TLS. What came behind the request is somebody else's: the connection is cut (RFC 6120 §5.3.3). */
  startTls(proceed: Element): void {
    if (this.#reader.hasUnread) {
      this.reset();
      return;
    }
    this.send(proceed);
    this.#flush();
    this.#state = 'awaitingHeader';
    this.#link.startTls();
  }

  /** Reads nothing more until {@link resume}. */
  suspend(): void {
    this.#isSuspended = true;
    this.#link.pause();
  }

  /** Reads on, after something was done that a handler would do. */
  resume(first: () => void): void {
    if (this.#state === 'over') return;
    this.#guard(first);
    this.#isSuspended = false;
    this.#link.resume();
    this.#guard(() => this.#read());
  }

  /** Whether white space may come between elements (XEP-0388 §2.4). */
  allowSpace(isAllowed: boolean): void {
    this.#allowsSpace = isAllowed;
  }

  /** Ends the stream with an error (RFC 6120 §4.9.1.1). */
  fail(error: StreamError): void {
    if (this.#state === 'over') return;
    // An error at the start of a stream needs a stream to be sent in: RFC 6120 §4.9.1.2.
    if (this.#state !== 'open') this.#sendHeader(undefined);
    this.send(error.toElement());
    this.close();
  }

  /** Ends the stream (RFC 6120 §4.4). */
  close(): void {
    if (this.#state === 'over') return;
    if (this.#state === 'open') this.#writeLogged(this.#link.framing.formatFooter());
    this.#flush();
    this.#link.end();
    this.#end(false);
  }

  /** Cuts the connection. */
  reset(): void {
    this.#link.reset();
    this.#end(true);
  }

  received(bytes: Uint8Array): void {
    if (this.#state === 'over') return;
    this.#guard(() => {
      if (!this.#reader.hasUnread) this.#checkSpace(bytes[0]);
      this.#lastByte = bytes.at(-1);
      this.#reader.write(bytes);
      this.#read();
    });
  }

  secured(): void {
    this.#reader = this.#createReader();
    this.#handler.secured();
  }

  closed(): void {
    this.#end(true);
  }

  #createReader(): StreamReader {
    return this.#link.framing.createReader(completeLimits(this.#options.limits ?? {}));
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.fail(error instanceof StreamError ? error : new StreamError('internal-server-error', { cause: error }));
    }
  }

  #read(): void {
    while (!this.#isSuspended && this.#state !== 'over') {
      const token = this.#reader.read();
      if (token === undefined) {
        if (!this.#reader.hasUnread) this.#checkSpace(this.#lastByte);
        return;
      }
      this.#take(token);
    }
  }

  /** Looks at the first and the last byte between two elements. */
  #checkSpace(byte: number | undefined): void {
    if (this.#allowsSpace || byte === undefined || !SPACE.includes(byte)) return;
    throw new StreamError('policy-violation', { text: 'Expected a response, got white space' });
  }

  #take(token: FramedToken): void {
    switch (token.type) {
      case 'header':
        this.#state = 'headerReceived';
        this.#log('received', openingTag(token.header));
        this.#handler.opened(this.#link.framing.parseHeader(token));
        break;
      case 'element':
        this.#logElement('received', token.element);
        this.#handler.received(token.element);
        break;
      case 'end':
        this.#log('received', this.#link.framing.formatFooter());
        this.close();
        break;
      case 'error':
        this.fail(new StreamError(token.error.condition, { text: token.error.message }));
        break;
    }
  }

  #sendHeader(to: string | undefined): void {
    if (this.#state === 'over') return;
    this.#state = 'open';
    const attributes = { from: this.#options.domain, to, id: createId(), version: '1.0', 'xml:lang': 'en' };
    this.#writeLogged(streamHeader(attributes, this.#link.framing));
  }

  #writeLogged(text: string): void {
    this.#log('sent', text);
    this.#write(text);
  }

  #logElement(direction: 'received' | 'sent', shown: Element): void {
    if (this.#options.log) this.#log(direction, serialize(maskSasl(shown), NS_CLIENT));
  }

  /** A log that fails must not cost a client its stream. */
  #log(direction: 'received' | 'sent', text: string): void {
    try {
      this.#options.log?.(direction, text);
    } catch {}
  }

  #write(text: string): void {
    if (this.#outgoing.length === 0) queueMicrotask(() => this.#flush());
    this.#outgoing.push(text);
  }

  #flush(): void {
    const texts = this.#outgoing;
    this.#outgoing = [];
    if (texts.length === 0 || this.#state === 'over') return;
    for (const text of this.#link.framing.joins ? [texts.join('')] : texts) this.#link.write(text);
  }

  #end(isLost: boolean): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#handler.ended(isLost);
  }
}
