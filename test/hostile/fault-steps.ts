import type { Client, CreateClientOptions } from '../../src/node.ts';
import type { Conversation, ScriptedServer } from '../../src/testing/index.ts';
import type { Element } from '../../src/xml/index.ts';
import type { Road } from '../client/resume-stage.ts';
import type { ClientStage } from '../support/client-stage.ts';
import {
  askedForResource,
  askedForSasl,
  bindResult,
  type NegotiationStep,
  negotiationSteps,
  type Script,
  scramChallenge,
  step,
} from '../support/negotiation-steps.ts';
import { nextEvent } from '../support/next-event.ts';
import { BACK_OFF } from './fault-stage.ts';

const SASL = 'xmlns="urn:ietf:params:xml:ns:xmpp-sasl"';
const SASL2 = 'xmlns="urn:xmpp:sasl:2"';
const SM = 'xmlns="urn:xmpp:sm:3"';
/** What a server offers that manages streams. */
const MANAGES = `<sm ${SM}/>`;
const ENABLE = `<enable ${SM} resume="true"/>`;
const BIND2 = '<bind xmlns="urn:xmpp:bind:0"/>';
const FAST = '<fast xmlns="urn:xmpp:fast:0"><mechanism>HT-SHA-256-NONE</mechanism></fast>';
const SUCCESS =
  `<success ${SASL2}><authorization-identifier>juliet@capulet.example/balcony</authorization-identifier>` +
  '<bound xmlns="urn:xmpp:bind:0"/></success>';

/** A step, and what else is needed to reach it. */
export interface FaultStep extends NegotiationStep {
  /** Options of the client, made anew for each. */
  readonly options?: (server: ScriptedServer) => Partial<CreateClientOptions>;
  /** What happens on the connection before this one. */
  readonly before?: (scene: Scene) => Promise<unknown>;
  /** The state of the chart `authentication`, where the title means a certain one. */
  readonly within?: string;
  /** What the application does at last, when the client is online. */
  readonly last?: (client: Client) => unknown;
}

/** A client that has started. */
interface Scene {
  readonly client: Client;
  readonly stage: ClientStage;
  connection(): Promise<Script>;
}

/** Every state in which a client waits for its server, on one way there. */
export function faultSteps(road: Road): readonly FaultStep[] {
  const secure = (peer: Script): Script => (road === 'STARTTLS' ? peer.startTls() : peer);
  return [
    ...stepsOfDialling(road),
    ...negotiationSteps(road),
    step('linked.authenticating, with PLAIN', (peer) => askedForSasl(secure(peer), 'PLAIN')),
    ...stepsOfSasl2(secure),
    ...stepsOfTokens(road, secure),
    ...stepsOfStores(secure),
    ...stepsOfManagement(secure),
    step('linked.online', (peer) => peer.login({ mechanism: 'PLAIN' })),
    { ...step('linked.closing', (peer) => peer.login({ mechanism: 'PLAIN' })), last: (client) => void client.stop() },
  ];
}

/** A server that speaks, and not in the way that the client asked for. */
function stepsOfDialling(road: Road): readonly FaultStep[] {
  if (road === 'direct TLS') {
    return [{ ...step('linked.securing.handshaking', silent), options: ({ port }) => ({ port }) }];
  }
  if (road !== 'WebSocket') return [];
  return [
    { ...step('linked.connecting, in the TLS handshake', silent), options: ({ port, ca }) => wss(port, ca) },
    { ...step('linked.connecting, before HTTP', silent), options: ({ tlsPort, ca }) => wss(tlsPort, ca) },
  ];
}

function wss(port: number, ca: string): Partial<CreateClientOptions> {
  return { websocket: `wss://127.0.0.1:${port}/xmpp-websocket`, tls: { ca } };
}

function silent(peer: Script): Conversation<unknown> {
  return peer.sends('');
}

