import { NS_SASL } from '../stream/namespaces.ts';
import { type Attributes, createAttributes, type Element, element, is, textOf } from '../xml/element.ts';
import { decodeBase64, encodeBase64, noBytes } from './bytes.ts';
import { SaslError } from './sasl-error.ts';
import { NS_FAST, NS_SASL2 } from './sasl2-offer.ts';
import { Sealed } from './sealed.ts';

/** What a server can say during the authentication (RFC 6120 §6.4). */
export type SaslMessage =
  | { readonly type: 'challenge'; readonly payload: Sealed<Uint8Array> }
  | { readonly type: 'success'; readonly payload: Sealed<Uint8Array> | undefined }
  | { readonly type: 'failure'; readonly error: SaslError };

/** Builds `<auth/>`; an absent initial response differs from an empty one, which is sent as `=` (RFC 6120 §6.4.2). */
export function buildAuth(mechanism: string, initial?: Sealed<Uint8Array>): Element {
  return element(`{${NS_SASL}}auth`, { mechanism }, formatPayload(initial));
}

/** Builds `<response/>`; without character data if the response is empty. */
export function buildResponse(response: Sealed<Uint8Array>): Element {
  return element(`{${NS_SASL}}response`, {}, encodeBase64(response.reveal()));
}

/** Builds `<abort/>`, which the server answers with the failure `aborted` (RFC 6120 §6.4.4). */
export function buildAbort(): Element {
  return element(`{${NS_SASL}}abort`);
}

/**
 * Reads what the server said; `undefined` if the element is none of its SASL messages. Throws {@link SaslError}
 * `malformed-challenge` if the payload is not strict base64. `account` names the account in the hint of a failure.
 */
export function parseSaslElement(received: Element, account?: string): SaslMessage | undefined {
  if (is(received, 'failure', NS_SASL)) return { type: 'failure', error: SaslError.fromElement(received, account) };
  if (is(received, 'success', NS_SASL)) return { type: 'success', payload: receivedPayload(received) };
  if (is(received, 'challenge', NS_SASL)) {
    return { type: 'challenge', payload: receivedPayload(received) ?? new Sealed(noBytes()) };
  }
  return undefined;
}

/**
 * An element as logs may show it: the payload of a SASL or SASL2 message and the token of a SASL2 success (XEP-0484 §3.3)
 * become a fixed mask, at any depth; anything else is unchanged.
 */
export function maskSasl(shown: Element): Element {
  if (shown.namespace === NS_SASL2) return maskWithin(shown);
  return shown.namespace === NS_SASL && WITH_PAYLOAD.has(shown.name) ? maskPayload(shown) : shown;
}

/** The character data for a payload: nothing if it is absent, `=` if it is empty. */
export function formatPayload(payload: Sealed<Uint8Array> | undefined): string | undefined {
  return payload && (encodeBase64(payload.reveal()) || '=');
}

/**
 * The payload of a SASL message, `undefined` if there is no character data. Answers `'malformed'` for child elements and
 * for anything but strict base64 or `=`.
 */
export function readPayload(message: Element): Sealed<Uint8Array> | 'malformed' | undefined {
  if (message.children.some((child) => typeof child !== 'string')) return 'malformed';
  const text = textOf(message);
  if (text === '') return undefined;
  const bytes = text === '=' ? noBytes() : decodeBase64(text);
  return bytes ? new Sealed(bytes) : 'malformed';
}

/** Takes the place of what is not shown. */
export const MASK = '[masked]';
const WITH_PAYLOAD: ReadonlySet<string> = new Set(['auth', 'response', 'challenge', 'success']);
const WITH_SASL2_PAYLOAD: ReadonlySet<string> = new Set([
  'initial-response',
  'response',
  'challenge',
  'additional-data',
]);

function maskWithin(shown: Element): Element {
  if (shown.namespace === NS_SASL2 && WITH_SASL2_PAYLOAD.has(shown.name)) return maskPayload(shown);
  const children = shown.children.map((child) => (typeof child === 'string' ? child : maskWithin(child)));
  const attributes = is(shown, 'token', NS_FAST) ? maskToken(shown.attributes) : shown.attributes;
  const isSame = attributes === shown.attributes && children.every((child, index) => child === shown.children[index]);
  return isSame ? shown : { ...shown, attributes, children };
}

function maskPayload(shown: Element): Element {
  return shown.children.length === 0 ? shown : { ...shown, children: [MASK] };
}

function maskToken(attributes: Attributes): Attributes {
  return attributes.token === undefined ? attributes : Object.assign(createAttributes(), attributes, { token: MASK });
}

function receivedPayload(message: Element): Sealed<Uint8Array> | undefined {
  const payload = readPayload(message);
  if (payload !== 'malformed') return payload;
  throw new SaslError(`The server sent a <${message.name}/> that is not base64`, { condition: 'malformed-challenge' });
}
