import { is, parseElement, XmlError } from '../xml/index.ts';
import type { XmlObject, XmlValue } from '../xml/object.ts';

/** Namespace of Extensible Resource Descriptors, the XML form of host-meta (RFC 6415 §3). */
export const NS_XRD = 'http://docs.oasis-open.org/ns/xri/xrd-1.0';

/** The relation of links to a WebSocket (XEP-0156 §2.1). Links to BOSH, the other relation, are not followed. */
export const REL_WEBSOCKET = 'urn:xmpp:alt-connections:websocket';

/** What a host-meta document says about WebSockets. */
export interface WebSocketLinks {
  /**
   * Addresses that can be dialled, all `wss:` and in the form that URL parsers write, none twice; the first 8, for a
   * document may name any number. In the order of the document, which means nothing (XEP-0156 §2.2).
   */
  readonly urls: readonly string[];
  /** Why others are left out, for people: `"ws://example.org/ws" does not start with wss://`. At most 8 too. */
  readonly refused: readonly string[];
}

/**
 * Reads a JSON Resource Descriptor (RFC 6415 appendix A): `{"links": [{"rel": …, "href": …}]}`. What is not known is passed
 * over. Throws `SyntaxError` where it is none, `TypeError` where it is no UTF-8.
 */
export function parseJrd(document: Uint8Array): WebSocketLinks {
  const jrd: unknown = JSON.parse(textOf(document));
  if (!isObject(jrd)) throw new SyntaxError(`expected an object, got ${kindOf(jrd)}`);
  const links: unknown = Reflect.get(jrd, 'links');
  if (links === undefined) return sort([]);
  if (!Array.isArray(links)) throw new SyntaxError(`expected “links” to be a list, got ${kindOf(links)}`);
  return sort(
    links.filter(isObject).map((link) => ({ rel: Reflect.get(link, 'rel'), href: Reflect.get(link, 'href') })),
  );
}

/**
 * Reads an XRD document (RFC 6415 §3): `<XRD><Link rel='…' href='…'/></XRD>`. Throws `XmlError` where it is none, `TypeError`
 * where it is no UTF-8.
 *
 * The tokenizer of the stream has to accept the document before fast-xml-parser sees it, and what that one sees is the
 * tokenizer's tree, written anew: no DTD, no entity, nothing ill-formed, and one spelling of namespaces. It is loaded when it
 * is needed, so that pages whose server has the JSON form never fetch it.
 */
export async function parseXrd(document: Uint8Array): Promise<WebSocketLinks> {
  const root = parseElement(withoutAsides(textOf(document)));
  if (!is(root, 'XRD', NS_XRD)) {
    const got = `<${root.name} xmlns='${root.namespace}'>`.slice(0, LONGEST_CITATION);
    throw new XmlError('invalid-xml', `expected <XRD xmlns='${NS_XRD}'>, got ${got}`);
  }
  const { toObject } = await import('../xml/object.ts');
  const { XRD: xrd } = toObject(root);
  // An element that says its namespace has another one than the root.
  const links = isXmlObject(xrd)
    ? listOf(xrd.Link).filter((link) => isXmlObject(link) && link['@xmlns'] === undefined)
    : [];
  return sort(links.filter(isXmlObject).map((link) => ({ rel: link['@rel'], href: link['@href'] })));
}

const MOST_LINKS = 8;
const LONGEST_ADDRESS = 1024;
/** Of what is cited in messages. */
const LONGEST_CITATION = 80;

const CLOSINGS: Readonly<Record<string, string>> = { '<!--': '-->', '<![CDATA[': ']]>' };

/**
 * Comments and processing instructions are legal in an XRD, and refused by the tokenizer, which reads streams (RFC 6120
 * §11.1). A space takes their place, so that nothing grows together; in CDATA sections they are text. XML that has one where
 * it has no place is ill-formed, and may pass: nobody else reads this copy.
 */
function withoutAsides(xml: string): string {
  let kept = '';
  let position = 0;
  for (const { index, 0: opening } of xml.matchAll(/<!--|<!\[CDATA\[|<\?(?!xml\s)/g)) {
    if (index < position) continue;
    const closing = CLOSINGS[opening] ?? '?>';
    const end = xml.indexOf(closing, index + opening.length);
    if (end < 0) throw new XmlError('not-well-formed', `expected “${closing}”, got the end`, index);
    const isText = opening === '<![CDATA[';
    kept += isText ? xml.slice(position, end + closing.length) : `${xml.slice(position, index)} `;
    position = end + closing.length;
  }
  return kept + xml.slice(position);
}

function sort(links: readonly { readonly rel: unknown; readonly href: unknown }[]): WebSocketLinks {
  const urls = new Set<string>();
  const refused = new Set<string>();
  for (const { rel, href } of links) {
    if (rel !== REL_WEBSOCKET) continue;
    const problem = problemOf(href);
    if (problem !== undefined) {
      if (refused.size < MOST_LINKS) refused.add(`${cite(href)} ${problem}`);
    } else if (urls.size < MOST_LINKS) urls.add(new URL(String(href)).href);
  }
  return { urls: [...urls], refused: [...refused] };
}

/** Why an address cannot be dialled (XEP-0156 §2.2, RFC 6455 §3). */
function problemOf(href: unknown): string | undefined {
  if (typeof href !== 'string') return 'is no address';
  if (!/^wss:\/\//i.test(href)) return 'does not start with wss://';
  if (href.length > LONGEST_ADDRESS) return `is longer than ${LONGEST_ADDRESS} characters`;
  // URL parsers take a backslash for a slash, drop tabs and line ends, and look for the host behind any number of slashes.
  if (/[\s\\\p{Cc}]/u.test(href) || /^wss:\/\/[/?#]/i.test(href) || !URL.canParse(href)) return 'is no address';
  const { username, password, port } = new URL(href);
  if (username !== '' || password !== '') return 'holds a user name or password';
  if (href.includes('#')) return 'holds a fragment';
  return port === '0' ? 'has no port' : undefined;
}

function cite(href: unknown): string {
  if (typeof href !== 'string') return `a link with ${kindOf(href)} for an address`;
  return JSON.stringify(href.length > LONGEST_CITATION ? `${href.slice(0, LONGEST_CITATION)}…` : href);
}

/** A mark of byte order at the start is no part of the text. */
function textOf(document: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(document);
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  return Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isXmlObject(value: XmlValue | undefined): value is XmlObject {
  return isObject(value);
}

function listOf(value: XmlValue | undefined): readonly XmlValue[] {
  if (value === undefined) return [];
  return isList(value) ? value : [value];
}

function isList(value: XmlValue): value is readonly XmlValue[] {
  return Array.isArray(value);
}
