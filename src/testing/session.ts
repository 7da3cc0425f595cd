import type { Jid } from '../jid/index.ts';
import { StreamError } from '../stream/index.ts';
import type { Element } from '../xml/index.ts';
import type { BoundSession } from './connection.ts';
import type { Hub } from './hub.ts';
import { leave } from './presence.ts';
import type { Session } from './registry.ts';
import { route } from './routing.ts';
import type { ServerStream } from './server-stream.ts';

/** A session as those see it who intercept its stanzas. */
export interface InterceptedSession {
  /** Full. */
  readonly jid: Jid;
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
 * Begins a session of an account; the one that had its resource is ended with `conflict` (RFC 6120 §7.7.2.2).
 *
 * @throws StanzaError where it cannot have the resource that it wishes
 */
export function beginSession(parts: SessionParts, account: Jid, wish: string | undefined): BoundSession {
  const { hub, stream, intercept } = parts;
  const jid = hub.registry.choose(account, wish);
  hub.registry.get(jid)?.end(new StreamError('conflict'));
  const session: Session = {
    jid,
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
      if (intercept?.(stanza, session) !== true) route(hub, session, stanza);
    },
    ended: () => {
      hub.registry.remove(session);
      leave(hub, session);
    },
  };
}
