import { type Element, element } from '../xml/element.ts';
import type { UserAgent } from './fast.ts';
import { buildData } from './sasl2-data.ts';
import { NS_BIND2, NS_FAST, NS_SASL2 } from './sasl2-offer.ts';
import type { Sealed } from './sealed.ts';

/** How a client begins an authentication (XEP-0388 §2.3). */
export interface Sasl2Request {
  readonly mechanism: string;
  /** The initial response: absent differs from empty. */
  readonly initial: Sealed<Uint8Array> | undefined;
  readonly userAgent: UserAgent;
  /** What is negotiated along with it: `<bind/>`, `<resume/>`, `<fast/>`, `<request-token/>`. */
  readonly inline: readonly Element[];
}

/** Builds `<authenticate/>`; an empty initial response is an empty element, an absent one is none (XEP-0388 §2.2, §2.3). */
export function buildAuthenticate({ mechanism, initial, userAgent, inline }: Sasl2Request): Element {
  const { id, software, device } = userAgent;
  return element(
    `{${NS_SASL2}}authenticate`,
    { mechanism },
    initial && buildData('initial-response', initial),
    element(
      'user-agent',
      { id },
      software === undefined ? undefined : element('software', {}, software),
      device === undefined ? undefined : element('device', {}, device),
    ),
    inline,
  );
}

/** Builds `<response/>` (XEP-0388 §2.5). */
export function buildSasl2Response(response: Sealed<Uint8Array>): Element {
  return buildData(`{${NS_SASL2}}response`, response);
}

/** Builds `<abort/>`, which the server answers with the failure `aborted` (XEP-0388 §2.4). */
export function buildSasl2Abort(): Element {
  return element(`{${NS_SASL2}}abort`);
}

/** What is asked for along with a resource. */
export interface Bind2Options {
  /** A short name of the software, for the resource: others can see it (XEP-0386 §4). */
  readonly tag?: string | undefined;
  /** What enables features, each in its own namespace: only those that the server listed. */
  readonly features?: readonly Element[] | undefined;
}

/** Builds the `<bind/>` that asks for a resource along with the authentication (XEP-0386 §3.2). */
export function buildBind2({ tag, features }: Bind2Options = {}): Element {
  return element(`{${NS_BIND2}}bind`, {}, tag === undefined ? undefined : element('tag', {}, tag), features);
}

/** Builds the `<request-token/>` that asks for a token for one of the listed mechanisms (XEP-0484 §3.2). */
export function buildRequestToken(mechanism: string): Element {
  return element(`{${NS_FAST}}request-token`, { mechanism });
}

/** How a token is used. */
export interface FastOptions {
  /** How many times it has been used, this time included; needed in TLS early data only (XEP-0484 §3.4). */
  readonly count?: number | undefined;
  /** Whether it is good for nothing after this login (XEP-0484 §3.6). */
  readonly invalidate?: boolean | undefined;
}

/** Builds the `<fast/>` that says that the initial response was made with a token (XEP-0484 §3.4). */
export function buildFast({ count, invalidate }: FastOptions = {}): Element {
  return element(`{${NS_FAST}}fast`, { count, invalidate: invalidate ? 'true' : undefined });
}
