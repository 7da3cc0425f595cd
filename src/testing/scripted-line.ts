import { maskSasl } from '../sasl/index.ts';
import { type Element, element, type GivenXmlLimits } from '../xml/index.ts';
import { type Arrival, type Expected, readExpected } from './expectation.ts';
import { Inbox } from './inbox.ts';
import type { Link, LinkListener } from './link.ts';
import { inStream } from './stream-header.ts';
import { maskTyped } from './typed-sasl.ts';

/** How much of a conversation an error shows. */
const LINES_SHOWN = 20;
const LINE_LENGTH = 500;

/** Who speaks as the script says. */
export type Side = 'client' | 'server';

/** What the scripts on a line go by. */
export interface LineOptions {
  readonly side: Side;
  /** The domain of the server. */
  readonly domain: string;
  /** How long is waited for something to come, in milliseconds. */
  readonly timeout: number;
  /** What the other side may send at most. */
  readonly limits?: GivenXmlLimits | undefined;
}

/** One connection of a scripted server, or of a scripted client, with all that a script does to it. */
export class ScriptedLine implements LinkListener {
  readonly link: Link;
  readonly domain: string;
  readonly #side: Side;
  readonly #timeout: number;
  readonly #inbox: Inbox;
  readonly #transcript: string[] = [];
  /** Why the connection ended, in parentheses; empty if nothing failed. */
  #reason = '';
  #isOver = false;
  /** How this side ended the connection. */
  #farewell: string | undefined;
  #whenSettled: (() => void) | undefined;
  #whenOver: (() => void) | undefined;

  constructor(link: Link, { side, domain, timeout, limits }: LineOptions) {
    this.link = link;
    this.domain = domain;
    this.#side = side;
    this.#timeout = timeout;
    this.#inbox = new Inbox(link.framing, limits);
  }

  received(bytes: Uint8Array): void {
    this.#inbox.put(bytes);
  }

  secured(): void {
    this.#whenSettled?.();
  }

  closed(reason?: Error): void {
    this.#isOver = true;
    if (reason) this.#reason = ` (${reason.message})`;
    this.#inbox.end('closed');
    this.#whenSettled?.();
    this.#whenOver?.();
  }

