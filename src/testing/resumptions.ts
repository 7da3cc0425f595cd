import type { Jid } from '../jid/index.ts';
import { buildManagementFailed, buildResumed, parseResume } from '../payloads/stream-management.ts';
import type { Element } from '../xml/index.ts';
import type { BoundSession } from './bound-session.ts';
import type { ServerStream } from './server-stream.ts';

/** Of so many sessions that are over it is known how many stanzas were handled. */
const MOST_REMEMBERED = 1000;

/** A session that can go on over another stream. */
export interface Resumable {
  readonly jid: Jid;
  /**
   * Takes the stream for its own, for a client that has `h` stanzas; `received` is how many of the client's were handled.
   *
   * @throws StreamError where the client has more than it was sent
   */
  resume(stream: ServerStream, h: number): { readonly session: BoundSession; readonly received: number };
  /** Sends again what the client does not have. */
  replay(): void;
}

/** What becomes of a request to resume a session. */
export interface Resumption {
  /** `undefined` if there is none to resume. */
  readonly session: BoundSession | undefined;
  readonly answer: Element;
  /** Sends what the client does not have: to be called behind the answer. */
  replay(): void;
}

interface Remembered {
  readonly account: string;
  readonly received: number;
}

/** The sessions that can be resumed (XEP-0198 §5), and what is known of those that can no more. */
export class Resumptions {
  /** Seconds for which a session without a connection is kept; 0 if none is. */
  readonly time: number;
  readonly #sessions = new Map<string, Resumable>();
  readonly #over = new Map<string, Remembered>();

  constructor(time: number) {
    this.time = time;
  }

  add(id: string, session: Resumable): void {
    this.#sessions.set(id, session);
  }

  /**
   * Takes the request of an account for one of its sessions (XEP-0198 §5).
   *
   * @throws StreamError where the client has more stanzas than it was sent
   */
  resume(account: Jid, request: Element, stream: ServerStream): Resumption {
    const asked = parseResume(request);
    if (asked === undefined) return refused(buildManagementFailed('bad-request'));
    const { previd } = asked;
    const found = this.#sessions.get(previd);
    if (found?.jid.bare !== account.bare) {
      return refused(buildManagementFailed('item-not-found', this.#receivedIn(account, previd)));
    }
    const { session, received } = found.resume(stream, asked.h);
    return { session, answer: buildResumed({ previd, h: received }), replay: () => found.replay() };
  }

  /** A session is over. */
  remove(id: string, { bare }: Jid, received: number): void {
    this.#sessions.delete(id);
    this.#over.set(id, { account: bare, received });
    const [oldest] = this.#over.keys();
    if (oldest !== undefined && this.#over.size > MOST_REMEMBERED) this.#over.delete(oldest);
  }

  /** How many stanzas were handled in a session of this account that is over; `undefined` if nobody remembers. */
  #receivedIn({ bare }: Jid, id: string): number | undefined {
    const remembered = this.#over.get(id);
    return remembered?.account === bare ? remembered.received : undefined;
  }
}

function refused(answer: Element): Resumption {
  return { session: undefined, answer, replay: () => {} };
}
