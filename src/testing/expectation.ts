import { OptionError } from '../errors/index.ts';
import { STREAM_FOOTER } from '../stream/index.ts';
import { type Attributes, createTokenizer, type Element, textOf } from '../xml/index.ts';
import { serverHeader } from './server-header.ts';

/**
 * What is expected to come. Text is XML as it stands in a stream: whatever it mentions must be there (name, namespace,
 * attributes, children in any order, text), and what it does not mention may be anything. `<stream:stream to="…">` stands
 * for a header, `</stream:stream>` for the end of the stream. A regular expression is tried on the XML, in which
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
  if (text === STREAM_FOOTER) {
    return { description: text, isHeader: false, accepts: ({ type }) => type === 'end' };
  }
  const isHeader = text.startsWith('<stream:stream') || text.startsWith('<?xml');
  const wanted = isHeader ? parseHeaderPattern(text) : parseFragment(text);
  const type = isHeader ? 'header' : 'element';
  return {
    description: text,
    isHeader,
    accepts: (arrival) => arrival.type === type && !!arrival.element && isLike(arrival.element, wanted),
  };
}

/** Parses one element as it stands in a stream of a client: with the prefix `stream`, and in `jabber:client` without one. */
function parseFragment(xml: string): Element {
  const tokenizer = createTokenizer();
  tokenizer.write(new TextEncoder().encode(serverHeader({}) + xml));
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
