import { beginningOf } from '../errors/index.ts';
import { NS_CLIENT } from '../stanza/index.ts';
import {
  type Element,
  element,
  INHERITED,
  is,
  parseElement,
  serialize,
  XmlError,
  type XmlLimits,
} from '../xml/index.ts';
import type { FramedToken, Framing, HeaderToken, StreamReader } from './framing.ts';
import { parseHeader, type StreamHeader } from './header.ts';
import { NS_STREAM } from './namespaces.ts';
import { StreamError } from './stream-error.ts';

/** `<open/>` and `<close/>` (RFC 7395 §3.3.2). */
export const NS_FRAMING = 'urn:ietf:params:xml:ns:xmpp-framing';

/**
 * Each header, element and end of a stream is a document and a message of its own (RFC 7395 §3.3.3): over WebSockets. What
 * a wire with this framing receives at once is one message.
 */
export const messageFraming: Framing = {
  joins: false,
  buildHeader: ({ to, from, lang, id }) =>
    serialize(element(`{${NS_FRAMING}}open`, { from, to, id, version: '1.0', 'xml:lang': lang })),
  // No document around it declares a namespace.
  formatElement: (sent) => serialize(sent.namespace === INHERITED ? { ...sent, namespace: NS_CLIENT } : sent),
  formatError: (error) => serialize(error.toElement()),
  formatFooter: (seeOtherUri) => serialize(element(`{${NS_FRAMING}}close`, { 'see-other-uri': seeOtherUri })),
  formatHeader: ({ header }) => serialize(header),
  parseHeader: parseOpen,
  createReader: (limits) => new MessageReader(limits),
};

/** How much of what came an error repeats, in UTF-16 units. */
const QUOTED_LENGTH = 100;

/** The attributes of `<open/>` are those of a stream header (RFC 7395 §3.4). */
function parseOpen({ header }: HeaderToken): StreamHeader {
  const { name, namespace } = header;
  if (is(header, 'open', NS_FRAMING)) return parseHeader({ ...header, name: 'stream', namespace: NS_STREAM });
  const came = `<${beginningOf(name, QUOTED_LENGTH)}/> in ${JSON.stringify(namespace.slice(0, QUOTED_LENGTH))}`;
  throw new StreamError(namespace === NS_FRAMING ? 'bad-format' : 'invalid-namespace', {
    text: `Expected <open/> in "${NS_FRAMING}", got ${came}`,
  });
}

/** Makes a token of each message. */
class MessageReader implements StreamReader {
  readonly #limits: XmlLimits;
  readonly #messages: Uint8Array[] = [];
  #state: 'opening' | 'open' | 'closed' | 'failed' = 'opening';

  constructor(limits: XmlLimits) {
    this.#limits = limits;
  }

  get hasUnread(): boolean {
    return this.#messages.length > 0;
  }

  write(message: Uint8Array): void {
    // No white space may keep a connection alive here (RFC 7395 §3.8), yet it means nothing that anybody could misunderstand.
    if (this.#state !== 'failed' && !message.every(isSpace)) this.#messages.push(message);
  }

  read(): FramedToken | undefined {
    const message = this.#messages.shift();
    if (message === undefined) return undefined;
    try {
      return this.#take(parseElement(message, this.#limitsNow()));
    } catch (error) {
      if (!(error instanceof XmlError)) throw error;
      this.#state = 'failed';
      this.#messages.length = 0;
      return { type: 'error', error };
    }
  }

  restart(): void {
    if (this.#state !== 'failed') this.#state = 'opening';
  }

  #take(received: Element): FramedToken {
    if (this.#state === 'closed')
      throw new XmlError('not-well-formed', 'expected nothing after <close/>, got a message');
    if (is(received, 'close', NS_FRAMING)) {
      this.#state = 'closed';
      return { type: 'end', seeOtherUri: received.attributes['see-other-uri'] };
    }
    // A server that refuses a stream may be too much in a hurry to open it first, as RFC 7395 §3.5 wants.
    const mayComeFirst = is(received, 'error', NS_STREAM);
    if (is(received, 'open', NS_FRAMING) || (this.#state === 'opening' && !mayComeFirst)) {
      this.#state = 'open';
      return { type: 'header', header: received, contentNamespace: '' };
    }
    return { type: 'element', element: received };
  }

  #limitsNow(): XmlLimits {
    const limits = this.#limits;
    return this.#state === 'opening' ? { ...limits, maxElementBytes: limits.maxHeaderBytes } : limits;
  }
}

/** XML 1.0 §2.3. */
function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
