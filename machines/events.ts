import type { XmppError } from '../src/errors/index.ts';
import type { Jid } from '../src/jid/index.ts';
import type { Sasl2Outcome, SaslError, Sealed, SecureChannel } from '../src/sasl/index.ts';
import type { Features, StreamError, StreamHeader } from '../src/stream/index.ts';
import type { Element } from '../src/xml/index.ts';
import type { AppEvent, AppState } from './app-state.ts';
import type { SendOptions } from './delivery.ts';
import type { Subprotocol } from './subprotocol.ts';

/** What the application tells the client. */
export type ClientCommand =
  /** Log in, and stay online. Leads out of `offline` and `failed`. */
  | { readonly type: 'start' }
  /** Log out. Accepted in every state, with one meaning. */
  | { readonly type: 'stop' }
  /** Do not wait any longer. */
  | { readonly type: 'reconnect.now' }
  /** The platform says that there is no network, or that there is one: who is online looks whether the connection still is. */
  | { readonly type: 'network.offline' }
  | { readonly type: 'network.online' }
  /** Somebody uses the application, or nobody does: servers can save traffic meanwhile (XEP-0352). */
  | AppEvent
  | { readonly type: 'stanza.send'; readonly stanza: Element; readonly options?: SendOptions | undefined }
  | { readonly type: 'subprotocol.use'; readonly subprotocol: Subprotocol }
  /** Hands an event to the actor of a subprotocol; dropped while there is no session. */
  | { readonly type: 'subprotocol.tell'; readonly name: string; readonly event: { readonly type: string } };

/** What a transport reports to its parent. Nothing comes after `transport.failed` or `transport.closed`. */
export type TransportEvent =
  /** `roundTrip` is how long the connection took, in milliseconds; over TCP that is one round trip. */
  | { readonly type: 'transport.connected'; readonly roundTrip: number }
  | { readonly type: 'transport.secured'; readonly channel: SecureChannel }
  | { readonly type: 'transport.failed'; readonly error: XmppError }
  /** The connection is over, and the stream was closed before. */
  | { readonly type: 'transport.closed' }
  | { readonly type: 'stream.opened'; readonly header: StreamHeader }
  | { readonly type: 'features.received'; readonly features: Features }
  /** The peer closed the stream (RFC 6120 §4.4), and may name a place to go to (RFC 7395 §3.6.1): untrusted. */
  | { readonly type: 'stream.closed'; readonly seeOtherUri?: string | undefined }
  /** The peer sent a stream error, or what it sent is one. */
  | { readonly type: 'stream.failed'; readonly error: StreamError }
  | { readonly type: 'tls.proceeded' }
  | { readonly type: 'tls.refused' }
  /** `<enabled/>`, `<resumed/>` or `<failed/>` of stream management (XEP-0198). */
  | { readonly type: 'management.answered'; readonly element: Element }
  | SaslEvent
  /** Nothing came for as long as was asked to watch for. */
  | { readonly type: 'transport.silent' }
  /** The first sign of life after that. */
  | { readonly type: 'transport.heard' }
  /** A timer passed far too late: the machine or the page slept, and what was connected may not be any more. */
  | { readonly type: 'platform.woke' }
  /** A stanza before a router was attached. */
  | { readonly type: 'stanza.received'; readonly stanza: Element };

/** What the server says in a SASL exchange (RFC 6120 §6.4, XEP-0388 §2.5). */
export type SaslEvent =
  | { readonly type: 'sasl.challenged'; readonly payload: Sealed<Uint8Array> }
  | {
      readonly type: 'sasl.succeeded';
      readonly payload: Sealed<Uint8Array> | undefined;
      /** Only in the profile of XEP-0388. */
      readonly outcome: Sasl2Outcome | undefined;
    }
  | { readonly type: 'sasl.failed'; readonly error: SaslError };

/** The life of a session, as its actors hear it. */
export type SessionLifecycleEvent =
  | {
      readonly type: 'session.started';
      readonly jid: Jid;
      readonly resumed: boolean;
      /** Whether the session has just begun; not for who joins one that goes on (XEP-0352 §5.2). */
      readonly isNewStream: boolean;
      /** Names of the features that were enabled along with the login (XEP-0386 §3.2). */
      readonly enabled: readonly string[];
      /** Namespaces of what the server offers on the stream that the session began with (RFC 6120 §4.3.2). */
      readonly features: readonly string[];
      readonly app: AppState;
    }
  | AppEvent
  /** The connection is lost, and the session may be resumed: what is sent waits. */
  | { readonly type: 'session.suspended'; readonly reason: XmppError }
  | { readonly type: 'session.ended'; readonly reason: XmppError };

/** A stanza on its way to an actor that asked for it. */
export interface StanzaReceived {
  readonly type: 'stanza.received';
  readonly stanza: Element;
}
