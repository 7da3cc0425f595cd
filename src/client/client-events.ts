import type { DeliveryFailedEvent, DroppedEvent, ErrorEvent } from '../actors/published.ts';
import type { XmppError } from '../errors/index.ts';
import type { Jid } from '../jid/index.ts';

/**
 * What a client tells its listeners, by type. Subprotocols add what they emit:
 *
 * ```ts
 * declare module 'xstate-xmpp' {
 *   interface ClientEvents { weather: { type: 'weather'; degrees: number } }
 * }
 * ```
 */
export interface ClientEvents {
  /** Logged in; stanzas flow. `resumed`: in the session that was lost, which goes on (XEP-0198 §5). */
  online: { readonly type: 'online'; readonly jid: Jid; readonly resumed: boolean };
  /** The client was stopped. */
  offline: { readonly type: 'offline' };
  /** The connection failed; the next round begins in `delay` milliseconds. */
  reconnecting: {
    readonly type: 'reconnecting';
    readonly attempt: number;
    readonly delay: number;
    readonly error: XmppError | undefined;
  };
  /** The client gave up. */
  failed: { readonly type: 'failed'; readonly error: XmppError };
  /** Something failed that the client lives on without: the actor of a subprotocol, a listener. */
  error: ErrorEvent;
  /** A stanza that a session record brought back failed (see `ClientOptions.sessions`): send it again, or tell somebody. */
  'delivery.failed': DeliveryFailedEvent;
  /** A stanza reached nobody. */
  'stanza.dropped': DroppedEvent;
}

/**
 * What a client tells the machine that invokes it: each of its events, under `xmpp.`. `actorId` is the id under which the machine
 * invoked or spawned it, as in XState's own events of children.
 */
export type XmppEvent = {
  [Name in keyof ClientEvents]: Omit<ClientEvents[Name], 'type'> & {
    readonly type: `xmpp.${Name}`;
    readonly actorId: string;
  };
}[keyof ClientEvents];
