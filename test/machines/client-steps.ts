import { type ExecutableActionObject, initialTransition, type SnapshotFrom, transition } from 'xstate';
import {
  type AuthenticationInput,
  type AuthenticationOutput,
  type ClientEvent,
  clientMachine,
  type Endpoint,
  type Recollection,
  type ResolveInput,
  statePath,
  type TransportInput,
} from '../../machines/index.ts';
import { clientInput } from '../../src/client/client-input.ts';
import type { ClientOptions } from '../../src/client/options.ts';
import { TransportError } from '../../src/errors/index.ts';
import { parseJid } from '../../src/jid/index.ts';
import { Sealed, type SecureChannel } from '../../src/sasl/index.ts';
import { NS_CLIENT } from '../../src/stanza/index.ts';
import { NS_BIND, NS_SASL, NS_SESSION, NS_SM, NS_TLS, parseFeatures } from '../../src/stream/index.ts';
import { type Element, element, parseElement } from '../../src/xml/index.ts';

/*
 * The chart of the client as a pure function: nothing runs, time stands still.
 */

export type ClientSnapshot = SnapshotFrom<typeof clientMachine>;

/** What a transition leads to. */
export interface Step {
  readonly snapshot: ClientSnapshot;
  readonly path: string;
  /** Actors that are started, stopped and told something, in order. */
  readonly effects: readonly string[];
  /** What the actors that are started are given. */
  readonly inputs: ActorInputs;
  /** What actors are told, in order. */
  readonly told: readonly SentEvent[];
  /** Deadlines that are set, in milliseconds. */
  readonly deadlines: Readonly<Record<string, number>>;
}

/** By the id of the actor. */
interface ActorInputs {
  readonly authentication?: AuthenticationInput;
  readonly resolve?: ResolveInput;
  readonly transport?: TransportInput;
}

/** As much of an event as a test looks at. */
interface SentEvent {
  readonly type: string;
  readonly event?: { readonly type: string; readonly error?: unknown };
  readonly stanza?: Element;
  readonly enabled?: readonly string[];
}

export const STARTTLS: Endpoint = endpoint('starttls', 'a.example.org');
export const OTHER_STARTTLS: Endpoint = endpoint('starttls', 'b.example.org');
export const DIRECT_TLS: Endpoint = endpoint('direct-tls', 'c.example.org');
export const WSS: Endpoint = {
  transport: 'websocket',
  host: 'd.example.org',
  port: 443,
  security: 'direct-tls',
  url: 'wss://d.example.org/ws',
  reason: 'a test',
};
export const IN_CLEAR: Endpoint = {
  transport: 'tcp',
  host: 'localhost',
  port: 5222,
  security: 'none',
  reason: 'a test',
};
export const MEMORY: Endpoint = {
  transport: 'memory',
  host: 'example.org',
  port: 0,
  security: 'none',
  reason: 'a test',
};

/** Online: not long yet, or long enough; and something came not long ago. */
export const SETTLING = 'linked.online.stability.settling+liveness.fresh';
export const STABLE = 'linked.online.stability.stable+liveness.fresh';

/** The chart before its first event: offline. The application names the server. */
export function begin(options: Partial<ClientOptions> = {}): Step {
  return beginAnywhere({ host: 'a.example.org', ...options });
}

/** The same, where nothing but the domain is known. */
export function beginAnywhere(options: Partial<ClientOptions> = {}): Step {
  const input = clientInput({ jid: 'juliet@example.org', password: 'pencil', startsAtOnce: false, ...options });
  return describe(...initialTransition(clientMachine, input));
}

export function step(snapshot: ClientSnapshot, event: ClientEvent): Step {
  return describe(...transition(clientMachine, snapshot, event));
}

/** Takes events one after the other. */
export function steps(from: Step, ...events: readonly ClientEvent[]): Step {
  return events.reduce((last, event) => step(last.snapshot, event), from);
}

/** An event, or what makes one of the state that it comes to. */
export type Move = ClientEvent | ((snapshot: ClientSnapshot) => ClientEvent);

