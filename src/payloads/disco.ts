// Service Discovery, XEP-0030 version 2.5.0: information about an entity (§3).

import { childrenOf, type Element, element } from '../xml/index.ts';
import { payloadOf } from './payload.ts';

/** Namespace of information about an entity. */
export const NS_DISCO_INFO = 'http://jabber.org/protocol/disco#info';

/** What an entity is, as in category `client` and type `pc`. */
export interface DiscoIdentity {
  readonly category: string;
  readonly type: string;
  readonly name?: string | undefined;
  readonly lang?: string | undefined;
}

/** What an entity is and what it can do. */
export interface DiscoInfo {
  readonly node?: string | undefined;
  readonly identities: readonly DiscoIdentity[];
  /** Each once, in the order of the entity. */
  readonly features: readonly string[];
}

/** The payload that asks an entity, or one of its nodes, for information. */
export function buildDiscoInfoGet(node?: string): Element {
  return element(`{${NS_DISCO_INFO}}query`, { node });
}

/**
 * The node that a request asks about; `undefined` for the entity itself.
 *
 * @throws StanzaError `bad-request`
 */
export function parseDiscoInfoGet(request: Element | undefined): string | undefined {
  return payloadOf(request, 'query', NS_DISCO_INFO).attributes.node;
}

/** The payload that answers; it repeats the node that was asked about. */
export function buildDiscoInfo(info: DiscoInfo): Element {
  const { node, identities, features } = info;
  return element(
    `{${NS_DISCO_INFO}}query`,
    { node },
    identities.map(({ category, type, name, lang }) => element('identity', { category, type, name, 'xml:lang': lang })),
    features.map((feature) => element('feature', { var: feature })),
  );
}

/**
 * Reads the answer to a request for information, from the iq or its payload. Identities without category or type and
 * features without name are left out.
 *
 * @throws StanzaError what was answered instead, or `bad-request`
 */
export function parseDiscoInfo(result: Element | undefined): DiscoInfo {
  const query = payloadOf(result, 'query', NS_DISCO_INFO);
  return {
    node: query.attributes.node,
    identities: childrenOf(query, 'identity').flatMap(({ attributes }) => {
      const { category, type, name, 'xml:lang': lang = query.attributes['xml:lang'] } = attributes;
      return category && type ? [{ category, type, name, lang }] : [];
    }),
    features: [...new Set(childrenOf(query, 'feature').flatMap(({ attributes }) => attributes.var || []))],
  };
}
