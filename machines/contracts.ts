import { type ActorRef, type AnyActorRef, fromCallback, fromPromise, type Snapshot } from 'xstate';
import type { XmppError } from '../src/errors/index.ts';
import type { Jid } from '../src/jid/index.ts';
import type { Sealed, UserAgent } from '../src/sasl/index.ts';
import type { StreamError } from '../src/stream/index.ts';
import type { Element } from '../src/xml/index.ts';
import type { DeliveryReport, SendOptions, SessionLedger, WriteReport } from './delivery.ts';
import type { Endpoint } from './endpoint.ts';
import type { StanzaReceived } from './events.ts';
import type { RestoredSession, SessionIdentity } from './session-record.ts';
import type { ClientInput, DiscoverySource } from './settings.ts';
import type { Route } from './subprotocol.ts';

/*
 * The actors that the charts leave open. A slot here is a type and a placeholder; `src/actors` implements it and
 * `src/client` fills it, once per process.
 */

/** Anything that takes these events. */
type Ref<TEvent extends { type: string }> = ActorRef<Snapshot<unknown>, TEvent>;

export type TransportRef = Ref<TransportCommand>;
export type RouterRef = ActorRef<Snapshot<unknown>, RouterCommand, PublishedEvent>;
export type OutboxRef = Ref<OutboxCommand>;
export type IqRef = Ref<IqCommand>;

/** What a transport does for those who hold its reference. */
export type TransportCommand =
  /** Sends our stream header; a second time restarts the stream (RFC 6120 §4.3.3). */
  | { readonly type: 'stream.open'; readonly to: string; readonly from?: string; readonly lang?: string }
  | { readonly type: 'tls.request' }
  | { readonly type: 'tls.start' }
  | {
      readonly type: 'sasl.authenticate';
      readonly mechanism: string;
      readonly payload: Sealed<Uint8Array> | undefined;
      /** What goes along in the profile of XEP-0388; absent in that of RFC 6120. */
      readonly along: AuthenticatesAlong | undefined;
    }
  | { readonly type: 'sasl.respond'; readonly profile: SaslProfile; readonly payload: Sealed<Uint8Array> }
  | { readonly type: 'sasl.abort'; readonly profile: SaslProfile }
  | {
      readonly type: 'stanza.send';
      readonly stanza: Element;
      readonly report?: WriteReport;
      /** UTF-16 units that it may take; any number if absent. */
      readonly room?: number;
    }
  /** Sends an element that is no stanza (XEP-0360). */
  | { readonly type: 'nonza.send'; readonly nonza: Element }
  /** If the connection goes now, the session does not: a closing tag would end it (XEP-0198 §7). */
  | { readonly type: 'stream.leave' }
  /** The server broke a rule that somebody above found out: says so and ends the stream (RFC 6120 §4.9.1.1). */
  | { readonly type: 'stream.fail'; readonly error: StreamError }
  /** From now on stanzas go straight to the router. */
  | { readonly type: 'transport.attach'; readonly router: RouterRef; readonly outbox: OutboxRef }
  /** Sends our closing tag after all that was written; then waits for the peer's. */
  | { readonly type: 'stream.close' }
  /**
   * Reports `transport.silent` once nothing came for so many milliseconds, or `platform.woke` as soon as it sees that the platform
   * slept.
   */
  | { readonly type: 'silence.watch'; readonly interval: number }
  /** Reports `transport.heard` with the next byte. */
  | { readonly type: 'sign.await' }
  /** The peer is as good as dead: ends the connection without a word and without waiting for anything to go out. */
  | { readonly type: 'transport.abort' }
  /** Last resort of whoever sees that the chart itself failed, which leaves its actors running. */
  | { readonly type: 'transport.abandon' };

/** Which of the two profiles of SASL is spoken: that of RFC 6120 §6, or that of XEP-0388. */
export type SaslProfile = 'sasl' | 'sasl2';

/** What a client says in XEP-0388 beside the mechanism's own message. */
interface AuthenticatesAlong {
  readonly userAgent: UserAgent;
  readonly inline: readonly Element[];
}

export interface TransportInput {
  readonly endpoint: Endpoint;
  /** The JID's domainpart: the identity that a certificate must prove. */
  readonly domain: string;
  readonly settings: ClientInput;
}

/** One attempt to connect and the stream on it: reports `TransportEvent`s to its parent. */
export const transportSlot = fromCallback<TransportCommand, TransportInput>(() => unprovided('transport'));

export interface ResolveInput {
  readonly domain: string;
  /** Whom to ask; means nothing where the application names the place. */
  readonly source: DiscoverySource;
  readonly settings: ClientInput;
}

/** Finds the candidates, best first; rejects with a `TransportError`. */
export const resolveSlot = fromPromise<readonly Endpoint[], ResolveInput>(async () => unprovided('resolve'));

/** The stanzas that one actor wants. */
export interface RouteEntry {
  readonly actor: AnyActorRef;
  readonly routes: readonly Route[];
}

/** Something the application may want to hear. */
export interface PublishedEvent {
  readonly type: string;
}

/** Tells the application: its listeners, and the machine that embeds the client. */
export interface PublishCommand {
  readonly type: 'publish';
  readonly event: PublishedEvent;
}

