import { statePath } from '../../../machines/index.ts';
import type { XmppError } from '../../../src/errors/index.ts';
import { parseJid } from '../../../src/jid/index.ts';
import { NS_BIND2, NS_SASL2, type SaslError } from '../../../src/sasl/index.ts';
import { NS_CLIENT } from '../../../src/stanza/index.ts';
import { NS_BIND, NS_SM, parseFeatures } from '../../../src/stream/index.ts';
import { type Element, element, parseElement } from '../../../src/xml/index.ts';
import type { ClientSnapshot } from '../client-steps.ts';
import { TOKEN } from '../login-steps.ts';

/*
 * What events of a client carry: what a server says, and how the children of the chart end.
 */

/** The address that is bound. */
export const FULL_JID = 'juliet@example.org/balcony';

/** The stream header of the server. */
export const SERVER_HEADER = { from: 'example.org', to: undefined, id: 's1', version: '1.0', lang: undefined };

/** What the stores of the application know of the account. */
export const RECOLLECTIONS = {
  nothing: { output: { pin: undefined, token: undefined } },
  'a token': { output: { pin: undefined, token: TOKEN } },
};

/** The session is taken up again along with the login. */
export function resumedAlong() {
  return { payload: undefined, outcome: outcome({ resumption: sm('resumed', { previd: 'm1', h: '0' }) }) };
}

/** In the profile of XEP-0388 the authentication ends well only after it heard of a success, and vice versa. */
export function mayHaveSucceeded({ value, context }: ClientSnapshot): boolean {
  return context.outcome !== undefined || !statePath(value).startsWith('linked.loggingIn');
}

/** Features with this XML inside. */
export function offer(inner: string) {
  const xml = `<stream:features xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>${inner}</stream:features>`;
  return { features: parseFeatures(parseElement(xml)) };
}

/** Mechanisms in the words of a profile. */
export function mechanisms(namespace: string, name: string): string {
  return `<${name} xmlns='${namespace}'><mechanism>SCRAM-SHA-256</mechanism></${name}>`;
}

/** SASL2 with Bind 2 and stream management, and this XML along with them. */
export function sasl2(inline: string): string {
  const bind = `<bind xmlns='${NS_BIND2}'><inline><feature var='${NS_SM}'/></inline></bind>`;
  return `<authentication xmlns='${NS_SASL2}'><mechanism>SCRAM-SHA-256</mechanism><inline>${bind}<sm xmlns='${NS_SM}'/>${inline}</inline></authentication>`;
}

/** What a success of SASL2 says beside the name. */
export function outcome(said: object) {
  const identifier = 'juliet@example.org';
  return { identifier, bound: undefined, bindFailed: false, resumption: undefined, token: undefined, ...said };
}

/** A resource was bound along, and this XML says what with. */
export function boundWith(inner: string): Element {
  return parseElement(`<bound xmlns='${NS_BIND2}'>${inner}</bound>`);
}

/** How the authentication ends. */
export function authenticated(
  said: { readonly mechanism?: string | undefined; readonly error?: SaslError; readonly unsaved?: XmppError } = {},
) {
  const usual = { mechanism: 'SCRAM-SHA-256', error: undefined, outcome: undefined, enabled: [], unsaved: undefined };
  return { output: { ...usual, ...said } };
}

/** An element of stream management. */
export function sm(name: string, attributes: Readonly<Record<string, string>>): Element {
  return element(`{${NS_SM}}${name}`, attributes);
}

/** An answer to a request of the negotiation. */
export function iq(type: string, id: string, ...children: readonly Element[]) {
  return { stanza: element(`{${NS_CLIENT}}iq`, { type, id }, children) };
}

/** The resource that was bound. */
export function bind(): Element {
  return element(`{${NS_BIND}}bind`, {}, element('jid', {}, FULL_JID));
}

/** What the store of the application kept of an earlier process. */
export function restoredSession() {
  const management = { id: 'm1', max: undefined, location: undefined };
  const session = {
    jid: parseJid(FULL_JID),
    management,
    enabled: [],
    features: [],
    received: 0,
    acknowledged: 0,
    isLive: false,
  };
  return { session, outgoing: [] };
}
