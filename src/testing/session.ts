import type { Jid } from '../jid/index.ts';
import { StreamError } from '../stream/index.ts';
import type { Element } from '../xml/index.ts';
import type { BoundSession, SessionWish } from './connection.ts';
import { NS_CSI } from './features.ts';
import type { Hub } from './hub.ts';
import { leave } from './presence.ts';
import type { Session } from './registry.ts';
import { route } from './routing.ts';
import type { ServerStream } from './server-stream.ts';

/** A session as those see it who intercept its stanzas. */
export interface InterceptedSession {
  /** Full. */
  readonly jid: Jid;
  /** What it enabled as it began (XEP-0386 §3.2): elements such as `<enable xmlns="urn:xmpp:carbons:2"/>`. */
  readonly enabled: readonly Element[];
  /** Sends to the client, as it is. */
  send(element: Element): void;
}

/** What a session is made of. */
export interface SessionParts {
  readonly hub: Hub;
  readonly stream: ServerStream;
  readonly intercept: ((stanza: Element, session: InterceptedSession) => boolean | undefined) | undefined;
}

/**
 * Begins a session of an account. One that had its resource, or is of the same client, is ended with `conflict` (RFC 6120
 * §7.7.2.2, XEP-0386 §3.2).
 *
 * @throws StanzaError where it cannot have the resource that it wishes
 */
export function beginSession(parts: SessionParts, wish: SessionWish): BoundSession {
  const { hub, stream, intercept } = parts;
  const { account, client, enabled = [] } = wish;
  const jid = hub.registry.choose(account, wish.resource);
  const isOlder = (other: Session) => client !== undefined && other.client === client;
  hub.registry.get(jid)?.end(new StreamError('conflict'));
  for (const older of hub.registry.matching(account).filter(isOlder)) older.end(new StreamError('conflict'));
  const session: Session = {
    jid,
    client,
    enabled,
    presence: undefined,
    directed: new Map(),
    send: (stanza) => stream.send(stanza),
    end: (error) => stream.fail(error),
    reset: () => stream.reset(),
  };
  hub.registry.add(session);
  return {
    jid,
    received: (stanza) => {
      if (intercept?.(stanza, session) === true) return;
      // Nothing comes of what a client says about its state (XEP-0352 §4).
      if (stanza.namespace !== NS_CSI) route(hub, session, stanza);
    },
    ended: () => {
      hub.registry.remove(session);
      leave(hub, session);
    },
  };
}
