import { OptionError } from '../errors/index.ts';
import { documentFraming, NS_FRAMING, NS_STREAM, STREAM_FOOTER } from '../stream/index.ts';
import { type Attributes, createTokenizer, type Element, is, textOf } from '../xml/index.ts';
import { serverHeader } from './server-header.ts';

/**
 * What is expected to come. Text is XML as it stands in a stream: whatever it mentions must be there (name, namespace,
 * attributes, children in any order, text), and what it does not mention may be anything. `<stream:stream to="…">` stands
 * for a header, `</stream:stream>` for the end of the stream, over a WebSocket as well. A regular expression is tried on the XML, in which
 * attributes have double quotes; a function sees the element.
 */
export type Expected = string | RegExp | ((element: Element) => boolean);

/** Something that came. */
export interface Arrival {
  readonly type: 'header' | 'element' | 'end' | 'error';
  /** Of a header without children; of the closing tag, and of what is no XML, there is none. */
  readonly element: Element | undefined;
  /** As XML, or in parentheses why it is none. */
  readonly text: string;
}

/** An expectation that is ready to be compared. */
export interface Expectation {
  /** For error messages. */
  readonly description: string;
  /** Whether a stream header is expected, so that the stream starts anew. */
  readonly isHeader: boolean;
  accepts(arrival: Arrival): boolean;
}

/**
 * Reads what a test expects.
 *
 * @throws OptionError for text that is no XML
 */
export function readExpected(expected: Expected): Expectation {
  if (typeof expected === 'string') return readPattern(expected);
  const accepts =
    expected instanceof RegExp
      ? ({ type, text }: Arrival) => type !== 'error' && expected.test(text)
      : ({ element }: Arrival) => element !== undefined && expected(element);
  return { description: String(expected), isHeader: false, accepts };
}

function readPattern(pattern: string): Expectation {
  const text = pattern.trim();
  if (text === STREAM_FOOTER) return expectEnd(text);
  if (text.startsWith('<stream:stream') || text.startsWith('<?xml'))
    return expectHeader(text, parseHeaderPattern(text));
  const wanted = parseFragment(text);
  if (is(wanted, 'open', NS_FRAMING)) return expectHeader(text, wanted);
  if (is(wanted, 'close', NS_FRAMING)) return expectEnd(text);
  return {
    description: text,
    isHeader: false,
    accepts: ({ type, element }) => type === 'element' && !!element && isLike(element, wanted),
  };
}

function expectEnd(description: string): Expectation {
  return { description, isHeader: false, accepts: ({ type }) => type === 'end' };
}

/** A start tag stands for `<open/>`, too, which has the same attributes (RFC 7395 §3.4). */
function expectHeader(description: string, wanted: Element): Expectation {
  const accepts = ({ type, element }: Arrival): boolean => {
    if (type !== 'header' || element === undefined) return false;
    const isStandIn = is(element, 'open', NS_FRAMING) && !is(wanted, 'open', NS_FRAMING);
    return isLike(isStandIn ? { ...element, name: 'stream', namespace: NS_STREAM } : element, wanted);
  };
  return { description, isHeader: true, accepts };
}

/** Parses one element as it stands in a stream of a client: with the prefix `stream`, and in `jabber:client` without one. */
function parseFragment(xml: string): Element {
  const tokenizer = createTokenizer();
  tokenizer.write(new TextEncoder().encode(serverHeader({}, documentFraming) + xml));
  tokenizer.read();
  const token = tokenizer.read();
  if (token?.type === 'element') return token.element;
  const reason = token?.type === 'error' ? token.error.message : 'it is not complete';
  throw new OptionError(`Expected the XML of one element, got ${JSON.stringify(xml)}: ${reason}`);
}

function parseHeaderPattern(xml: string): Element {
  const tokenizer = createTokenizer();
  const declared = xml.includes('xmlns:stream')
    ? xml
    : xml.replace('<stream:stream', '<stream:stream xmlns:stream="http://etherx.jabber.org/streams"');
  tokenizer.write(new TextEncoder().encode(declared));
  const token = tokenizer.read();
  if (token?.type === 'header') return token.header;
  const reason = token?.type === 'error' ? token.error.message : 'it is not complete';
  throw new OptionError(`Expected the opening tag of a stream, got ${JSON.stringify(xml)}: ${reason}`);
}

function isLike(actual: Element, wanted: Element): boolean {
  if (actual.name !== wanted.name || actual.namespace !== wanted.namespace) return false;
  if (!hasAttributes(actual.attributes, wanted.attributes)) return false;
  const text = textOf(wanted).trim();
  if (text !== '' && textOf(actual).trim() !== text) return false;
  return wanted.children.every(
    (child) =>
      typeof child === 'string' || actual.children.some((other) => typeof other !== 'string' && isLike(other, child)),
  );
}

function hasAttributes(actual: Attributes, wanted: Attributes): boolean {
  return Object.entries(wanted).every(([name, value]) => actual[name] === value);
}
