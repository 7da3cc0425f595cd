import { documentFraming, type FramedToken, type Framing, type StreamReader } from '../stream/index.ts';
import { completeLimits, type GivenXmlLimits, type XmlLimits } from '../xml/index.ts';
import type { Arrival } from './expectation.ts';
import { inStream, openingTag } from './stream-header.ts';

/** Why nothing more will come. */
export type Ending = 'closed' | 'stopped';

interface Waiter {
  /** Whether the next thing is a stream header, in a stream that has one already. */
  readonly wantsHeader: boolean;
  resolve(arrival: Arrival | Ending): void;
}

/**
 * What comes on a connection, read only as somebody asks for it: so the reader knows when the stream is to start anew
 * (RFC 6120 §4.3.3).
 */
export class Inbox {
  readonly #framing: Framing;
  readonly #limits: XmlLimits;
  #reader: StreamReader;
  #hasHeader = false;
  #ending: Ending | undefined;
  readonly #waiters: Waiter[] = [];

  constructor(framing: Framing = documentFraming, limits: GivenXmlLimits = {}) {
    this.#framing = framing;
    this.#limits = completeLimits(limits);
    this.#reader = framing.createReader(this.#limits);
  }

  /** Takes bytes, cut anywhere, or those of one message. */
  put(bytes: Uint8Array): void {
    this.#reader.write(bytes);
    this.#serve();
  }

  /** Forgets all that came, for the layer below starts anew. */
  renew(): void {
    this.#reader = this.#framing.createReader(this.#limits);
    this.#hasHeader = false;
  }

  /** Nothing more will come. */
  end(ending: Ending): void {
    this.#ending ??= ending;
    this.#serve();
  }

  /** What comes next; `undefined` if nothing does within the timeout, in milliseconds. */
  async take(wantsHeader: boolean, timeout: number): Promise<Arrival | Ending | undefined> {
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise((resolve) => {
        const waiter = { wantsHeader, resolve };
        timer = setTimeout(() => {
          this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
          resolve(undefined);
        }, timeout);
        this.#waiters.push(waiter);
        this.#serve();
      });
    } finally {
      clearTimeout(timer);
    }
  }

  #serve(): void {
    for (let waiter = this.#waiters[0]; waiter; waiter = this.#waiters[0]) {
      if (waiter.wantsHeader && this.#hasHeader) {
        this.#hasHeader = false;
        this.#reader.restart();
      }
      const token = this.#reader.read();
      const arrival = (token && arrivalOf(token, this.#framing)) ?? this.#ending;
      if (arrival === undefined) return;
      this.#hasHeader ||= token?.type === 'header';
      this.#waiters.shift();
      waiter.resolve(arrival);
    }
  }
}

function arrivalOf(token: FramedToken, framing: Framing): Arrival {
  switch (token.type) {
    case 'header':
      return { type: 'header', element: token.header, text: openingTag(token.header) };
    case 'element':
      return { type: 'element', element: token.element, text: inStream(token.element) };
    case 'end':
      return { type: 'end', element: undefined, text: framing.formatFooter(token.seeOtherUri) };
    case 'error':
      return { type: 'error', element: undefined, text: `(no XML: ${token.error.message})` };
  }
}