/** XEP-0388, with resource binding along with it (XEP-0386). */
function stepsOfSasl2(secure: (peer: Script) => Script): readonly FaultStep[] {
  return [
    step('linked.loggingIn.exchanging', (peer) => askedForSasl2(secure(peer), 'SCRAM-SHA-256')),
    step('linked.loggingIn.exchanging, after a challenge', (peer) =>
      askedForSasl2(secure(peer), 'SCRAM-SHA-256').sends(scramChallenge(SASL2)).receives(`<response ${SASL2}/>`),
    ),
    step('linked.loggingIn.exchanging, with PLAIN', (peer) => askedForSasl2(secure(peer), 'PLAIN')),
    step('linked.loggingIn.awaitingNewFeatures', (peer) => askedForSasl2(secure(peer), 'PLAIN').sends(SUCCESS)),
    step('linked.establishing.awaitingManagement, after SASL2', (peer) =>
      askedForSasl2(secure(peer), 'PLAIN').sends(SUCCESS).features(MANAGES).receives(ENABLE),
    ),
  ];
}

/** A token of an earlier login is sent before the server says anything (XEP-0484), where it is kept off from others. */
function stepsOfTokens(road: Road, secure: (peer: Script) => Script): readonly FaultStep[] {
  const token = { mechanism: 'HT-SHA-256-NONE', token: 'secret', userAgent: 'a', inline: { bind: [], sm: false } };
  const options = (): Partial<CreateClientOptions> => ({
    tokens: new Map([['juliet@capulet.example', token]]),
    pipelining: 'always',
  });
  const late = step('linked.loggingIn.exchanging, with a token', (peer) =>
    askedForSasl2(secure(peer), 'HT-SHA-256-NONE', `${BIND2}${FAST}`),
  );
  if (road === 'memory') return [{ ...late, options }];
  return [
    step('linked.loggingIn.awaitingHeader', (peer) => secure(peer).receives('<stream:stream>')),
    step('linked.loggingIn.awaitingFeatures', (peer) => secure(peer).header()),
  ].map((early) => ({ ...early, options }));
}

/** The application is asked, and does not answer for the moment. */
function stepsOfStores(secure: (peer: Script) => Script): readonly FaultStep[] {
  const never = () => new Promise<never>(() => {});
  const pins = { get: () => undefined, set: never, delete: () => undefined };
  const mechanisms = `<mechanisms ${SASL}><mechanism>PLAIN</mechanism></mechanisms>`;
  return [
    {
      ...step('linked.authenticating, asking for credentials', (peer) => secure(peer).header().features(mechanisms)),
      options: () => ({ credentials: never }),
      within: 'exchanging.preparing',
    },
    {
      ...step('linked.authenticating, keeping a pin', (peer) =>
        askedForSasl(secure(peer), 'PLAIN').sends(`<success ${SASL}/>`),
      ),
      options: () => ({ pins }),
      within: 'exchanging.verifying',
    },
    {
      ...step('linked.loggingIn.verifying', (peer) => askedForSasl2(secure(peer), 'PLAIN').sends(SUCCESS)),
      options: () => ({ pins }),
    },
  ];
}

/** The session of the connection before this one is asked for (XEP-0198 §5), and the one that was managed. */
function stepsOfManagement(secure: (peer: Script) => Script): readonly FaultStep[] {
  const authenticated = (peer: Script) => secure(peer).authenticate('PLAIN');
  const enabling = (peer: Script) => askedForResource(authenticated(peer), MANAGES).sends(bindResult).receives(ENABLE);
  const managed = (peer: Script) => enabling(peer).sends(`<enabled ${SM} id="s1" resume="true"/>`);
  const before = async ({ client, stage, connection }: Scene) => {
    const script = managed(await connection());
    await Promise.all([script, client.online()]);
    const lost = nextEvent(client, 'reconnecting');
    await script.reset();
    await lost;
    stage.clock.increment(BACK_OFF);
  };
  const resuming = step('linked.resuming', (peer) =>
    authenticated(peer).header().features(MANAGES).receives(`<resume ${SM} previd="s1"/>`),
  );
  const along = step('linked.loggingIn.exchanging, resuming', (peer) => askedForSasl2(secure(peer), 'PLAIN', MANAGES));
  return [
    step('linked.establishing.awaitingManagement', enabling),
    { ...resuming, before },
    { ...along, before },
    step('linked.online, managed', managed),
  ];
}

function askedForSasl2(peer: Script, mechanism: string, inline = BIND2): Conversation<Element> {
  return peer
    .header()
    .features(`<authentication ${SASL2}><mechanism>${mechanism}</mechanism><inline>${inline}</inline></authentication>`)
    .receives(`<authenticate ${SASL2} mechanism="${mechanism}"/>`);
}
