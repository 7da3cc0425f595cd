/** What JSON can say. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/**
 * What a client did last: plain JSON without secrets. Passwords, tokens and SASL payloads are left out, ids of resumable sessions are
 * replaced, and of stanzas only the outside is kept. It does name accounts and servers.
 */
export interface Recording {
  readonly format: 'xstate-xmpp/recording';
  readonly version: 1;
  /** The bare JID of the account. */
  readonly account: string;
  /** The moment that all times are counted from, in milliseconds since 1970. */
  readonly startedAt: number;
  /** How many events came before the first entry, and are no longer known. */
  readonly dropped: number;
  /** The client as it was before the first entry. */
  readonly base: {
    /** Path of its states, and their value in the chart. */
    readonly state: string;
    readonly value: Json;
    /** What the client's own clock showed at `startedAt`, in milliseconds. */
    readonly clock: number;
    /** When it entered each of its states, by path; milliseconds from `startedAt`, below zero where that was before. */
    readonly since: Readonly<Record<string, number>>;
    /** What it knew, in the words of the chart's context. */
    readonly context: Json;
  };
  /** In the order in which things happened. */
  readonly entries: readonly RecordingEntry[];
}

export type RecordingEntry = RecordedEvent | RecordedElement;

/** The chart took an event. */
export interface RecordedEvent {
  readonly kind: 'event';
  /** Milliseconds from the start of the recording. */
  readonly at: number;
  /** Type of the event. */
  readonly event: string;
  /** Path of the states that the client was in afterwards. */
  readonly state: string;
  /** The error that the event, or the state it led to, brought. */
  readonly error?: { readonly code: string; readonly message: string };
  /** The event as `replay` needs it. */
  readonly data: Json;
  /** What chance, the clock or the application decided at that moment, and `replay` must not decide anew. */
  readonly decided?: Json;
}

/** A stanza went over the wire: its outside. */
export interface RecordedElement {
  readonly kind: 'stanza';
  /** Milliseconds from the start of the recording. */
  readonly at: number;
  readonly direction: 'SEND' | 'RECV';
  /** Its name: `iq`, `message` or `presence`. */
  readonly name: string;
  readonly type?: string;
  readonly id?: string;
  /** Its first child element, as `{namespace}name`. */
  readonly payload?: string;
}

/** Where an actor is, and what it waits for: plain JSON. Times are milliseconds since 1970. */
export interface Explanation {
  /** Path of its state: `linked.opening.awaitingHeader`. */
  readonly state: string;
  /** All of this in English, in one or two sentences. */
  readonly sentence: string;
  /** What the chart says about the state. */
  readonly description: string;
  /** That, and the last error: the part of the sentence that stays true as long as the client is there. */
  readonly summary: string;
  /** When it was entered; absent where nobody wrote that down. */
  readonly since?: number;
  /** Types of the events that lead on from here. */
  readonly waitsFor: readonly string[];
  /** What happens, and when, if none of them comes: path of the state that follows. */
  readonly until?: { readonly at: number; readonly next: string };
  /** What happened last: type of the event. */
  readonly last?: string;
  /** Paths of the states that can follow, the expected ones first. */
  readonly next: readonly string[];
  /** What the user can do, best first; empty where there is nothing to do. */
  readonly advice: readonly string[];
}

/** What an error can tell of the client that it happened to. Made on demand. */
export interface Evidence {
  recording(): Recording;
  explanation(): Explanation;
}
