import { onTestFinished } from 'vitest';
import type { Client, CreateClientOptions } from '../../src/node.ts';
import { carbonsProtocol } from '../../src/subprotocols/carbons.ts';
import { clientStateProtocol } from '../../src/subprotocols/client-state.ts';
import { messageProtocol } from '../../src/subprotocols/message.ts';
import { pingProtocol } from '../../src/subprotocols/ping.ts';
import { presenceProtocol } from '../../src/subprotocols/presence.ts';
import { versionProtocol } from '../../src/subprotocols/version.ts';
import {
  createAuthority,
  type LoginOptions,
  type ScriptedPeer,
  type ScriptedServer,
  type ScriptedServerOptions,
  startScriptedServer,
} from '../../src/testing/index.ts';
import { makeReturning, type Road } from '../client/resume-stage.ts';
import { type ClientStage, wayTo } from '../support/client-stage.ts';
import type { Script } from '../support/negotiation-steps.ts';

/*
 * Servers that mean a client no good, and what becomes of it. Over a WebSocket no document around a stanza declares a
 * namespace, so that scripts for all roads declare them themselves.
 */

/** The namespace of stanzas, as a script has to declare it. */
export const CLIENT = 'xmlns="jabber:client"';
/** The same for what belongs to the stream. */
export const STREAM = 'xmlns:stream="http://etherx.jabber.org/streams"';
export const SASL = 'xmlns="urn:ietf:params:xml:ns:xmpp-sasl"';
export const BIND = 'xmlns="urn:ietf:params:xml:ns:xmpp-bind"';

const DOMAIN = 'capulet.example';
const ENABLE_CARBONS = '<iq type="set"><enable xmlns="urn:xmpp:carbons:2"/></iq>';

/** A client of juliet that is on its way to a server, and what can be seen of it. */
export interface Meeting {
  readonly client: Client;
  readonly server: ScriptedServer;
  readonly peer: ScriptedPeer;
  /** What the client wrote; payloads of SASL are masked. */
  readonly sent: readonly string[];
  /** What the application was told, a line for each event. */
  readonly heard: readonly string[];
}

/** What a test may change. */
export interface MeetingOptions extends Partial<CreateClientOptions> {
  readonly onServer?: Partial<ScriptedServerOptions>;
  /** Whether the client comes back at once, whenever it lost its connection. */
  readonly returns?: boolean;
  /** Leads the client on another way, where somebody stands on it. */
  readonly via?: (server: ScriptedServer) => Promise<Partial<CreateClientOptions>>;
}

/** Starts both; the client has connected, and waits. */
export async function meet(
  stage: ClientStage,
  road: Road,
  { onServer, returns = false, via, ...options }: MeetingOptions = {},
): Promise<Meeting> {
  const isNetwork = road !== 'memory';
  const server = await startScriptedServer({
    domain: DOMAIN,
    listen: isNetwork,
    websocket: road === 'WebSocket',
    ...(isNetwork && { certificate: await sharedCertificate() }),
    ...onServer,
  });
  onTestFinished(() => server.stop());
  const sent: string[] = [];
  const known: Partial<CreateClientOptions> = {
    ...(via ? await via(server) : roadTo(server, road)),
    onTraffic: ({ direction, text }) => void (direction === 'SEND' && sent.push(text)),
    ...options,
  };
  const client = returns ? makeReturning(stage, known) : stage.make(known);
  const heard = listenTo(client);
  client.start();
  return { client, server, peer: await server.connection(), sent, heard };
}

/** The same with a client that is online, as `juliet@capulet.example/balcony`, and uses every subprotocol there is. */
export async function meetOnline(
  stage: ClientStage,
  road: Road,
  { login = {}, ...options }: MeetingOptions & { readonly login?: LoginOptions } = {},
): Promise<Meeting> {
  const meeting = await meet(stage, road, options);
  const { client, peer } = meeting;
  useEverything(client);
  await Promise.all([client.online(), logIn(peer, login)]);
  return meeting;
}

/** Logs a client in that {@link useEverything} was done to: what it asks for at once is granted. */
export async function logIn(peer: ScriptedPeer, login: LoginOptions = {}): Promise<void> {
  await peer
    .login({ mechanism: 'PLAIN', resource: 'balcony', ...login })
    .receives(ENABLE_CARBONS)
    .sends(({ attributes: { id } }) => `<iq ${CLIENT} type="result" id="${id}"/>`);
}

/** The options that lead a client to a server. */
export function roadTo(
  server: Pick<ScriptedServer, 'ca' | 'connect' | 'port' | 'tlsPort' | 'websocketUrl'>,
  road: Road,
): Partial<CreateClientOptions> {
  if (road === 'WebSocket') return { websocket: server.websocketUrl, tls: { ca: server.ca } };
  return wayTo(server, road);
}

/** The stream on which a server may log somebody in: TLS stands. */
export function secured(peer: Script, road: Road): Script {
  return road === 'STARTTLS' ? peer.startTls() : peer;
}

/** Uses every subprotocol there is. */
export function useEverything(client: Client): void {
  client.use(presenceProtocol());
  client.use(messageProtocol());
  client.use(carbonsProtocol());
  client.use(versionProtocol());
  client.use(pingProtocol());
  client.use(clientStateProtocol());
}

/** A stream error, as any framing takes it. */
export function streamError(condition: string, inside = ''): string {
  const defined = `<${condition} xmlns="urn:ietf:params:xml:ns:xmpp-streams">${inside}</${condition}>`;
  return `<stream:error ${STREAM}>${defined}</stream:error>`;
}

type Certified = NonNullable<ScriptedServerOptions['certificate']>;

let shared: Promise<Certified> | undefined;

/** One for all servers of a file: to make it takes longer than most of what it is needed for. */
function sharedCertificate(): Promise<Certified> {
  shared ??= createAuthority().then(async (authority) => ({
    ...(await authority.issue({ domains: [DOMAIN] })),
    ca: authority.certificate,
  }));
  return shared;
}

/** Writes down what the application is told. It reads all that can be read: what throws then would be an event, too. */
function listenTo(client: Client): string[] {
  const heard: string[] = [];
  client.on('message', ({ message, message: { type, fromText, body } }) => {
    readAll(message);
    heard.push(`${type} from ${fromText}: ${body}`);
  });
  client.on('presence', ({ presence, presence: { type = 'available', fromText } }) => {
    readAll(presence);
    heard.push(`${type} from ${fromText}`);
  });
  client.on('carbon', ({ direction, message, message: { fromText, body } }) => {
    readAll(message);
    heard.push(`carbon ${direction} from ${fromText}: ${body}`);
  });
  client.on('stanza.dropped', ({ reason, stanza }) => heard.push(`dropped ${stanza.name}: ${reason}`));
  client.on('error', ({ error }) => heard.push(`error ${error.code}`));
  return heard;
}

/** Views read their stanza when they are asked, so that what nobody asks for cannot fail. */
function readAll(view: object): void {
  for (let type = Object.getPrototypeOf(view); type !== Object.prototype; type = Object.getPrototypeOf(type)) {
    for (const name of Object.keys(Object.getOwnPropertyDescriptors(type))) Reflect.get(view, name);
  }
}
