import { bareJid, createJid, type Jid } from './jid.ts';
import { JidError } from './jid-error.ts';

/** What an `xmpp:` URI or IRI says (RFC 5122 §2.2, XEP-0147): whom it is about, and what is to be done. */
export interface XmppUri {
  /** Whom it is about; absent only where the URI names nothing but an account. */
  readonly jid?: Jid | undefined;
  /** The account to act as, from the authority component, instead of the one that the application would take. */
  readonly account?: Jid | undefined;
  /** The action, as in `message`, `join` or `subscribe`. Ask a person before carrying it out (XEP-0147 §5). */
  readonly queryType?: string | undefined;
  /** Details of the action by key, decoded. Of a key that occurs several times, the first counts. */
  readonly parameters?: ReadonlyMap<string, string> | undefined;
}

/** How {@link formatXmppUri} writes. */
export interface XmppUriOptions {
  /** Leave characters beyond ASCII as they are, which makes an IRI, for people to read. By default they are encoded. */
  readonly iri?: boolean | undefined;
}

const SYNTAX = /^xmpp:(?:\/\/([^/?#]*)(?:\/|(?=[?#]|$)))?([^?#]*)(?:\?([^#]*))?(?:#.*)?$/is;
const EXPECTED = 'an XMPP URI, as in xmpp:juliet@example.com?message;subject=Hello';

/** Unreserved characters (RFC 3986 §2.3), besides what RFC 5122 §2.2 allows as it is: `nodeallow` and `resallow`. */
const KEPT_IN_QUERY = /[\w.~-]/;
const KEPT_IN_LOCALPART = /[\w.~!$()*+,;=-]/;
const KEPT_IN_DOMAINPART = /[\w.~[\]:-]/;
const KEPT_IN_RESOURCEPART = /[\w.~!$&'()*+,:;=-]/;
const READABLE_BEYOND_ASCII = /[^\0-\x7f\p{C}\p{Z}]/u;

/**
 * Reads an `xmpp:` URI or IRI (RFC 5122). A fragment has no meaning and is left out.
 *
 * @throws JidError `invalid-uri` where it is none, or the condition of the address that is wrong
 */
export function parseXmppUri(text: string): Required<XmppUri> {
  const [match, authority, path = '', query = ''] = SYNTAX.exec(text) ?? [];
  if (match === undefined || (authority === undefined && path === '')) throw invalid(text);
  const account = authority === undefined ? undefined : parseAddress(authority, text);
  // RFC 5122 §2.2, `authxmpp`: an authority is an account. A URI with a host in that place was meant otherwise.
  if (account !== undefined && account.localpart === undefined) throw invalid(text);
  return { account, jid: path === '' ? undefined : parseAddress(path, text), ...parseQuery(query, text) };
}

/**
 * Writes an `xmpp:` URI (RFC 5122 §2.7).
 *
 * @throws JidError `invalid-uri` where there is neither a JID nor an account, the account has no localpart, or a
 *   parameter has half a surrogate pair
 */
export function formatXmppUri(uri: XmppUri, options: XmppUriOptions = {}): string {
  const { jid, account, queryType = '', parameters = new Map<string, string>() } = uri;
  if (jid === undefined && account === undefined) throw invalid('');
  if (account !== undefined && account.localpart === undefined) throw invalid(account.full);
  const { iri = false } = options;
  const authority = account === undefined ? '' : `//${formatAddress(bareJid(account), iri)}`;
  const path = jid === undefined ? '' : formatAddress(jid, iri);
  const action = encode(queryType, KEPT_IN_QUERY, iri);
  const pairs = Array.from(parameters, (pair) => pair.map((text) => encode(text, KEPT_IN_QUERY, iri)).join('='));
  // Without an action, the first pair stands in its place, as in the URIs that Conversations shares for OMEMO.
  const query = [...(action === '' ? [] : [action]), ...pairs].join(';');
  return `xmpp:${[authority, path].filter(Boolean).join('/')}${query && `?${query}`}`;
}

/** Splits before decoding, so that an encoded separator separates nothing. */
function parseAddress(encoded: string, uri: string): Jid {
  const slash = encoded.indexOf('/');
  const bare = slash < 0 ? encoded : encoded.slice(0, slash);
  const at = bare.indexOf('@');
  return createJid({
    localpart: at < 0 ? undefined : decode(bare.slice(0, at), uri),
    domainpart: decode(bare.slice(at + 1), uri),
    resourcepart: slash < 0 ? undefined : decode(encoded.slice(slash + 1), uri),
  });
}

function parseQuery(query: string, uri: string): { queryType: string | undefined; parameters: Map<string, string> } {
  const [first = '', ...rest] = query.split(';');
  const isAction = first !== '' && !first.includes('=');
  const parameters = new Map<string, string>();
  for (const pair of isAction ? rest : [first, ...rest]) {
    const equals = pair.indexOf('=');
    const key = decode(equals < 0 ? pair : pair.slice(0, equals), uri);
    if (key !== '' && !parameters.has(key)) parameters.set(key, equals < 0 ? '' : decode(pair.slice(equals + 1), uri));
  }
  return { queryType: isAction ? decode(first, uri) : undefined, parameters };
}

function formatAddress({ localpart, domainpart, resourcepart }: Jid, iri: boolean): string {
  const before = localpart === undefined ? '' : `${encode(localpart, KEPT_IN_LOCALPART, iri)}@`;
  const after = resourcepart === undefined ? '' : `/${encode(resourcepart, KEPT_IN_RESOURCEPART, iri)}`;
  return before + encode(domainpart, KEPT_IN_DOMAINPART, iri) + after;
}

function decode(text: string, uri: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw invalid(uri, cause);
  }
}

function encode(text: string, kept: RegExp, iri: boolean): string {
  try {
    return Array.from(text, (character) =>
      kept.test(character) || (iri && READABLE_BEYOND_ASCII.test(character)) ? character : percentEncode(character),
    ).join('');
  } catch (cause) {
    throw invalid(text, cause);
  }
}

/** Unlike `encodeURIComponent`, of every character. */
function percentEncode(character: string): string {
  const encoded = encodeURIComponent(character);
  return encoded === character ? `%${character.charCodeAt(0).toString(16).toUpperCase()}` : encoded;
}

function invalid(text: string, cause?: unknown): JidError {
  return new JidError('invalid-uri', EXPECTED, text, cause);
}