/** Where each move leads, and what it does. */
export function trail(from: Step, moves: readonly Move[]): string[][] {
  let last = from;
  return moves.map((move) => {
    last = step(last.snapshot, typeof move === 'function' ? move(last.snapshot) : move);
    return [last.path, ...last.effects];
  });
}

function describe(snapshot: ClientSnapshot, actions: readonly ExecutableActionObject[]): Step {
  return {
    snapshot,
    path: statePath(snapshot.value),
    effects: actions.flatMap(effectOf),
    inputs: Object.fromEntries(actions.flatMap(inputOf)),
    told: actions.flatMap(sentBy),
    deadlines: Object.fromEntries(actions.flatMap(deadlineOf)),
  };
}

interface ActionParameters {
  readonly id?: string;
  readonly input?: unknown;
  readonly targetId?: string;
  readonly delay?: number;
  readonly event?: SentEvent;
}

function effectOf({ type, params }: ExecutableActionObject): string[] {
  const { id, targetId, event }: ActionParameters = params ?? {};
  if (type === 'xstate.spawnChild') return [`start ${id}`];
  if (type === 'xstate.stopChild') return [`stop ${id}`];
  if (type !== 'xstate.sendTo' || !event) return [];
  return [`${targetId} ← ${event.type}${event.event ? ` ${event.event.type}` : ''}`];
}

function inputOf({ type, params }: ExecutableActionObject): [string, unknown][] {
  const { id, input }: ActionParameters = params ?? {};
  return type === 'xstate.spawnChild' && id !== undefined ? [[id, input]] : [];
}

function sentBy({ type, params }: ExecutableActionObject): SentEvent[] {
  const { event }: ActionParameters = params ?? {};
  return type === 'xstate.sendTo' && event ? [event] : [];
}

function deadlineOf({ type, params }: ExecutableActionObject): [string, number][] {
  const { delay, event }: ActionParameters = params ?? {};
  if (type !== 'xstate.raise' || !event || delay === undefined) return [];
  return [[event.type.replace(/^xstate\.after\.|\.client\..*$/g, ''), delay]];
}

/** Deadlines pass as events of this name. */
export function passed(deadline: string, state: string): ClientEvent {
  return forged({ type: `xstate.after.${deadline}.client.${state}` });
}

export function found(...candidates: readonly Endpoint[]): ClientEvent {
  return { type: 'xstate.done.actor.resolve', actorId: 'resolve', output: candidates };
}

/** What the application's stores know: nothing, unless a test says otherwise. */
export function recalled(recollection: Partial<Recollection> = {}): ClientEvent {
  const output = { pin: undefined, token: undefined, ...recollection };
  return { type: 'xstate.done.actor.recall', actorId: 'recall', output };
}

export function crashed(actor: string, error: unknown): ClientEvent {
  return { type: `xstate.error.actor.${actor}`, actorId: actor, error };
}

export function authenticated(
  error?: AuthenticationOutput['error'],
  rest: Partial<AuthenticationOutput> = {},
): ClientEvent {
  return {
    type: 'xstate.done.actor.authentication',
    actorId: 'authentication',
    output: { mechanism: 'SCRAM-SHA-256', error, outcome: undefined, enabled: [], unsaved: undefined, ...rest },
  };
}

export function failed(condition: TransportError['condition']): ClientEvent {
  return { type: 'transport.failed', error: new TransportError(condition, { condition }) };
}

/** The answer to the request that the chart waits for. */
export function answered(
  snapshot: ClientSnapshot,
  type: 'result' | 'error',
  ...children: readonly Element[]
): ClientEvent {
  const stanza = element(`{${NS_CLIENT}}iq`, { type, id: snapshot.context.requestId }, children);
  return { type: 'stanza.received', stanza };
}

export function bound(jid: string): Element {
  return element(`{${NS_BIND}}bind`, {}, element('jid', {}, jid));
}

export function features(inner: string): ClientEvent {
  const xml = `<stream:features xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>${inner}</stream:features>`;
  return { type: 'features.received', features: parseFeatures(parseElement(xml)) };
}

