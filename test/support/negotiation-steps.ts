import type { Conversation, ScriptSteps } from '../../src/testing/index.ts';
import { type Element, textOf } from '../../src/xml/index.ts';
import type { Road } from '../client/resume-stage.ts';

const TLS = 'xmlns="urn:ietf:params:xml:ns:xmpp-tls"';
const SASL = 'xmlns="urn:ietf:params:xml:ns:xmpp-sasl"';
const SESSION = '<session xmlns="urn:ietf:params:xml:ns:xmpp-session"/>';
const BIND = '<bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/>';

/** The side of the server in a conversation. */
export type Script = ScriptSteps<unknown>;

/** A state in which a client waits for its server, and the script that leads it there. */
export interface NegotiationStep {
  /** The state, and what was said there already. */
  readonly title: string;
  readonly state: string;
  reach(peer: Script): Conversation<unknown>;
}

/** Every such state of a login by RFC 6120, in order, before the client is online. */
export function negotiationSteps(road: Road): readonly NegotiationStep[] {
  const secure = (peer: Script): Script => (road === 'STARTTLS' ? peer.startTls() : peer);
  return [
    ...stepsToSecurity(road),
    step('linked.authenticating', (peer) => askedForSasl(secure(peer), 'SCRAM-SHA-256')),
    step('linked.authenticating, after a challenge', (peer) =>
      askedForSasl(secure(peer), 'SCRAM-SHA-256').sends(scramChallenge(SASL)).receives(`<response ${SASL}/>`),
    ),
    ...waitsForStream('restarting', (peer) => secure(peer).authenticate()),
    step('linked.binding', (peer) => askedForResource(secure(peer).authenticate(), '')),
    step('linked.establishing.awaitingSession', (peer) =>
      askedForResource(secure(peer).authenticate(), SESSION)
        .sends(bindResult)
        .receives(`<iq type="set">${SESSION}</iq>`),
    ),
  ];
}

/** A step whose title begins with its state. */
export function step(title: string, reach: NegotiationStep['reach']): NegotiationStep {
  return { title, state: title.replace(/,.*/, ''), reach };
}

/** The client begins to log in. */
export function askedForSasl(peer: Script, mechanism: string): Conversation<Element> {
  return peer
    .header()
    .features(`<mechanisms ${SASL}><mechanism>${mechanism}</mechanism></mechanisms>`)
    .receives(`<auth ${SASL} mechanism="${mechanism}"/>`);
}

/** RFC 5802 §5: continues the nonce of the client. */
export function scramChallenge(xmlns: string) {
  return (request: Element): string => {
    const nonce = /r=([^,]+)/.exec(atob(initialResponse(request)))?.[1];
    return `<challenge ${xmlns}>${btoa(`r=${nonce}server,s=c2FsdA==,i=4096`)}</challenge>`;
  };
}

/** The client is offered a resource along with other features, and asks for it. */
export function askedForResource(peer: Script, features: string): Conversation<Element> {
  return peer.header().features(`${BIND}${features}`).receives(`<iq type="set">${BIND}</iq>`);
}

/** The answer to that. */
export function bindResult({ attributes: { id } }: Element): string {
  const bound = BIND.replace('/>', '><jid>juliet@capulet.example/balcony</jid></bind>');
  return `<iq xmlns="jabber:client" type="result" id="${id}">${bound}</iq>`;
}

function stepsToSecurity(road: Road): readonly NegotiationStep[] {
  const inClear = waitsForStream('opening', (peer) => peer);
  if (road === 'memory') return inClear;
  if (road !== 'STARTTLS') return waitsForStream('secured', (peer) => peer);
  return [
    ...inClear,
    step('linked.securing.awaitingProceed', askedForTls),
    step('linked.securing.handshaking', (peer) => askedForTls(peer).sends(`<proceed ${TLS}/>`)),
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
  const starttls = `<starttls ${TLS}/>`;
  return peer.header().features(starttls).receives(starttls);
}

/** Of `<auth/>`, or that inside `<authenticate/>`, where it comes first (XEP-0388 §2.3). */
function initialResponse(request: Element): string {
  const [first] = request.children;
  return typeof first === 'object' ? textOf(first) : textOf(request);
}
