import { NS_SM } from '../stream/namespaces.ts';
import { childOf, childrenOf, type Element, element, is } from '../xml/element.ts';
import { SaslError } from './sasl-error.ts';
import { readData, readText } from './sasl2-data.ts';
import { NS_BIND2, NS_FAST, NS_SASL2 } from './sasl2-offer.ts';
import { Sealed } from './sealed.ts';

/** What a server can say during the authentication (XEP-0388 §2.5, §2.6). */
export type Sasl2Message =
  | { readonly type: 'challenge'; readonly payload: Sealed<Uint8Array> }
  | {
      readonly type: 'success';
      readonly payload: Sealed<Uint8Array> | undefined;
      readonly outcome: Sasl2Outcome;
    }
  | { readonly type: 'failure'; readonly error: SaslError }
  /** The mechanism succeeded, and the server asks for tasks that this client does not do: they are named in the message. */
  | { readonly type: 'continue'; readonly error: SaslError };

/** What a success says beside the mechanism's data. No element in it has a token, wherever it came. */
export interface Sasl2Outcome {
  /** Bare JID of the account, or the full one that was bound or resumed: untrusted text as it came, at most 3071 UTF-16 units. */
  readonly identifier: string;
  /** The `<bound/>` of Bind 2, with the answers to the features that were asked for (XEP-0386 §3.2). */
  readonly bound: Element | undefined;
  /** Whether the server said that it could not bind, as Prosody's mod_sasl2_bind2 does; the authentication stands. */
  readonly bindFailed: boolean;
  /** The `<resumed/>` or `<failed/>` that answers a resumption (XEP-0198 §9.2). */
  readonly resumption: Element | undefined;
  /** A token for later logins, and when it ends, as the server said (XEP-0484 §3.3, XEP-0082). */
  readonly token: Sealed<{ readonly token: string; readonly expiry: string | undefined }> | undefined;
}

/**
 * Reads what the server said; `undefined` if the element is none of its SASL2 messages. Throws {@link SaslError}
 * `malformed-challenge` for data that are not strict base64, and for a success that does not say who was authenticated or says
 * anything twice. `account` names the account in the hints of errors.
 */
export function parseSasl2Element(received: Element, account?: string): Sasl2Message | undefined {
  if (received.namespace !== NS_SASL2) return undefined;
  switch (received.name) {
    case 'challenge':
      return { type: 'challenge', payload: dataOf(received) };
    case 'success':
      return parseSuccess(received);
    case 'failure':
      return { type: 'failure', error: SaslError.fromElement(received, account) };
    case 'continue':
      return { type: 'continue', error: SaslError.fromContinue(received, account) };
    default:
      return undefined;
  }
}

function parseSuccess(success: Element): Sasl2Message {
  const additional = atMostOne(success, NS_SASL2, 'additional-data');
  const bound = atMostOne(success, NS_BIND2, 'bound');
  const resumption = atMostOne(success, NS_SM, 'resumed', 'failed');
  return {
    type: 'success',
    payload: additional && dataOf(additional),
    outcome: {
      identifier: identifierOf(success),
      bound: bound && withoutTokens(bound),
      bindFailed: childOf(success, 'failed', NS_BIND2) !== undefined,
      resumption: resumption && withoutTokens(resumption),
      token: tokenOf(atMostOne(success, NS_FAST, 'token')),
    },
  };
}

function identifierOf(success: Element): string {
  const holder = atMostOne(success, NS_SASL2, 'authorization-identifier');
  const identifier = holder && readText(holder);
  if (identifier && identifier.length <= MAX_JID_LENGTH) return identifier;
  throw malformed('a <success/> without an <authorization-identifier/> that could be a JID');
}

/** A token that is empty or endless costs nobody the login: there will be none next time. */
function tokenOf(received: Element | undefined): Sasl2Outcome['token'] {
  const { token = '', expiry = '' } = received?.attributes ?? {};
  if (token === '' || token.length > MAX_TOKEN_LENGTH || expiry.length > MAX_EXPIRY_LENGTH) return undefined;
  return new Sealed({ token, expiry: expiry || undefined });
}

function withoutTokens(inline: Element): Element {
  const children = inline.children.map((child) => {
    if (typeof child === 'string') return child;
    return is(child, 'token', NS_FAST) ? undefined : withoutTokens(child);
  });
  return element(`{${inline.namespace}}${inline.name}`, inline.attributes, children);
}

/** Two of them would have two meanings, and somebody might have added one. */
function atMostOne(success: Element, namespace: string, ...names: readonly string[]): Element | undefined {
  const [found, another] = names.flatMap((name) => childrenOf(success, name, namespace));
  if (another) throw malformed(`a <success/> with more than one <${names.join('/> or <')}/>`);
  return found;
}

function dataOf(holder: Element): Sealed<Uint8Array> {
  const data = readData(holder);
  if (data !== 'malformed') return data;
  throw malformed(`<${holder.name}/> with data that are not base64`);
}

function malformed(what: string): SaslError {
  return new SaslError(`The server sent ${what}`, { condition: 'malformed-challenge' });
}

/** That of the schema of XEP-0388, and in bytes that of RFC 7622 §3.1. */
const MAX_JID_LENGTH = 3071;
const MAX_TOKEN_LENGTH = 4096;
const MAX_EXPIRY_LENGTH = 64;
