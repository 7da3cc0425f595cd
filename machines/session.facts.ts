import type { AnyActorRef, DoneActorEvent, ErrorActorEvent, ProvidedActor, Spawner } from 'xstate';
import { TransportError, type XmppError } from '../src/errors/index.ts';
import type { Jid } from '../src/jid/index.ts';
import { buildPing, type ManagementEnabled } from '../src/payloads/index.ts';
import { buildIq } from '../src/stanza/index.ts';
import { StreamLedger } from '../src/stream/index.ts';
import type { AppState } from './app-state.ts';
import type {
  Audience,
  IqInput,
  IqRef,
  OutboxInput,
  OutboxRef,
  PendingRequest,
  RouteEntry,
  RouterInput,
  RouterRef,
} from './contracts.ts';
import type { SessionLedger } from './delivery.ts';
import type { SessionCommand } from './session.contracts.ts';
import type { SessionIdentity } from './session-record.ts';
import type { ClientInput } from './settings.ts';
import type { Subprotocol } from './subprotocol.ts';

export interface SessionInput {
  readonly settings: ClientInput;
  /** The machine that embeds the client, if any. */
  readonly audience: Audience | undefined;
}

export interface SessionContext {
  readonly settings: ClientInput;
  readonly jid: Jid;
  /** Names of the features that were enabled along with the login. */
  readonly enabled: readonly string[];
  /** Whether somebody uses the application; it is taken for granted until it says otherwise. */
  readonly app: AppState;
  /** Namespaces of what the server offers. */
  readonly features: readonly string[];
  /** What the server said when it began to manage the session, if it does. */
  readonly management: ManagementEnabled | undefined;
  readonly outbox: OutboxRef;
  readonly iq: IqRef;
  /** What came and what went out in a managed session; the router and the outbox write it. */
  readonly ledger: SessionLedger;
  readonly router: RouterRef;
  /** In the order they were used. */
  readonly subprotocols: readonly Subprotocol[];
  /** The actors of this session by the name of their subprotocol. */
  readonly actors: ReadonlyMap<string, AnyActorRef>;
  /** Names of the actors that were spawned last. */
  readonly starting: readonly string[];
  /** How often each actor crashed in this session; {@link MAX_CRASHES} when it is not to be started again. */
  readonly crashes: ReadonlyMap<string, number>;
  readonly error: XmppError | undefined;
}

export type SessionEvent = SessionCommand | ErrorActorEvent | DoneActorEvent;

export interface SessionOutput {
  readonly error: XmppError | undefined;
}

/** No actor has crashed yet. */
export const NO_CRASHES: ReadonlyMap<string, number> = new Map();

/** No actor lives. One for all: an empty map in each client would be a waste. */
export const NO_ACTORS: ReadonlyMap<string, AnyActorRef> = new Map();

/** A subprotocol whose actor crashed this often in one session stays down until the next. */
export const MAX_CRASHES = 3;

/** Ids of the actors that every session has; no subprotocol may take one of these names. */
export const RESERVED_NAMES: readonly string[] = ['router', 'iq', 'outbox'];

/** What a record says of the session; `undefined` where it cannot be resumed. */
export function identityOf({ jid, management, enabled, features }: SessionContext): SessionIdentity | undefined {
  return management?.id === undefined ? undefined : { jid, management, enabled, features };
}

/** The subprotocols that should have an actor and have none. */
export function missingSubprotocols({ subprotocols, actors, crashes }: SessionContext): Subprotocol[] {
  return subprotocols.filter(({ name }) => !actors.has(name) && (crashes.get(name) ?? 0) < MAX_CRASHES);
}

/** The routing table of the actors that live. */
export function routeEntries({ subprotocols, actors }: SessionContext): RouteEntry[] {
  return subprotocols.flatMap(({ name, routes }) => {
    const actor = actors.get(name);
    return actor ? [{ actor, routes }] : [];
  });
}

/** A request whose answer matters to nobody: that anything comes is what counts (XEP-0199 §4.2). */
export function pingRequest({ jid, settings }: SessionContext): PendingRequest {
  const ignore = (): void => {};
  return {
    stanza: buildIq({ type: 'get', to: jid.domainpart }, buildPing()),
    timeout: settings.timeouts.request,
    resolve: ignore,
    reject: ignore,
  };
}

/** The id of the actor that ended or failed. */
export function endedActor(event: SessionEvent): string {
  return 'actorId' in event ? event.actorId : '';
}

/** The report of a crashed actor, for the application. */
export function crashError(event: SessionEvent): TransportError {
  const name = endedActor(event);
  return new TransportError(`The actor '${name}' failed`, {
    condition: 'internal-error',
    cause: 'error' in event ? event.error : undefined,
    hint: `It was isolated, and started again where that makes sense. Look at the stack of \`cause\`.`,
  });
}

/** A copy of a map without one key. */
export function without<V>(map: ReadonlyMap<string, V>, key: string): Map<string, V> {
  const copy = new Map(map);
  copy.delete(key);
  return copy;
}

/** One for all: an empty list in each session would be a waste. */
const NONE: readonly never[] = [];

/** The session before the first: its actors are there already, and know each other. */
export function initialSession({
  input,
  spawn,
}: {
  input: SessionInput;
  spawn: Spawner<ProvidedActor>;
}): SessionContext {
  const { settings, audience } = input;
  const ledger: SessionLedger = new StreamLedger();
  const outbox = spawn('outbox', { id: 'outbox', input: { settings, ledger } satisfies OutboxInput });
  const iq = spawn('iq', { id: 'iq', input: { settings, outbox } satisfies IqInput });
  const routerInput: RouterInput = { settings, iq, outbox, ledger, audience };
  const router = spawn('router', { id: 'router', input: routerInput });
  return {
    settings,
    jid: settings.jid,
    enabled: NONE,
    features: NONE,
    app: 'active',
    management: undefined,
    outbox,
    iq,
    ledger,
    router,
    subprotocols: settings.subprotocols,
    actors: NO_ACTORS,
    starting: NONE,
    crashes: NO_CRASHES,
    error: undefined,
  };
}

/** Why the session ended for good. */
export function sessionOutput({ context }: { context: SessionContext }): SessionOutput {
  return { error: context.error };
}