  /** Whoever waits need not wait any longer: the test is over. Resolves when the connection is gone. */
  stop(): Promise<void> {
    this.#inbox.end('stopped');
    this.#leave(this.#itWasStopped());
    this.link.reset();
    return new Promise((resolve) => {
      if (this.#isOver) resolve();
      else this.#whenOver = resolve;
    });
  }

  /** Sends as it is; what it says for SASL is not shown. */
  send(data: string | Uint8Array): void {
    this.#note(this.#side, masked(data));
    this.link.write(data);
  }

  /** The same, where it must not get lost. Fails if the connection is over, as far as this side knows. */
  say(data: string | Uint8Array): void {
    const end = this.#end;
    if (end !== undefined) throw this.fail(`Expected to send: ${clipped(masked(data))}\nInstead: ${end}`);
    this.send(data);
  }

  /** Sends an element; what it says for SASL is not shown. */
  sendElement(sent: Element): void {
    const { framing } = this.link;
    this.#note(this.#side, framing.formatElement(maskSasl(sent)));
    this.link.write(framing.formatElement(sent));
  }

  /** Closes the stream, if there is one still, and ends the connection (RFC 6120 §4.4). */
  close(): void {
    if (this.#end === undefined) this.send(this.link.framing.formatFooter());
    this.end();
  }

  /** Ends the connection without a word. */
  end(): void {
    this.#leave('the script had ended the connection');
    this.link.end();
  }

  /** Cuts the connection. */
  reset(): void {
    this.#leave('the script had reset the connection');
    this.link.reset();
  }

  /** The next thing that comes must be the expected one, or an element that is welcome as well. */
  async receive(expected: Expected, isWelcome?: (element: Element) => boolean): Promise<Element> {
    const expectation = readExpected(expected);
    const arrival = await this.#take(expectation.isHeader, expectation.description);
    if (arrival.element && isWelcome?.(arrival.element)) return arrival.element;
    const difference = expectation.differenceOf(arrival);
    if (difference === undefined) return elementOf(arrival);
    throw this.#disappointed(expectation.description, `it sent ${shown(arrival)}\nDifference: ${difference}`);
  }

  /** What is expected must come in time, other things may come before it. */
  async await(expected: Expected): Promise<Element> {
    const expectation = readExpected(expected);
    const deadline = performance.now() + this.#timeout;
    for (let hasCome = false; ; hasCome = true) {
      const late = hasCome ? `it did not come within ${this.#timeout} ms` : this.#nothingCame();
      const arrival = await this.#take(expectation.isHeader, expectation.description, { deadline, late });
      if (expectation.differenceOf(arrival) === undefined) return elementOf(arrival);
    }
  }

  /** Everything that comes until the connection is gone, which it must be in time. */
  async rest(): Promise<string[]> {
    const came: string[] = [];
    const deadline = performance.now() + this.#timeout;
    for (;;) {
      const arrival = await this.#inbox.take(false, deadline - performance.now());
      if (arrival === 'closed' || arrival === 'stopped') return came;
      if (arrival === undefined)
        throw this.#disappointed('the end of the connection', `it stayed for ${this.#timeout} ms`);
      this.#note(this.#peer, shown(arrival));
      came.push(arrival.text);
    }
  }

  /** Does this side's part of the TLS handshake, until it is done or failed; then the connection is gone. */
  async secure(): Promise<void> {
    if (this.#isOver) return;
    this.#inbox.renew();
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        this.#whenSettled = resolve;
        const late = () => reject(this.#disappointed('its part of the TLS handshake', this.#nothingCame()));
        timer = setTimeout(late, this.#timeout);
        this.link.startTls();
      });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Fails if the connection is gone. */
  assertOpen(expected: string): void {
    if (this.#isOver) throw this.#disappointed(expected, this.#itEnded());
  }

  /** A script came to something that it does not know how to go on from. */
  fail(reason: string, cause?: unknown): Error {
    return new Error(`${reason}\n${this.#history()}`, { cause });
  }

  get #peer(): Side {
    return this.#side === 'client' ? 'server' : 'client';
  }

  async #take(
    wantsHeader: boolean,
    description: string,
    { deadline = performance.now() + this.#timeout, late = this.#nothingCame() } = {},
  ): Promise<Arrival> {
    const arrival = await this.#inbox.take(wantsHeader, deadline - performance.now());
    if (arrival === undefined) throw this.#disappointed(description, late);
    if (arrival === 'closed') throw this.#disappointed(description, this.#itEnded());
    if (arrival === 'stopped') throw this.#disappointed(description, this.#itWasStopped());
    this.#note(this.#peer, shown(arrival));
    return arrival;
  }

  #nothingCame(): string {
    return `nothing came within ${this.#timeout} ms`;
  }

  #leave(how: string): void {
    if (!this.#isOver) this.#farewell ??= how;
  }

  #itEnded(): string {
    return `the connection ended${this.#reason}`;
  }

  #itWasStopped(): string {
    return `the scripted ${this.#side} was stopped`;
  }

  /** Why nothing can be sent any more, as far as that is known. */
  get #end(): string | undefined {
    return this.#farewell ?? (this.#isOver ? this.#itEnded() : undefined);
  }

  #disappointed(expected: string, instead: string): Error {
    return this.fail(`Expected from the ${this.#peer}: ${expected}\nInstead: ${instead}`);
  }

  #history(): string {
    return ['Conversation (C: client, S: server):', ...this.#transcript].join('\n');
  }

  #note(speaker: Side, text: string): void {
    this.#transcript.push(`  ${speaker === 'client' ? 'C' : 'S'}: ${clipped(text)}`);
    if (this.#transcript.length > LINES_SHOWN) this.#transcript.shift();
  }
}

function masked(data: string | Uint8Array): string {
  return typeof data === 'string' ? maskTyped(data) : `${data.length} bytes`;
}

function clipped(text: string): string {
  return text.slice(0, LINE_LENGTH);
}

/** What came, as errors show it: without secrets. */
function shown({ type, element: received, text }: Arrival): string {
  return type === 'element' && received ? inStream(maskSasl(received)) : text;
}

/** The end of a stream has no element; nothing is what a script can say about it. */
function elementOf({ element: received }: Arrival): Element {
  return received ?? element('end');
}
