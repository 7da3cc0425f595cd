import { childOf, childrenOf, type Element } from '../xml/index.ts';

/** Namespace of the list of channel binding types (XEP-0440). */
export const NS_CHANNEL_BINDING = 'urn:xmpp:sasl-cb:0';

/**
 * What ties an authentication to one TLS connection, so that nobody in the middle can pass it on: keying material exported
 * for this purpose (RFC 9266), the first Finished message up to TLS 1.2, or a hash of the server's certificate (both RFC 5929).
 */
export type ChannelBindingType = 'tls-exporter' | 'tls-unique' | 'tls-server-end-point';

/** The value of one type on this connection. */
export interface ChannelBinding {
  readonly type: ChannelBindingType;
  readonly data: Uint8Array;
}

/**
 * Whether a login has to be bound to its connection: `require` fails where it cannot be, `prefer` binds where both sides can,
 * `never` does not, and tells the server that it cannot.
 */
export type ChannelBindingPolicy = 'require' | 'prefer' | 'never';

/** A TLS connection as far as authentication is concerned: what a login can be bound to. */
export interface SecureChannel {
  /** As Node names it: `TLSv1.2`, `TLSv1.3`. */
  readonly tlsVersion: string;
  /** The types whose values can be had. */
  readonly bindings: readonly ChannelBindingType[];
  /** The value of one type. Rejects with {@link SaslError} where the connection is gone or does not give it. */
  bindingData(type: ChannelBindingType): Promise<Uint8Array>;
}

/** What can be said about binding on one connection. */
export interface BindingFacts {
  /** The types whose values can be had on this connection; none in browsers. */
  readonly available: readonly ChannelBindingType[];
  /** As Node names it: `TLSv1.2`, `TLSv1.3`. */
  readonly tlsVersion: string | undefined;
  /** The types that the server lists (XEP-0440); `undefined` if it sent no list. */
  readonly offered?: readonly string[] | undefined;
  /** Types that the server refused in this round of logins, although they were only guessed. */
  readonly rejected?: readonly ChannelBindingType[] | undefined;
}

/** A type to use. */
export interface BindingChoice {
  readonly type: ChannelBindingType;
  /** The server never said that it can do so (XEP-0440): it may refuse, which is no attack. */
  readonly guessed: boolean;
}

/**
 * Reads `<sasl-channel-binding/>`: the types as the server lists them, unknown ones included, since all of them count for
 * the hash of XEP-0474. At most 64; no server has that many.
 */
function parseChannelBindings(element: Element): readonly string[] {
  const types: string[] = [];
  for (const { attributes } of childrenOf(element, 'channel-binding', NS_CHANNEL_BINDING)) {
    if (attributes.type && types.length < MAX_TYPES) types.push(attributes.type);
  }
  return types;
}

/** The list among the stream features; `undefined` if the server sent none (XEP-0440 §3). */
export function offeredChannelBindings(features: Element): readonly string[] | undefined {
  const list = childOf(features, 'sasl-channel-binding', NS_CHANNEL_BINDING);
  return list && parseChannelBindings(list);
}

/** The types that this connection gives values for, strongest first: `tls-unique` means nothing in TLS 1.3 (RFC 8446 §C.5). */
export function usableBindings({ available, tlsVersion }: BindingFacts): readonly ChannelBindingType[] {
  return BY_STRENGTH.filter(
    (type) => available.includes(type) && (type !== 'tls-unique' || UP_TO_TLS_12.test(tlsVersion ?? '')),
  );
}

/**
 * The type for a -PLUS mechanism: the strongest that the server lists (XEP-0440 §4). Without a list, the one that servers of
 * such an age do: `tls-unique` up to TLS 1.2, `tls-exporter` since. `undefined` if there is none.
 */
export function chooseBinding(facts: BindingFacts): BindingChoice | undefined {
  const { offered, rejected = [] } = facts;
  const usable = usableBindings(facts).filter((type) => !rejected.includes(type));
  const guess = UP_TO_TLS_12.test(facts.tlsVersion ?? '') ? 'tls-unique' : 'tls-exporter';
  const type = usable.find((candidate) => (offered ? offered.includes(candidate) : candidate === guess));
  return type && { type, guessed: offered === undefined };
}

const BY_STRENGTH: readonly ChannelBindingType[] = ['tls-exporter', 'tls-unique', 'tls-server-end-point'];
const UP_TO_TLS_12 = /^(?:SSLv3|TLSv1(?:\.[0-2])?)$/;
const MAX_TYPES = 64;
