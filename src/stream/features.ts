import { childOf, childrenOf, type Element, textOf } from '../xml/index.ts';
import { NS_BIND, NS_SASL, NS_SESSION, NS_SM, NS_TLS } from './namespaces.ts';

/** What the server offers at this point of the negotiation (RFC 6120 §4.3.2). */
export interface Features {
  /** STARTTLS, and whether the server insists on it (RFC 6120 §5.4.1). */
  readonly startTls: { readonly required: boolean } | undefined;
  /** Names of SASL mechanisms as {@link mechanismNames} reads them (RFC 6120 §6.4.1). */
  readonly mechanisms: readonly string[];
  /** Whether a resource can be bound (RFC 6120 §7.4). */
  readonly bind: boolean;
  /** The session of RFC 3921 §3, which must be established unless it is optional. */
  readonly session: { readonly optional: boolean } | undefined;
  /** Whether the stream can be managed with version 3 of the protocol (XEP-0198 §2). */
  readonly sm: boolean;
  /** All of it, for features that are not listed here. */
  readonly element: Element;
}

/** Reads `<stream:features/>`. Never fails: what is unknown is left to those who know it. */
export function parseFeatures(element: Element): Features {
  const startTls = childOf(element, 'starttls', NS_TLS);
  const session = childOf(element, 'session', NS_SESSION);
  const mechanisms = childOf(element, 'mechanisms', NS_SASL);
  return {
    startTls: startTls && { required: childOf(startTls, 'required') !== undefined },
    mechanisms: mechanisms ? mechanismNames(mechanisms) : [],
    bind: childOf(element, 'bind', NS_BIND) !== undefined,
    session: session && { optional: childOf(session, 'optional') !== undefined },
    sm: childOf(element, 'sm', NS_SM) !== undefined,
    element,
  };
}

/**
 * The namespaces of what is offered, each once: so features are named elsewhere (XEP-0386 §3.1). At most 64 of at most 128
 * UTF-16 units, as one string that was cut: parts of what the parser read would keep all of it.
 */
export function featureNames({ element }: Features): readonly string[] {
  const namespaces = element.children.flatMap((child) => (typeof child === 'string' ? [] : child.namespace));
  const names = [...new Set(namespaces)].filter((name) => name.length <= MAX_NAME_LENGTH).slice(0, MAX_NAMES);
  const joined = names.join('\n');
  const known = knownNames.get(joined);
  if (known) return known;
  if (knownNames.size >= MAX_KNOWN) knownNames.clear();
  const made = joined === '' ? [] : joined.split('\n');
  knownNames.set(joined, made);
  return made;
}

/** Clients of one server share one list. */
const knownNames = new Map<string, readonly string[]>();
const MAX_KNOWN = 16;

/**
 * The `<mechanism/>` names in a list, in the namespace of the list: in the order of the server, without white space around
 * them, otherwise as they came, since XEP-0474 hashes all of them, also those that come twice or that nobody knows. At most
 * 64 of at most 128 UTF-16 units: no server has more, a hostile one may, and the list goes into the charts' events.
 */
export function mechanismNames(list: Element): readonly string[] {
  return childrenOf(list, 'mechanism')
    .map((mechanism) => textOf(mechanism).trim())
    .filter((name) => name.length <= MAX_NAME_LENGTH)
    .slice(0, MAX_NAMES);
}

const MAX_NAMES = 64;
const MAX_NAME_LENGTH = 128;
