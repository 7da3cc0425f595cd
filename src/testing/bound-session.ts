import type { Jid } from '../jid/index.ts';
import type { Element } from '../xml/index.ts';

/** What a client asks for. */
export interface SessionWish {
  readonly account: Jid;
  readonly resource: string | undefined;
  /** The id of its user agent, if it said so: an older session with the same one is over (XEP-0386 §3.2). */
  readonly client?: string | undefined;
  /** What it enabled at once. */
  readonly enabled?: readonly Element[] | undefined;
}

/** A session as its connection sees it. */
export interface BoundSession {
  readonly jid: Jid;
  /** Takes a request to manage the stream; returns the answer (XEP-0198 §3). */
  enable(request: Element): Element;
  received(received: Element): void;
  /** Its stream is over, or lost. */
  ended(isLost: boolean): void;
}
