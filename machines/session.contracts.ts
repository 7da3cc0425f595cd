import type { XmppError } from '../src/errors/index.ts';
import type { Jid } from '../src/jid/index.ts';
import type { ManagementEnabled } from '../src/payloads/index.ts';
import type { Element } from '../src/xml/index.ts';
import type { AppEvent } from './app-state.ts';
import type { PublishCommand, TransportRef } from './contracts.ts';
import type { ClientCommand } from './events.ts';
import type { RestoredSession } from './session-record.ts';

/** What `clientMachine` tells `sessionMachine`. */
export type SessionCommand =
  | {
      readonly type: 'session.begin';
      readonly jid: Jid;
      readonly transport: TransportRef;
      readonly enabled: readonly string[];
      readonly features: readonly string[];
    }
  /** The server manages the session that begins (XEP-0198). */
  | { readonly type: 'session.manage'; readonly management: ManagementEnabled }
  /** What an earlier process left: a session that can be resumed, stanzas that wait. Nothing is recorded before this was said. */
  | { readonly type: 'session.restore'; readonly restored: RestoredSession | undefined }
  /** The connection is lost; the session may be resumed. */
  | { readonly type: 'session.suspend'; readonly reason: XmppError }
  /** The session goes on over another connection; the server handled `h` stanzas. */
  | { readonly type: 'session.resume'; readonly transport: TransportRef; readonly h: number }
  /** The session is over; if the server said so, it handled `h` stanzas of it. */
  | { readonly type: 'session.end'; readonly reason: XmppError; readonly h?: number | undefined }
  /** The client was stopped: what waits to be sent or answered fails with the reason. */
  | { readonly type: 'session.abandon'; readonly reason: XmppError }
  /** The client failed: what waits for an answer fails with the reason; what waits to be sent stays. */
  | { readonly type: 'requests.abandon'; readonly reason: XmppError }
  /** Asks the server whether it is there. */
  | { readonly type: 'session.probe' }
  | PublishCommand
  | { readonly type: 'stanza.hold'; readonly stanza: Element }
  | Extract<ClientCommand, { type: 'stanza.send' | 'subprotocol.use' | 'subprotocol.tell' }>
  | AppEvent;
