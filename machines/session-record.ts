import type { Jid } from '../src/jid/index.ts';
import type { ManagementEnabled } from '../src/payloads/index.ts';
import type { Element } from '../src/xml/index.ts';

/**
 * What of a session outlives the process: plain JSON. Written by the library, kept by a {@link SessionStore}. XState's own
 * snapshots do not do for this: they hold no counters and no stanzas, and timers do not run on from them.
 */
export interface SessionRecord {
  readonly version: 1;
  /** The bare JID of the account. */
  readonly account: string;
  /** The session to be resumed (XEP-0198 §5); absent where there is none, and only what waits to be sent is kept. */
  readonly session?: RecordedSession;
  /** What is to be sent or was sent and is not acknowledged, in order; `null` where it counts and is not to be sent again. */
  readonly outgoing: readonly (RecordedStanza | null)[];
  /** How many of those were handed to the connection at least. */
  readonly written: number;
}

export interface RecordedSession {
  /** The full JID. */
  readonly jid: string;
  /** SECRET: names the session. Together with a login of the account it takes the session over. */
  readonly id: string;
  /** Where the server wants the client to come back (XEP-0198 §5). */
  readonly location?: string;
  /** How many seconds the server keeps the session after the connection is lost. */
  readonly max?: number;
  /** Names of the features that were enabled along with the login. */
  readonly enabled: readonly string[];
  /** Namespaces of what the server offers. */
  readonly features: readonly string[];
  /** How many stanzas came. */
  readonly received: number;
  /** How many of ours the server has. */
  readonly acknowledged: number;
  /** Whether it was connected: more than `written` may have gone out since. */
  readonly isLive: boolean;
}

export interface RecordedStanza {
  readonly xml: string;
  /** To be sent again where the session cannot be resumed. */
  readonly resend?: true;
  /** Milliseconds since 1970 after which it is not to be sent any more. */
  readonly expiresAt?: number;
}

/** Keeps one record for each account. What takes time is waited for; what fails is reported, and the client goes on. */
export interface SessionStore {
  /** What was saved last, `undefined` if nothing was. It is checked, so it may be anything. */
  load(account: string): unknown;
  /** Keeps a record instead of the one before; `undefined`: there is nothing to keep. Never called twice at a time. */
  save(account: string, record: SessionRecord | undefined): unknown;
}

/** A record that was read and is good. */
export interface RestoredSession {
  readonly session: (Omit<RecordedSession, 'jid' | 'id' | 'location' | 'max'> & RestoredIdentity) | undefined;
  readonly outgoing: readonly RestoredStanza[];
  readonly written: number;
}

interface RestoredIdentity {
  readonly jid: Jid;
  readonly management: ManagementEnabled;
}

/** `stanza` is absent where it counts and is not to be sent again. */
export interface RestoredStanza {
  readonly stanza: Element | undefined;
  readonly resend: boolean;
  /** Milliseconds from now. */
  readonly expires: number | undefined;
}

/** What makes a managed session known again, in another process too. */
export interface SessionIdentity {
  readonly jid: Jid;
  readonly management: ManagementEnabled;
  readonly enabled: readonly string[];
  readonly features: readonly string[];
}
