import { fromCallback } from 'xstate';
import type { SubprotocolInput } from '../../machines/contracts.ts';
import type { SessionLifecycleEvent, StanzaReceived } from '../../machines/events.ts';
import { address, type ClientSubprotocol, requireArgument, requireOptions } from '../client/index.ts';
import { bareJid, type Jid, parseJid } from '../jid/index.ts';
import { buildPresence, type Presence, type PresenceOptions, parsePresence } from '../payloads/index.ts';
import { createId } from '../stanza/index.ts';
import type { Element } from '../xml/index.ts';

// What a subprotocol of one's own needs that sends presence, or hears it.
export {
  buildPresence,
  type Presence,
  type PresenceOptions,
  type PresenceShow,
  type PresenceType,
  parsePresence,
  type ReceivedStanza,
} from '../payloads/index.ts';

/** Presence came: somebody is available or no longer, or asks for something. */
export interface PresenceEvent {
  readonly type: 'presence';
  readonly presence: Presence;
}

declare module 'xstate-xmpp' {
  interface ClientEvents {
    presence: PresenceEvent;
  }
}

/** How available one is. */
export type Availability = Pick<PresenceOptions, 'show' | 'status' | 'priority' | 'lang'>;

/** Tells others of one's presence; theirs are `presence` events of the client. */
export interface PresenceApi {
  /**
   * Tells everybody who is subscribed (RFC 6121 §4.2). Holds until it is changed: it is told on reaching online, and again
   * after each reconnect.
   *
   * @throws OptionError where the priority is out of range
   */
  available(availability?: Availability): void;
  /** Tells everybody that one is no longer available, while the session goes on (RFC 6121 §4.5). */
  unavailable(options?: Pick<PresenceOptions, 'status' | 'lang'>): void;
  /** Tells one address only, subscribed or not (RFC 6121 §4.6). Sent once. */
  direct(to: Jid | string, availability?: Availability & { readonly type?: 'unavailable' | undefined }): void;
  /** Asks for the presence of an address (RFC 6121 §4.3). */
  probe(to: Jid | string): void;
  /** Asks for a subscription to somebody's presence (RFC 6121 §3.1). */
  subscribe(to: Jid | string): void;
  /** Approves a subscription that somebody asked for, now or in advance (RFC 6121 §3.1.5, §3.4). */
  approve(to: Jid | string): void;
  /** Ends one's own subscription (RFC 6121 §3.3). */
  unsubscribe(to: Jid | string): void;
  /** Denies a subscription, or cancels one that was approved (RFC 6121 §3.2). */
  cancel(to: Jid | string): void;
}

/** Presence and subscriptions (RFC 6121 §3, §4). */
export function presenceProtocol(): ClientSubprotocol<PresenceApi> {
  // What the user wants known outlives sessions, and is told anew in each.
  let announced: Element | undefined;
  return {
    name: 'presence',
    features: [],
    routes: [{ kind: 'presence' }],
    logic: announcer(() => announced),
    api: (client) => {
      const ask =
        (place: string, type: 'probe' | 'subscribe' | 'subscribed' | 'unsubscribe' | 'unsubscribed') =>
        (to: Jid | string) => {
          requireArgument(place, 'to', to, address);
          // RFC 6121 §3.1.1: a subscription is to all resources, and has an id to be told apart by.
          const asked = typeof to === 'string' ? parseJid(to) : to;
          client.send(buildPresence({ type, id: createId(), to: type === 'probe' ? asked : bareJid(asked) }));
        };
      return {
        available(availability) {
          announced = buildPresence(availability);
          client.tell({ type: 'presence.announce', presence: announced });
        },
        unavailable(options) {
          requireOptions('presence.unavailable()', options, {});
          announced = undefined;
          client.tell({ type: 'presence.announce', presence: buildPresence({ ...options, type: 'unavailable' }) });
        },
        direct(to, availability) {
          requireArgument('presence.direct()', 'to', to, address);
          requireOptions('presence.direct()', availability, {});
          client.send(buildPresence({ ...availability, to }));
        },
        probe: ask('presence.probe()', 'probe'),
        subscribe: ask('presence.subscribe()', 'subscribe'),
        approve: ask('presence.approve()', 'subscribed'),
        unsubscribe: ask('presence.unsubscribe()', 'unsubscribe'),
        cancel: ask('presence.cancel()', 'unsubscribed'),
      };
    },
  };
}

interface AnnounceCommand {
  readonly type: 'presence.announce';
  readonly presence: Element;
}

function announcer(announced: () => Element | undefined) {
  return fromCallback<SessionLifecycleEvent | StanzaReceived | AnnounceCommand, SubprotocolInput, PresenceEvent>(
    ({ input, receive, emit }) => {
      let isSuspended = false;
      /** What the user wants known and nobody was told, since the connection was lost. */
      let late: Element | undefined;

      receive((event) => {
        switch (event.type) {
          case 'stanza.received':
            return emit({ type: 'presence', presence: parsePresence(event.stanza) });
          case 'session.suspended':
            isSuspended = true;
            return;
          case 'session.started':
            isSuspended = false;
            // A server that resumes a session knows what was announced in it (XEP-0198 §5).
            return announce(event.resumed ? late : announced());
          case 'presence.announce':
            return announce(event.presence);
        }
      });

      function announce(presence: Element | undefined): void {
        late = isSuspended ? presence : undefined;
        if (presence && !isSuspended) input.outbox.send({ type: 'stanza.send', stanza: presence });
      }
    },
  );
}
