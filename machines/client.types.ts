import type { DoneActorEvent, ErrorActorEvent } from 'xstate';
import type { XmppError } from '../src/errors/index.ts';
import type { Jid } from '../src/jid/index.ts';
import type { SaslError } from '../src/sasl/index.ts';
import type { Features } from '../src/stream/index.ts';
import type { AuthenticationOutput } from './authentication.machine.ts';
import type { Endpoint, EndpointAttempt } from './endpoint.ts';
import type { ClientCommand, TransportEvent } from './events.ts';
import type { Retry } from './retry.ts';
import type { SessionOutput } from './session.facts.ts';
import type { ClientInput } from './settings.ts';

/** Everything the client knows across states. Holds no secret. */
export interface ClientContext {
  readonly settings: ClientInput;
  /** The full JID of the session, or of the last one; the requested address before the first. */
  readonly jid: Jid;
  /** What discovery found, best first. */
  readonly candidates: readonly Endpoint[];
  /** Index of the candidate that is dialled. */
  readonly candidate: number;
  /** How each endpoint failed in this round. */
  readonly tried: readonly EndpointAttempt[];
  /** The last features of this stream. */
  readonly features: Features | undefined;
  /** Id of the request that negotiation waits for. */
  readonly requestId: string;
  /** The last error; `undefined` after a start. */
  readonly error: XmppError | undefined;
  /** Why the last credentials were refused. */
  readonly refusal: SaslError | undefined;
  /** The round that `reconnecting` waits for. */
  readonly retry: Retry;
}

/** Everything that may happen to `clientMachine`. Applications send {@link ClientCommand}s; the rest comes from its actors. */
export type ClientEvent =
  | ClientCommand
  | TransportEvent
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
