import { NS_SASL, NS_SM } from '../stream/namespaces.ts';
import { childOf, childTextOf, type Element, element, is } from '../xml/element.ts';
import type { UserAgent } from './fast.ts';
import type { SaslFailureCondition } from './sasl-error.ts';
import { buildData, readData } from './sasl2-data.ts';
import { NS_BIND2, NS_FAST, NS_SASL2, type Sasl2Inline, type Sasl2Offer } from './sasl2-offer.ts';
import type { Sealed } from './sealed.ts';

/** What a client can say during the authentication (XEP-0388 §2.3 to §2.5). */
export type ClientSasl2Message =
  | ClientAuthenticate
  | { readonly type: 'response'; readonly payload: Sealed<Uint8Array> }
  | { readonly type: 'abort' }
  | MalformedSasl2Message;

/** The beginning of an authentication (XEP-0388 §2.3). */
export interface ClientAuthenticate {
  readonly type: 'authenticate';
  readonly mechanism: string;
  readonly initial: Sealed<Uint8Array> | undefined;
  readonly userAgent: Partial<UserAgent>;
  /** The `<bind/>` of Bind 2 (XEP-0386 §3.2). */
  readonly bind: Element | undefined;
  /** The `<resume/>` of XEP-0198 §9.2. */
  readonly resume: Element | undefined;
  /** That a token is used, and how (XEP-0484 §3.4, §3.6). */
  readonly fast: ClientFast | undefined;
  /** The mechanism that a token is asked for (XEP-0484 §3.2). */
  readonly requestToken: string | undefined;
}

/** How a client uses its token. */
interface ClientFast {
  readonly count?: number;
  readonly invalidate: boolean;
}

/** What the server has to answer with a failure of this condition. */
interface MalformedSasl2Message {
  readonly type: 'malformed';
  readonly condition: SaslFailureCondition;
}

/** Reads what the client said; `undefined` if the element is none of its SASL2 messages. */
export function parseClientSasl2Element(received: Element): ClientSasl2Message | undefined {
  if (is(received, 'abort', NS_SASL2)) return { type: 'abort' };
  if (is(received, 'authenticate', NS_SASL2)) return parseAuthenticate(received);
  if (!is(received, 'response', NS_SASL2)) return undefined;
  const payload = readData(received);
  return payload === 'malformed' ? malformed('incorrect-encoding') : { type: 'response', payload };
}

/** Builds `<authentication/>`, for the features of a stream (XEP-0388 §2.1); without `<inline/>` if there is nothing in it. */
export function buildSasl2Features({ mechanisms, inline }: Sasl2Offer): Element {
  const features = inlineFeatures(inline);
  return element(
    `{${NS_SASL2}}authentication`,
    {},
    mechanisms.map((name) => element('mechanism', {}, name)),
    features.length === 0 ? undefined : element('inline', {}, features),
  );
}

/** Builds `<challenge/>`, for a server (XEP-0388 §2.5). */
export function buildSasl2Challenge(challenge: Sealed<Uint8Array>): Element {
  return buildData(`{${NS_SASL2}}challenge`, challenge);
}

/** What a server says when somebody is authenticated. */
interface Sasl2SuccessOptions {
  /** The mechanism's data: absent differs from empty. */
  readonly additional?: Sealed<Uint8Array> | undefined;
  /** Bare JID, or the full one that was bound or resumed. */
  readonly identifier: string;
  /** What became of what was asked for along with it: `<bound/>`, `<resumed/>`, `<token/>`. */
  readonly inline?: readonly Element[] | undefined;
}

/** Builds `<success/>`, for a server (XEP-0388 §2.6.1). */
export function buildSasl2Success({ additional, identifier, inline }: Sasl2SuccessOptions): Element {
  return element(
    `{${NS_SASL2}}success`,
    {},
    additional && buildData('additional-data', additional),
    element('authorization-identifier', {}, identifier),
    inline,
  );
}

/** Builds `<failure/>`, for a server: the condition is in the namespace of RFC 6120 (XEP-0388 §2.6.2). */
export function buildSasl2Failure(condition: SaslFailureCondition, text?: string): Element {
  return element(
    `{${NS_SASL2}}failure`,
    {},
    element(`{${NS_SASL}}${condition}`),
    text === undefined ? undefined : element('text', {}, text),
  );
}

/** Builds the `<token/>` of a success, for a server; the expiry in the format of XEP-0082 (XEP-0484 §3.3). */
export function buildToken(token: string, expiry: string): Element {
  return element(`{${NS_FAST}}token`, { expiry, token });
}

function parseAuthenticate(received: Element): ClientSasl2Message {
  const { mechanism } = received.attributes;
  if (!mechanism) return malformed('invalid-mechanism');
  const initialResponse = childOf(received, 'initial-response');
  const initial = initialResponse && readData(initialResponse);
  if (initial === 'malformed') return malformed('incorrect-encoding');
  const fast = parseFast(childOf(received, 'fast', NS_FAST));
  const request = childOf(received, 'request-token', NS_FAST);
  const requestToken = request?.attributes.mechanism;
  if (fast === 'malformed' || (request && !requestToken)) return malformed('malformed-request');
  return {
    type: 'authenticate',
    mechanism,
    initial,
    userAgent: parseUserAgent(childOf(received, 'user-agent')),
    bind: childOf(received, 'bind', NS_BIND2),
    resume: childOf(received, 'resume', NS_SM),
    fast,
    requestToken,
  };
}

function parseUserAgent(userAgent: Element | undefined): Partial<UserAgent> {
  if (userAgent === undefined) return {};
  const { id } = userAgent.attributes;
  const names = { software: childTextOf(userAgent, 'software'), device: childTextOf(userAgent, 'device') };
  return id === undefined ? names : { id, ...names };
}

function parseFast(fast: Element | undefined): ClientFast | 'malformed' | undefined {
  if (fast === undefined) return undefined;
  const { count, invalidate = 'false' } = fast.attributes;
  if (!BOOLEAN.test(invalidate) || (count !== undefined && !POSITIVE.test(count))) return 'malformed';
  const uses = { invalidate: invalidate === 'true' || invalidate === '1' };
  return count === undefined ? uses : { count: Number(count), ...uses };
}

function inlineFeatures({ bind, sm, fast }: Sasl2Inline): readonly Element[] {
  const listed = bind?.map((name) => element('feature', { var: name })) ?? [];
  const names = fast?.map((name) => element('mechanism', {}, name)) ?? [];
  return [
    bind && element(`{${NS_BIND2}}bind`, {}, listed.length === 0 ? undefined : element('inline', {}, listed)),
    sm ? element(`{${NS_SM}}sm`) : undefined,
    fast && element(`{${NS_FAST}}fast`, {}, names),
  ].filter((feature) => feature !== undefined);
}

function malformed(condition: SaslFailureCondition): MalformedSasl2Message {
  return { type: 'malformed', condition };
}

const BOOLEAN = /^(?:true|false|0|1)$/;
/** A positive integer (XEP-0484 §3.4), of as many digits as numbers are exact with. */
const POSITIVE = /^[1-9][0-9]{0,14}$/;
