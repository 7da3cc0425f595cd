import type { ServerExchange } from '../../../sasl/server.ts';
import type { Element } from '../../../xml/index.ts';
import type { AnyScene, MoveOf, OutcomeOf } from '../move.ts';
import type { ClientReaction } from './reaction.ts';
import type { Stage } from './stage.ts';

/** Who is walked, and how patiently. */
export interface Walked {
  readonly domain: string;
  /** Bare JID of the account. */
  readonly account: string;
  readonly password: string;
  /** Milliseconds for what has to come. */
  readonly limit: number;
  /** Milliseconds for what may come, or must not. */
  readonly patience: number;
  /** What is learnt of the client on the way, for the tours that follow. */
  readonly habits: { answersRequests: boolean };
}

/** What is known in the middle of a tour. */
export interface ClientScene extends AnyScene {
  readonly walked: Walked;
  readonly stage: Stage;
  /** The header that the client sent last. */
  readonly header: Element | undefined;
  /** What the client asked for last: a mechanism, a resource. */
  readonly request: Element | undefined;
  readonly mechanism: string;
  readonly exchange: ServerExchange | undefined;
  /** Whether it has said that it is online. */
  readonly isOnline: boolean;
  /** The full JID that was bound; empty before. */
  readonly jid: string;
  /** What names the session that is managed. */
  readonly sessionId: string;
}

/** What a client did, and what is known since. */
export type ClientOutcome = OutcomeOf<ClientScene, ClientReaction>;

/** One move of a server, legal or not. */
export type ClientMove = MoveOf<ClientScene, ClientReaction>;
