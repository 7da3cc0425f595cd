import { childOf, childrenOf, type Element, textOf } from '../xml/index.ts';
import { NS_BIND, NS_SASL, NS_SESSION, NS_TLS } from './namespaces.ts';

/** What the server offers at this point of the negotiation (RFC 6120 §4.3.2). */
export interface Features {
  /** STARTTLS, and whether the server insists on it (RFC 6120 §5.4.1). */
  readonly startTls: { readonly required: boolean } | undefined;
  /** Names of SASL mechanisms in the order of the server, each once (RFC 6120 §6.4.1). */
  readonly mechanisms: readonly string[];
  /** Whether a resource can be bound (RFC 6120 §7.4). */
  readonly bind: boolean;
  /** The session of RFC 3921 §3, which must be established unless it is optional. */
  readonly session: { readonly optional: boolean } | undefined;
  /** All of it, for features that are not listed here. */
  readonly element: Element;
}

/** No server has that many; a hostile one may, and the list goes into the charts' events. */
const MAX_MECHANISMS = 64;
/** RFC 4422 §3.1. */
const MECHANISM_NAME = /^[A-Z0-9_-]{1,20}$/;

/** Reads `<stream:features/>`. Never fails: what is unknown is left to those who know it. */
export function parseFeatures(element: Element): Features {
  const startTls = childOf(element, 'starttls', NS_TLS);
  const session = childOf(element, 'session', NS_SESSION);
  return {
    startTls: startTls && { required: childOf(startTls, 'required') !== undefined },
    mechanisms: mechanismsOf(childOf(element, 'mechanisms', NS_SASL)),
    bind: childOf(element, 'bind', NS_BIND) !== undefined,
    session: session && { optional: childOf(session, 'optional') !== undefined },
    element,
  };
}

function mechanismsOf(list: Element | undefined): readonly string[] {
  if (list === undefined) return [];
  const names = new Set<string>();
  for (const mechanism of childrenOf(list, 'mechanism')) {
    const name = textOf(mechanism).trim();
    if (names.size < MAX_MECHANISMS && MECHANISM_NAME.test(name)) names.add(name);
  }
  return [...names];
}
