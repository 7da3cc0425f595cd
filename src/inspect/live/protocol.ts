import type { Explanation } from '../../client/index.ts';

/*
 * What the server of the inspector and its page say to each other, as JSON. Times are milliseconds since 1970. Texts may be a
 * peer's: the page shows them as text and never as markup.
 *
 * All paths begin with the token: `GET events` is the stream of messages (Server-Sent Events, without event names), `POST commands`
 * takes one command, `GET charts/<key>` gives one chart, `GET entries/<seq>` the whole text of an entry that was shortened. Answers
 * to commands are JSON whatever their status; a chart that cannot be drawn, and a text that is no longer kept, are answered with
 * 404 and a sentence for people (text/plain).
 *
 * Each stream begins anew, with the clients, their actors and all that the history holds: a page whose stream broke off knows by
 * `seq` what it has already.
 */

/** What the server tells a page, in the order in which it happened. */
export type LiveMessage =
  /** All clients; said again when one comes or goes. The first message of all. */
  | { readonly type: 'clients'; readonly clients: readonly LiveClient[] }
  /** All actors of one client, the client itself first; said again after something changed, but not after each change. */
  | {
      readonly type: 'actors';
      readonly client: string;
      readonly actors: readonly LiveActor[];
      readonly explanation: Explanation;
    }
  /**
   * Lines of the log. `dropped`: how many did not reach this page since the message before, because it reads too slowly, or because
   * more came than anybody can read. They are missing among these too, where numbers are missing.
   */
  | { readonly type: 'entries'; readonly entries: readonly LogEntry[]; readonly dropped: number };

/** A client that is inspected. */
interface LiveClient {
  readonly id: string;
  /** Its account, a bare JID, or what its owner called it. */
  readonly name: string;
}

/** An actor of a client. A machine that has ended stays listed until another one takes its place: its chart can still be looked at. */
export interface LiveActor {
  /** Its session id, unique in the process. */
  readonly id: string;
  /** Its id in its parent: `transport`, `authentication`; for the client itself `client`. */
  readonly name: string;
  readonly parent: string | undefined;
  readonly status: 'active' | 'done' | 'error' | 'stopped';
  /** Key of its chart; absent where it is no machine. */
  readonly chart: string | undefined;
  /** Paths of the innermost states it is in: `linked.online.liveness.fresh`. Empty where it is no machine. */
  readonly states: readonly string[];
  /** When it entered these, by path of every state it is in, outer ones too; absent where nobody was there to see. */
  readonly since: Readonly<Record<string, number>>;
  /** Deadlines that run now: what happens if nothing else does. */
  readonly deadlines: readonly LiveDeadline[];
}

/** A state that will be left at a certain time. */
export interface LiveDeadline {
  /** Path of the state. */
  readonly state: string;
  /** Name of the delay in the chart: `openDeadline`. */
  readonly name: string;
  readonly at: number;
}

/** One line of the log. */
export type LogEntry = LogMoment & LogBody;

/** What happened. */
export type LogBody =
  | {
      /** An actor took an event and may be somewhere else now. */
      readonly kind: 'transition';
      /** Type of the event: `features.received`, `xstate.after.openDeadline.client.linked.opening`. */
      readonly event: string;
      /** What the event brought, as text for people. */
      readonly detail: string;
      /** Paths of the innermost states that the actor is in now. */
      readonly states: readonly string[];
      /** Whether these are others than before. */
      readonly moved: boolean;
    }
  /** An event was sent to an actor that is no machine. */
  | { readonly kind: 'event'; readonly event: string; readonly detail: string }
  | {
      /** A stanza, or something else that stands in the stream; SASL is masked. */
      readonly kind: 'stanza';
      readonly direction: 'SEND' | 'RECV';
      /** As it was written or understood, at most so many characters as one line of the log may have. */
      readonly xml: string;
      /** UTF-16 units of the whole. Where `xml` is shorter, `GET entries/<seq>` has it, as long as the history does. */
      readonly length: number;
      /** Known only from a recording: its text was not kept. */
      readonly isSummary: boolean;
    }
  | {
      /** What became of a stanza that was sent. */
      readonly kind: 'delivery';
      /** `seq` of the stanza's entry; absent where it was not written yet. */
      readonly of: number | undefined;
      readonly state: 'queued' | 'written' | 'acknowledged' | 'failed';
      readonly detail: string;
    }
  | { readonly kind: 'error'; readonly code: string; readonly message: string; readonly hint: string | undefined };

/** Where and when something happened. */
export interface LogMoment {
  /** Grows with each entry of the whole inspector, by one unless some were dropped in between. */
  readonly seq: number;
  readonly at: number;
  /** Id of the client. */
  readonly client: string;
  /** Session id of the actor, and its name. */
  readonly actor: string;
  readonly actorName: string;
}

/** What the page asks the server to do: real events, to a real client. */
export type LiveCommand =
  | {
      readonly type: 'start' | 'stop' | 'reconnect.now' | 'network.offline' | 'network.online';
      readonly client: string;
    }
  /** Cuts the connection as a network does: without a word. */
  | { readonly type: 'drop'; readonly client: string }
  /** Sends a stanza that somebody typed. */
  | { readonly type: 'send'; readonly client: string; readonly xml: string };

/** The answer to a command: what is wrong with it, in words for the person who gave it. */
export type LiveAnswer = { readonly ok: true } | { readonly ok: false; readonly message: string };

/** The answer to `GET charts/<key>`. */
export interface LiveChart {
  readonly name: string;
  /** `renderSvg` without styles of its own: the page has them. */
  readonly svg: string;
}
