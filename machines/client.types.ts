import type { DoneActorEvent, ErrorActorEvent } from 'xstate';
import type { EndpointAttempt, XmppError } from '../src/errors/index.ts';
import type { Jid } from '../src/jid/index.ts';
import type { ManagementEnabled } from '../src/payloads/index.ts';
import type { Sasl2Outcome, SaslError, SecureChannel } from '../src/sasl/index.ts';
import type { Features } from '../src/stream/index.ts';
import type { Recollection } from './authentication.contracts.ts';
import type { AuthenticationOutput } from './authentication.facts.ts';
import type { Endpoint } from './endpoint.ts';
import type { ClientCommand, TransportEvent } from './events.ts';
import type { Restoration } from './restore.contracts.ts';
import type { Retry } from './retry.ts';
import type { SessionOutput } from './session.facts.ts';
import type { ClientInput, DiscoverySource } from './settings.ts';

/** Everything the client knows across states. Holds no secret. */
export interface ClientContext {
  readonly settings: ClientInput;
  /** The full JID of the session, or of the last one; the requested address before the first. */
  readonly jid: Jid;
  /** What the application's stores know about the account. */
  readonly recalled: Recollection;
  /** Who is asked where the server is, and who can be asked after that, in this round. */
  readonly sources: readonly [DiscoverySource, ...DiscoverySource[]];
  /** What discovery found, best first. */
  readonly candidates: readonly Endpoint[];
  /** Index of the candidate that is dialled. */
  readonly candidate: number;
  /** How each endpoint failed in this round. */
  readonly tried: readonly EndpointAttempt[];
  /** How often in a row the server sent us elsewhere. */
  readonly redirects: number;
  /** How long it took to connect, in milliseconds. */
  readonly roundTrip: number;
  /** The TLS connection, where it is one whose values can be had. */
  readonly channel: SecureChannel | undefined;
  /** The last features of this stream. */
  readonly features: Features | undefined;
  /** What was agreed along with the authentication (XEP-0388 §2.6.1). */
  readonly outcome: Sasl2Outcome | undefined;
  /** Names of the features that were enabled along with the authentication. */
  readonly enabled: readonly string[];
  /** Whether the session record of the account was read, and what came of it. */
  readonly record: 'unread' | 'absent' | 'restored' | 'refused';
  /** What the server said about managing the session; stays while the session can be resumed. */
  readonly management: Management | undefined;
  /** Id of the request that negotiation waits for. */
  readonly requestId: string;
  /** The last error of this round; `undefined` when a round begins. */
  readonly error: XmppError | undefined;
  /** Why the last credentials were refused. */
  readonly refusal: SaslError | undefined;
  /** The round that `reconnecting` waits for. */
  readonly retry: Retry;
}

/** A session that the server manages. */
export interface Management extends ManagementEnabled {
  /** Whether the client was online with it; until then nobody here has such a session. */
  readonly hasBegun: boolean;
  /** When the server forgets the session, by the client's clock; `undefined` while it is connected or where nobody knows. */
  readonly until: number | undefined;
}

/** Everything that may happen to `clientMachine`. Applications send {@link ClientCommand}s; the rest comes from its actors. */
export type ClientEvent =
  | ClientCommand
  | TransportEvent
  /** To itself: the server no longer keeps the session that was lost. */
  | { readonly type: 'session.expired' }
  | DoneActorEvent<Restoration, 'restore'>
  | DoneActorEvent<Recollection, 'recall'>
  | DoneActorEvent<readonly Endpoint[], 'resolve'>
  | DoneActorEvent<AuthenticationOutput, 'authentication'>
  | DoneActorEvent<SessionOutput, 'session'>
  | ErrorActorEvent;

/** Why the chart itself ended: only when an actor failed that it cannot do without. */
export interface ClientOutput {
  readonly error: XmppError | undefined;
}

/** Stable names of conditions, for `snapshot.hasTag()`: the public contract, where state names may change. */
export type ClientTag =
  | 'offline'
  | 'connecting'
  /** The stream is under TLS, or the application asked for none. */
  | 'secure'
  | 'authenticated'
  | 'online'
  | 'closing'
  /** Between two rounds of connecting. */
  | 'waiting'
  | 'failed';