export type RouterCommand =
  | StanzaReceived
  | PublishCommand
  /** Replaces the whole table. */
  | { readonly type: 'routes.replace'; readonly entries: readonly RouteEntry[] }
  /** Keeps a stanza that came before the session started. */
  | { readonly type: 'stanza.hold'; readonly stanza: Element }
  /** Delivers what was held. */
  | { readonly type: 'router.open' }
  /** Forgets what was held. */
  | { readonly type: 'router.close' };

/** The machine that embeds a client. */
export interface Audience {
  readonly actor: AnyActorRef;
  /** The id under which it invoked or spawned the client. */
  readonly clientId: string;
}

export interface RouterInput {
  readonly settings: ClientInput;
  readonly iq: IqRef;
  readonly outbox: OutboxRef;
  readonly ledger: SessionLedger;
  /** It gets every published event as `xmpp.<type>`, and with it the id of the client as `actorId`. */
  readonly audience: Audience | undefined;
}

/** Hands each received stanza to the actors it concerns; answers requests that concern nobody. */
export const routerSlot = fromCallback<RouterCommand, RouterInput>(() => unprovided('router'));

export type OutboxCommand =
  | {
      readonly type: 'stanza.send';
      readonly stanza: Element;
      readonly report?: DeliveryReport;
      readonly options?: SendOptions | undefined;
    }
  /** Sends what is no stanza (XEP-0360) at once, ahead of what waits, and does not count it; dropped where there is no connection. */
  | { readonly type: 'nonza.send'; readonly nonza: Element }
  /** The session is live: everything that waits is sent, in order. */
  | { readonly type: 'outbox.open'; readonly transport: TransportRef; readonly session?: SessionIdentity | undefined }
  /** What an earlier process left goes ahead of what waits; from now on changes are recorded. */
  | { readonly type: 'outbox.restore'; readonly restored: RestoredSession | undefined }
  /** To itself: the next one that waits. */
  | { readonly type: 'outbox.flush' }
  /** To itself: what waited for the session record may go on. */
  | { readonly type: 'outbox.kept' }
  /** The connection is lost: what comes now waits, and so does what was not acknowledged. */
  | { readonly type: 'outbox.pause' }
  /** The session is resumed: the server handled `h` stanzas; the rest is sent again, in order, then what waits. */
  | { readonly type: 'outbox.resume'; readonly transport: TransportRef; readonly h: number }
  /**
   * The session is over: what comes now waits for the next one. Requests that were not sent go: they fail with the session.
   * So does what was not acknowledged, but for `h` stanzas.
   */
  | { readonly type: 'outbox.close'; readonly h?: number | undefined; readonly isWanted?: boolean }
  /** The server wants to know how many stanzas were handled, or is to know it. */
  | { readonly type: 'ack.send' }
  /** The server handled `h` stanzas; `undefined` if it said so in a way that nobody can read. */
  | { readonly type: 'ack.received'; readonly h: number | undefined }
  /** Asks the server how many it handled, unless it is asked already: whoever answers is there. */
  | { readonly type: 'ack.probe' }
  /** To itself: it is time to ask the server how many it handled. */
  | { readonly type: 'ack.request' }
  /** Everything that waits fails. */
  | { readonly type: 'outbox.abandon'; readonly reason: XmppError }
  /** The transport cannot take more at the moment, or can again. */
  | { readonly type: 'transport.blocked' }
  | { readonly type: 'transport.drained' };

export interface OutboxInput {
  readonly settings: ClientInput;
  readonly ledger: SessionLedger;
}

/** The queue of stanzas to be sent, also before the first connection. Reports what fails unheard with `publish`. */
export const outboxSlot = fromCallback<OutboxCommand, OutboxInput>(() => unprovided('outbox'));

/** A request that waits for its answer: one of its functions is called, once. */
export interface PendingRequest {
  readonly stanza: Element;
  /** Milliseconds. */
  readonly timeout: number;
  resolve(response: Element): void;
  reject(error: XmppError): void;
}

export type IqCommand =
  | { readonly type: 'iq.request'; readonly request: PendingRequest }
  /** The caller does not want the answer any more. */
  | { readonly type: 'iq.cancel'; readonly id: string }
  /** An iq of type `result` or `error`. */
  | { readonly type: 'iq.received'; readonly stanza: Element }
  /** Tells whose answers the account's own are. */
  | { readonly type: 'iq.open'; readonly jid: Jid }
  /** Every request that waits fails. */
  | { readonly type: 'iq.abandon'; readonly reason: XmppError };

export interface IqInput {
  readonly settings: ClientInput;
  readonly outbox: OutboxRef;
}

/** Requests and their answers (RFC 6120 §8.2.3). Reports answers that it dropped with `publish`. */
export const iqSlot = fromCallback<IqCommand, IqInput>(() => unprovided('iq'));

/** What the actor of a subprotocol is given when it is spawned. */
export interface SubprotocolInput {
  /** The full JID of the session. */
  readonly jid: Jid;
  /** Takes `stanza.send` and `nonza.send`. */
  readonly outbox: OutboxRef;
  /** Takes `iq.request`. */
  readonly iq: IqRef;
}

/** What a slot does that nobody filled. */
export function unprovided(slot: string): never {
  throw new Error(
    `The chart leaves the actor '${slot}' open: provide() an implementation, or use the client of this package`,
  );
}
