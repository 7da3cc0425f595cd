import { OptionError } from '../errors/index.ts';
import { documentFraming, NS_FRAMING, NS_STREAM, STREAM_FOOTER } from '../stream/index.ts';
import { createTokenizer, type Element, is, type StreamToken } from '../xml/index.ts';
import { differenceOf, readPattern } from './pattern.ts';
import { streamHeader } from './stream-header.ts';
import { maskIn, maskTyped } from './typed-sasl.ts';

/**
 * What is expected to come. Text is XML as it stands in a stream: the prefix `stream` is declared, and what has no namespace is
 * in `jabber:client`. It is a pattern: whatever it mentions must be there (name, namespace, attributes, children in any order,
 * text), and what it does not mention may be anything. Two children in it stand for two children. White space around texts does
 * not count. In place of the value of an attribute, or of the text of an element, these have a meaning:
 *
 * - `*`: there must be one, whatever it is: `<iq type="get" id="*"/>`, `<body>*</body>`. As a namespace it is any, also for the
 *   children that declare none of their own: `<query xmlns="*"/>`.
 * - `!`: there must be none: `<message from="!"/>`. As the text of a child it is the child that must not be there, in any namespace
 *   unless it declares one: `<message><delay xmlns="urn:xmpp:delay">!</delay></message>`.
 * - `/…/`: a regular expression (with the flag `u`) must match in it: `<message id="/^[0-9a-f]{8}$/"/>`. So a value that is itself
 *   an asterisk is expected as `/^\*$/`.
 *
 * `<stream:stream to="…">` stands for a header, `</stream:stream>` for the end of the stream, over a WebSocket as well. Instead of
 * text, a regular expression is tried on the XML, in which attributes have double quotes, and stream features and errors the
 * prefix `stream`, however they were sent; a function sees the element.
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
  /** The first thing in which this is not what was expected, in words; `undefined` if it is. */
  differenceOf(arrival: Arrival): string | undefined;
}

/**
 * Reads what a test expects.
 *
 * @throws OptionError for text that is no XML, or no pattern
 */
export function readExpected(expected: Expected): Expectation {
  if (typeof expected === 'string') return readText(expected.trim());
  return expected instanceof RegExp ? readExpression(expected) : readFunction(expected);
}

/** Parses one element as it stands in a client's stream: with the prefix `stream`, and in `jabber:client` without one. */
export function parseFragment(xml: string): Element {
  // A test may expect as much as it likes.
  const tokenizer = createTokenizer({ maxElementBytes: Number.POSITIVE_INFINITY });
  tokenizer.write(new TextEncoder().encode(streamHeader({}, documentFraming) + xml));
  tokenizer.read();
  const token = tokenizer.read();
  const next = tokenizer.read();
  if (token?.type === 'element' && next === undefined && !tokenizer.hasUnread) return token.element;
  const reason = token?.type === 'element' ? 'there is more behind it' : whyNone(token);
  throw new OptionError(`Expected the XML of one element, got ${JSON.stringify(maskTyped(xml))}: ${reason}`);
}

/** With the flags `g` and `y` an expression remembers where it matched last, and would look on from there in what comes next. */
function readExpression(expected: RegExp): Expectation {
  const expression = new RegExp(expected.source, expected.flags.replace(/[gy]/g, ''));
  return {
    description: String(expected),
    isHeader: false,
    differenceOf: ({ type, text }) =>
      type !== 'error' && expression.test(text) ? undefined : 'the expression does not match',
  };
}

function readFunction(expected: (element: Element) => boolean): Expectation {
  return {
    description: String(expected),
    isHeader: false,
    differenceOf: ({ element }) => (element && expected(element) ? undefined : 'the function does not accept it'),
  };
}

function readText(text: string): Expectation {
  if (text === STREAM_FOOTER) return expectEnd(text);
  if (text.startsWith('<stream:stream') || text.startsWith('<?xml')) return expectHeader(text, parseHeaderTag(text));
  const wanted = parseFragment(text);
  if (is(wanted, 'open', NS_FRAMING)) return expectHeader(text, wanted);
  if (is(wanted, 'close', NS_FRAMING)) return expectEnd(text);
  const pattern = readPattern(wanted);
  return {
    description: maskTyped(text),
    isHeader: false,
    differenceOf: ({ type, element }) => {
      if (type !== 'element' || element === undefined) return otherKind('element', type);
      const difference = differenceOf(element, pattern);
      return difference && maskIn(difference, element, wanted);
    },
  };
}

function expectEnd(description: string): Expectation {
  return {
    description,
    isHeader: false,
    differenceOf: ({ type }) => (type === 'end' ? undefined : otherKind('end', type)),
  };
}

/** A start tag stands for `<open/>`, too, which has the same attributes (RFC 7395 §3.4). */
function expectHeader(description: string, wanted: Element): Expectation {
  const pattern = readPattern(wanted);
  return {
    description,
    isHeader: true,
    differenceOf: ({ type, element }) => {
      if (type !== 'header' || element === undefined) return otherKind('header', type);
      const isStandIn = is(element, 'open', NS_FRAMING) && !is(wanted, 'open', NS_FRAMING);
      return differenceOf(isStandIn ? { ...element, name: 'stream', namespace: NS_STREAM } : element, pattern);
    },
  };
}

const KINDS = { header: 'a stream header', element: 'an element', end: 'the end of the stream', error: 'no XML' };

function otherKind(expected: Arrival['type'], got: Arrival['type']): string {
  return `expected ${KINDS[expected]}, got ${KINDS[got]}`;
}

function parseHeaderTag(xml: string): Element {
  const tokenizer = createTokenizer();
  const declared = xml.includes('xmlns:stream')
    ? xml
    : xml.replace('<stream:stream', `<stream:stream xmlns:stream="${NS_STREAM}"`);
  tokenizer.write(new TextEncoder().encode(declared));
  const token = tokenizer.read();
  if (token?.type === 'header') return token.header;
  throw new OptionError(`Expected the opening tag of a stream, got ${JSON.stringify(xml)}: ${whyNone(token)}`);
}

function whyNone(token: StreamToken | undefined): string {
  return token?.type === 'error' ? token.error.message : 'it is not complete';
}
