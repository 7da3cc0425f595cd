import { NS_SASL } from '../stream/namespaces.ts';
import { type Element, element, is } from '../xml/element.ts';
import { noBytes } from './bytes.ts';
import type { SaslFailureCondition } from './sasl-error.ts';
import { Sealed } from './sealed.ts';
import { formatPayload, readPayload } from './wire.ts';

/** What a client can say during the authentication (RFC 6120 §6.4). */
export type ClientSaslMessage =
  | { readonly type: 'auth'; readonly mechanism: string; readonly initial: Sealed<Uint8Array> | undefined }
  | { readonly type: 'response'; readonly payload: Sealed<Uint8Array> }
  | { readonly type: 'abort' }
  /** What the server has to answer with a failure of this condition. */
  | { readonly type: 'malformed'; readonly condition: SaslFailureCondition };

/** Reads what the client said; `undefined` if the element is none of its SASL messages. */
export function parseClientSaslElement(received: Element): ClientSaslMessage | undefined {
  if (is(received, 'abort', NS_SASL)) return { type: 'abort' };
  const isAuth = is(received, 'auth', NS_SASL);
  if (!isAuth && !is(received, 'response', NS_SASL)) return undefined;
  const payload = readPayload(received);
  if (payload === 'malformed') return { type: 'malformed', condition: 'incorrect-encoding' };
  if (!isAuth) return { type: 'response', payload: payload ?? new Sealed(noBytes()) };
  const { mechanism } = received.attributes;
  if (!mechanism) return { type: 'malformed', condition: 'invalid-mechanism' };
  return { type: 'auth', mechanism, initial: payload };
}

/** Builds `<challenge/>`, for a server. */
export function buildChallenge(challenge: Sealed<Uint8Array>): Element {
  return element(`{${NS_SASL}}challenge`, {}, formatPayload(challenge));
}

/** Builds `<success/>`, for a server; absent additional data differs from empty ones (RFC 6120 §6.4.6). */
export function buildSuccess(additional?: Sealed<Uint8Array>): Element {
  return element(`{${NS_SASL}}success`, {}, formatPayload(additional));
}

/** Builds `<failure/>`, for a server (RFC 6120 §6.4.5). */
export function buildFailure(condition: SaslFailureCondition, text?: string): Element {
  return element(
    `{${NS_SASL}}failure`,
    {},
    element(condition),
    text === undefined ? undefined : element('text', { 'xml:lang': 'en' }, text),
  );
}
