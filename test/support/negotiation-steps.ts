import type { Conversation, ScriptSteps } from '../../src/testing/index.ts';
import { type Element, textOf } from '../../src/xml/index.ts';
import type { Way } from './client-stage.ts';

const TLS = 'urn:ietf:params:xml:ns:xmpp-tls';
const SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';
const BIND = 'urn:ietf:params:xml:ns:xmpp-bind';
const SESSION = 'urn:ietf:params:xml:ns:xmpp-session';

/** The side of the server in a conversation. */
export type Script = ScriptSteps<unknown>;

/** A state in which a client waits for its server, and the script that leads it there. */
export interface NegotiationStep {
  /** The state, and what was said there already. */
  readonly title: string;
  readonly state: string;
  reach(peer: Script): Conversation<unknown>;
}

/** Every such state before the client is online, in order. */
export function negotiationSteps(way: Way): readonly NegotiationStep[] {
  const secure = (peer: Script): Script => (way === 'STARTTLS' ? peer.startTls() : peer);
  return [
    ...stepsToSecurity(way),
    step('linked.authenticating', (peer) => askedForSasl(secure(peer))),
    step('linked.authenticating, after a challenge', (peer) =>
      askedForSasl(secure(peer)).sends(scramChallenge).receives(`<response xmlns="${SASL}"/>`),
    ),
    step('linked.restarting.awaitingHeader', (peer) => secure(peer).authenticate().receives('<stream:stream>')),
    step('linked.restarting.awaitingFeatures', (peer) => secure(peer).authenticate().header()),
    step('linked.binding', (peer) =>
      secure(peer)
        .authenticate()
        .header()
        .features(`<bind xmlns="${BIND}"/>`)
        .receives(`<iq type="set"><bind xmlns="${BIND}"/></iq>`),
    ),
    step('linked.establishing.awaitingSession', (peer) =>
      secure(peer)
        .authenticate()
        .bind('juliet@capulet.example', { features: `<session xmlns="${SESSION}"/>` })
        .receives(`<iq type="set"><session xmlns="${SESSION}"/></iq>`),
    ),
  ];
}

function stepsToSecurity(way: Way): readonly NegotiationStep[] {
  const inClear = waitsForStream('opening', (peer) => peer);
  if (way === 'memory') return inClear;
  if (way === 'direct TLS') return waitsForStream('secured', (peer) => peer);
  return [
    ...inClear,
    step('linked.securing.awaitingProceed', askedForTls),
    step('linked.securing.handshaking', (peer) => askedForTls(peer).sends(`<proceed xmlns="${TLS}"/>`)),
    ...waitsForStream('secured', (peer) => peer.startTls()),
  ];
}

function waitsForStream(name: string, begin: (peer: Script) => Script): readonly NegotiationStep[] {
  return [
    step(`linked.${name}.awaitingHeader`, (peer) => begin(peer).receives('<stream:stream>')),
    step(`linked.${name}.awaitingFeatures`, (peer) => begin(peer).header()),
  ];
}

function askedForTls(peer: Script): Conversation<Element> {
  const starttls = `<starttls xmlns="${TLS}"/>`;
  return peer.header().features(starttls).receives(starttls);
}

function askedForSasl(peer: Script): Conversation<Element> {
  return peer
    .header()
    .features(`<mechanisms xmlns="${SASL}"><mechanism>SCRAM-SHA-256</mechanism></mechanisms>`)
    .receives(`<auth xmlns="${SASL}" mechanism="SCRAM-SHA-256"/>`);
}

/** RFC 5802 §5: continues the nonce of the client. */
function scramChallenge(auth: Element): string {
  const nonce = /r=([^,]+)/.exec(atob(textOf(auth)))?.[1];
  return `<challenge xmlns="${SASL}">${btoa(`r=${nonce}server,s=c2FsdA==,i=4096`)}</challenge>`;
}

function step(title: string, reach: NegotiationStep['reach']): NegotiationStep {
  return { title, state: title.replace(/,.*/, ''), reach };
}
