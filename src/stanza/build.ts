import { OptionError, shown } from '../errors/index.ts';
import type { Jid } from '../jid/index.ts';
import { type Child, type Element, element } from '../xml/index.ts';
import { createId } from './id.ts';
import { addressText, type IqType, NS_CLIENT } from './stanza.ts';
import type { StanzaError } from './stanza-error.ts';

/** The head of an iq. */
export interface IqOptions {
  readonly type: IqType;
  /** Default: a new random one. An answer carries that of its request. */
  readonly id?: string | undefined;
  /** Default: none, which addresses the own account (RFC 6120 §10.3.3). */
  readonly to?: Jid | string | undefined;
  /** Default: none; the server knows who we are. */
  readonly from?: Jid | string | undefined;
}

/**
 * Builds an iq (RFC 6120 §8.2.3). A `get` or `set` needs exactly one payload.
 *
 * @throws JidError where an address is no JID
 */
export function buildIq(options: IqOptions, payload?: Child): Element {
  requireObject('buildIq()', 'options', options);
  const { type, id = createId(), to, from } = options;
  return element(`{${NS_CLIENT}}iq`, { type, id, to: addressText(to), from: addressText(from) }, payload);
}

/** Builds the result that answers a request: same id, `from` and `to` changed over (RFC 6120 §8.2.3). */
export function buildIqResult(request: Element, payload?: Child): Element {
  return element(`{${NS_CLIENT}}iq`, answerTo(request, 'result'), payload);
}

/** Builds the error that answers a request: same id, `from` and `to` changed over (RFC 6120 §8.3.1). */
export function buildIqError(request: Element, error: StanzaError): Element {
  return element(`{${NS_CLIENT}}iq`, answerTo(request, 'error'), error.toElement());
}

/** Addresses go back as they came: it is the sender who has to know them again. */
function answerTo(request: Element, type: IqType): Record<string, string | undefined> {
  requireObject('an answer', 'request', request?.attributes);
  const { id, from, to } = request.attributes;
  return { type, id, to: from, from: to };
}

/** JavaScript can give anything. */
function requireObject(place: string, name: string, value: unknown): void {
  if (typeof value !== 'object' || value === null) {
    throw new OptionError(`Expected \`${name}\` of ${place}, an object, got ${shown(value)}`);
  }
}
