import { NS_CLIENT } from '../stanza/index.ts';
import {
  createTokenizer,
  type Element,
  type StreamToken,
  serialize,
  type Tokenizer,
  type XmlLimits,
} from '../xml/index.ts';
import {
  buildHeader,
  formatHeader,
  type HeaderOptions,
  parseHeader,
  STREAM_FOOTER,
  type StreamHeader,
} from './header.ts';
import { formatStreamError, type StreamError } from './stream-error.ts';

/** What opens a stream, as it was received: a start tag, or an element of its own. */
export type HeaderToken = Extract<StreamToken, { type: 'header' }>;

/** What is read from a stream, whatever its framing. */
export type FramedToken = Exclude<StreamToken, { type: 'end' }> | EndToken;

/** The peer closes the stream. */
interface EndToken {
  readonly type: 'end';
  /** Where it wants us to go instead (RFC 7395 §3.6.1), as it came. */
  readonly seeOtherUri?: string | undefined;
}

/** Reads a stream, one token when asked for one. What {@link Tokenizer} says of bytes holds for messages. */
export interface StreamReader extends Tokenizer {
  read(): FramedToken | undefined;
}

/**
 * How a stream is written and read: as one XML document (RFC 6120 §4.2), or as a document for each of its elements
 * (RFC 7395 §3.3). Only a transport knows that there is such a thing, and not even it knows which one it has.
 */
export interface Framing {
  /** Whether texts may be joined to be written at once. Otherwise each is a message of its own. */
  readonly joins: boolean;
  /** The text that opens our stream, or restarts it. */
  buildHeader(options: HeaderOptions): string;
  /** An element of the stream as text. Throws an {@link XmlError} for what no XML can express. */
  formatElement(element: Element): string;
  formatError(error: StreamError): string;
  /** The text that closes a stream. Only servers know another address. */
  formatFooter(seeOtherUri?: string): string;
  /** What {@link buildHeader} is at the other side, as far as it was understood: for logs. */
  formatHeader(token: HeaderToken): string;
  /** Reads what answers our header. Throws a {@link StreamError}, to be sent to the peer. */
  parseHeader(token: HeaderToken): StreamHeader;
  /** A reader for one connection, as strict as {@link createTokenizer}. */
  createReader(limits: XmlLimits): StreamReader;
}

/** A stream is one document (RFC 6120 §4.2): over TCP, TLS, and in memory. */
export const documentFraming: Framing = {
  joins: true,
  buildHeader,
  formatElement: (element) => serialize(element, NS_CLIENT),
  formatError: formatStreamError,
  formatFooter: () => STREAM_FOOTER,
  formatHeader: ({ header, contentNamespace }) => formatHeader(header, contentNamespace),
  parseHeader: ({ header, contentNamespace }) => parseHeader(header, contentNamespace),
  createReader: createTokenizer,
};
