import { NS_CLIENT } from '../../../stanza/index.ts';
import { type FramedToken, NS_STREAM, type StreamReader } from '../../../stream/index.ts';
import { DEFAULT_LIMITS } from '../../../xml/index.ts';
import type { Link, LinkListener } from '../../link.ts';
import { streamHeader } from '../../stream-header.ts';

/** What a new stream begins with. */
const OPENING = /^\s*<(\?xml|open|([^\s/>:]+:)?stream)[\s>]/;

/** A client's connection, on which nothing happens by itself. */
export class ClientLine implements LinkListener {
  readonly link: Link;
  readonly #changed: () => void;
  #reader: StreamReader;
  #hasEnded = false;
  #unwritten = '';
  /** Whether the client closed its stream: what comes behind that is nothing to anybody. */
  #isClosed = false;
  #mayRestart = false;
  /** Whether the connection is gone. */
  isOver = false;
  /** Whether TLS that was begun here stands. */
  isSecured = false;
  /** Stanzas that went out and came in since they are counted (XEP-0198 §4). */
  counts = { sent: 0, received: 0 };

  constructor(link: Link, changed: () => void) {
    this.link = link;
    this.#changed = changed;
    this.#reader = link.framing.createReader(DEFAULT_LIMITS);
  }

  received(bytes: Uint8Array): void {
    if (this.#mayRestart && OPENING.test(Buffer.from(bytes).toString('latin1'))) {
      this.#mayRestart = false;
      this.#reader.restart();
    }
    this.#reader.write(bytes);
    this.#changed();
  }

  secured(): void {
    this.isSecured = true;
    this.#changed();
  }

  closed(): void {
    this.isOver = true;
    this.#changed();
  }

  /** What came next, if anything did. */
  read(): FramedToken | undefined {
    if (this.#isClosed) return undefined;
    const token = this.#reader.read();
    this.#isClosed = token?.type === 'end';
    return token;
  }

  /** Writes anything as it is; texts of one moment in one piece, where they may be joined. */
  write(data: string | Uint8Array): void {
    if (typeof data === 'string' && this.link.framing.joins) {
      if (this.#unwritten === '') queueMicrotask(() => this.#flush());
      this.#unwritten += data;
      return;
    }
    this.#flush();
    if (!this.isOver) this.link.write(data);
  }

  /** Writes an element that says nothing of the namespaces of the stream, in which it stands. */
  say(xml: string): void {
    this.write(this.inStream(xml));
  }

  /** The same for a stanza, which is counted. */
  stanza(xml: string): void {
    this.counts = { ...this.counts, sent: this.counts.sent + 1 };
    this.say(xml);
  }

  /** The same, one byte at a time. */
  trickle(xml: string): void {
    for (const byte of Buffer.from(this.inStream(xml))) this.write(Uint8Array.of(byte));
  }

  /** Over a WebSocket each element declares what the others take from the stream. */
  inStream(xml: string): string {
    if (this.link.framing.joins || !/^<[a-z]/i.test(xml)) return xml;
    const declared = /^<[^>]* xmlns=/.test(xml) ? '' : ` xmlns="${NS_CLIENT}"`;
    return xml.replace(/^<[^\s/>]+/, (name) => {
      return `${name}${declared}${name.includes(':') ? ` xmlns:stream="${NS_STREAM}"` : ''}`;
    });
  }

  /** Answers the client's header. */
  header(attributes: Readonly<Record<string, string | undefined>>): void {
    this.write(streamHeader(attributes, this.link.framing));
  }

  /** The client may open a new stream now (RFC 6120 §4.3.3), or go on in the one that there is. */
  mayRestart(): void {
    this.#mayRestart = true;
  }

  /** Lets the client shake hands; what it sent before is forgotten. */
  startTls(): void {
    this.#flush();
    this.#reader = this.link.framing.createReader(DEFAULT_LIMITS);
    this.link.startTls();
  }

  /** Closes the stream, once (RFC 6120 §4.4). */
  close(): void {
    if (!this.#hasEnded) this.write(this.link.framing.formatFooter());
    this.#hasEnded = true;
  }

  /** Closes the stream, if it is not yet, and ends the connection. */
  end(): void {
    this.close();
    this.#flush();
    this.link.end();
  }

  #flush(): void {
    const text = this.#unwritten;
    this.#unwritten = '';
    if (text !== '' && !this.isOver) this.link.write(text);
  }
}