export const TLS_OFFER = features(`<starttls xmlns='${NS_TLS}'><required/></starttls>`);
export const SASL_OFFER = features(`<mechanisms xmlns='${NS_SASL}'><mechanism>SCRAM-SHA-256</mechanism></mechanisms>`);
export const BIND_OFFER = features(`<bind xmlns='${NS_BIND}'/>`);
export const MANAGED_OFFER = features(`<bind xmlns='${NS_BIND}'/><sm xmlns='${NS_SM}'/>`);
export const MANAGED_LEGACY_OFFER = features(
  `<bind xmlns='${NS_BIND}'/><session xmlns='${NS_SESSION}'/><sm xmlns='${NS_SM}'/>`,
);
export const LEGACY_OFFER = features(`<bind xmlns='${NS_BIND}'/><session xmlns='${NS_SESSION}'/>`);
export const OPENED: ClientEvent = {
  type: 'stream.opened',
  header: { from: 'example.org', to: undefined, id: 's1', version: '1.0', lang: undefined },
};
/** Over a way that is long enough for saving a round trip. */
export const CONNECTED = { type: 'transport.connected', roundTrip: 100 } as const satisfies ClientEvent;
/** A TLS connection that nothing can be bound to. */
export const CHANNEL: SecureChannel = {
  tlsVersion: 'TLSv1.3',
  bindings: [],
  bindingData: () => Promise.reject(new Error('There is nothing to bind to')),
};
export const SECURED = { type: 'transport.secured', channel: CHANNEL } as const satisfies ClientEvent;
export const MESSAGE: ClientEvent = {
  type: 'stanza.received',
  stanza: parseElement("<message xmlns='jabber:client' from='romeo@example.net'><body>Hi</body></message>"),
};
/** What the server says about managing the stream (XEP-0198). */
export function managed(name: 'enabled' | 'resumed' | 'failed', attributes: Record<string, string> = {}): ClientEvent {
  return { type: 'management.answered', element: element(`{${NS_SM}}${name}`, attributes) };
}

export const PAYLOAD = new Sealed(new Uint8Array([1, 2, 3]));
export const FULL_JID = parseJid('juliet@example.org/balcony');

/** The shortest way to each state of a login in the profile of RFC 6120, by its path. */
export function login(
  options: Partial<ClientOptions> = {},
  first: Endpoint = STARTTLS,
  ...others: readonly Endpoint[]
) {
  const offline = begin(options);
  const recalling = steps(offline, { type: 'start' });
  const resolving = steps(recalling, recalled());
  const connecting = steps(resolving, found(first, ...others));
  const awaitingHeader = steps(connecting, CONNECTED);
  const awaitingFeatures = steps(awaitingHeader, OPENED);
  const awaitingProceed = steps(awaitingFeatures, TLS_OFFER);
  const handshaking = steps(awaitingProceed, { type: 'tls.proceeded' });
  const securedHeader = steps(handshaking, SECURED);
  const securedFeatures = steps(securedHeader, OPENED);
  const authenticating = steps(securedFeatures, SASL_OFFER);
  const restartingHeader = steps(authenticating, authenticated());
  const restartingFeatures = steps(restartingHeader, OPENED);
  const binding = steps(restartingFeatures, BIND_OFFER);
  const legacyBinding = steps(restartingFeatures, LEGACY_OFFER);
  const awaitingSession = steps(legacyBinding, answered(legacyBinding.snapshot, 'result', bound(FULL_JID.full)));
  const settling = steps(binding, answered(binding.snapshot, 'result', bound(FULL_JID.full)));
  const stable = steps(settling, passed('stableSession', 'linked.online.stability.settling'));
  const closing = steps(stable, { type: 'stop' });
  return {
    offline,
    recalling,
    resolving,
    connecting,
    awaitingHeader,
    awaitingFeatures,
    awaitingProceed,
    handshaking,
    securedHeader,
    securedFeatures,
    authenticating,
    restartingHeader,
    restartingFeatures,
    binding,
    awaitingSession,
    settling,
    stable,
    closing,
  };
}

function endpoint(security: 'starttls' | 'direct-tls', host: string): Endpoint {
  return { transport: 'tcp', host, port: security === 'starttls' ? 5222 : 5223, security, reason: 'a test' };
}

/** Events of timers have types that no machine declares. */
function forged(event: { readonly type: string }): ClientEvent {
  return event as ClientEvent;
}
