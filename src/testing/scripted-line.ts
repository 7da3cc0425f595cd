import { type Element, element } from '../xml/index.ts';
import { type Arrival, type Expected, readExpected } from './expectation.ts';
import { Inbox } from './inbox.ts';
import type { Link, LinkListener } from './link.ts';

/** How much of a conversation an error shows. */
const LINES_SHOWN = 20;
const LINE_LENGTH = 500;

/** One connection of a scripted server, with all that a script does to it. */
export class ScriptedLine implements LinkListener {
  readonly link: Link;
  readonly domain: string;
  /** How long is waited for something to come, in milliseconds. */
  readonly timeout: number;
  readonly #inbox: Inbox;
  readonly #transcript: string[] = [];
  #whenSecured: (() => void) | undefined;

  constructor(link: Link, domain: string, timeout: number) {
    this.link = link;
    this.#inbox = new Inbox(link.framing);
    this.domain = domain;
    this.timeout = timeout;
  }

  received(bytes: Uint8Array): void {
    this.#inbox.put(bytes);
  }

  secured(): void {
    this.#whenSecured?.();
  }

  closed(): void {
    this.#inbox.end('closed');
    this.#whenSecured?.();
  }

  /** Whoever waits need not wait any longer: the test is over. */
  stop(): void {
    this.#inbox.end('stopped');
    this.link.reset();
  }

  send(data: string | Uint8Array): void {
    this.#note('S', typeof data === 'string' ? data : `${data.length} bytes`);
    this.link.write(data);
  }

  sendElement(sent: Element): void {
    this.send(this.link.framing.formatElement(sent));
  }

  /** The next thing that comes must be the expected one. */
  async receive(expected: Expected): Promise<Element> {
    const expectation = readExpected(expected);
    const arrival = await this.#take(expectation.isHeader, expectation.description);
    if (!expectation.accepts(arrival)) throw this.#disappointed(expectation.description, `it sent ${arrival.text}`);
    return elementOf(arrival);
  }

  /** What is expected must come, other things may come before it. */
  async await(expected: Expected): Promise<Element> {
    const expectation = readExpected(expected);
    for (;;) {
      const arrival = await this.#take(expectation.isHeader, expectation.description);
      if (expectation.accepts(arrival)) return elementOf(arrival);
    }
  }

  /** Everything that comes until the connection is gone. */
  async rest(): Promise<string[]> {
    const came: string[] = [];
    for (;;) {
      const arrival = await this.#inbox.take(false, this.timeout);
      if (arrival === 'closed' || arrival === 'stopped') return came;
      if (arrival === undefined) throw this.#disappointed('the end of the connection', 'it stayed');
      this.#note('C', arrival.text);
      came.push(arrival.text);
    }
  }

  /** Does the server's side of the TLS handshake. */
  async secure(): Promise<void> {
    this.#inbox.renew();
    this.link.startTls();
    await new Promise<void>((resolve) => {
      this.#whenSecured = resolve;
    });
    this.#whenSecured = undefined;
  }

  /** A script came to something that it does not know how to go on from. */
  fail(reason: string): Error {
    return new Error(`${reason}\n${this.#history()}`);
  }

  async #take(wantsHeader: boolean, description: string): Promise<Arrival> {
    const arrival = await this.#inbox.take(wantsHeader, this.timeout);
    if (arrival === undefined) throw this.#disappointed(description, `nothing came within ${this.timeout} ms`);
    if (arrival === 'closed') throw this.#disappointed(description, 'the connection ended');
    if (arrival === 'stopped') throw this.#disappointed(description, 'the scripted server was stopped');
    this.#note('C', arrival.text);
    return arrival;
  }

  #disappointed(expected: string, instead: string): Error {
    return this.fail(`Expected from the client: ${expected}\nInstead: ${instead}`);
  }

  #history(): string {
    return ['Conversation (C: client, S: server):', ...this.#transcript].join('\n');
  }

  #note(speaker: 'C' | 'S', text: string): void {
    this.#transcript.push(`  ${speaker}: ${text.slice(0, LINE_LENGTH)}`);
    if (this.#transcript.length > LINES_SHOWN) this.#transcript.shift();
  }
}

/** The end of a stream has no element; nothing is what a script can say about it. */
function elementOf({ element: received }: Arrival): Element {
  return received ?? element('end');
}

/** Ends the stream and the connection (RFC 6120 §4.4). */
export function closeStream(line: ScriptedLine): void {
  line.send(line.link.framing.formatFooter());
  line.link.end();
}
