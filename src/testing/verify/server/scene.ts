import type { ClientExchange } from '../../../sasl/index.ts';
import type { Features } from '../../../stream/index.ts';
import type { AnyScene, MoveOf, OutcomeOf } from '../move.ts';
import type { Reaction } from '../reaction.ts';
import type { Connection } from './connection.ts';

/** Who walks, and how patiently. */
export interface Walker {
  readonly domain: string;
  /** Bare JID of the account. */
  readonly account: string;
  /** Its localpart, as SASL wants it. */
  readonly username: string;
  readonly password: string;
  /** The resource that this tour asks for. */
  readonly resource: string;
  /** Milliseconds that the server has for each answer. */
  readonly limit: number;
  /** A new connection to the server. */
  readonly connect: () => Promise<Connection>;
}

/** What is known in the middle of a tour. */
export interface Scene extends AnyScene {
  readonly walker: Walker;
  readonly connection: Connection;
  /** What the server offered last on this connection. */
  readonly offer: Features | undefined;
  /** Ids of the streams that this tour has seen. */
  readonly streamIds: readonly string[];
  /** The exchange of SCRAM that has begun. */
  readonly exchange: ClientExchange | undefined;
  /** The challenge of SCRAM that waits for a response. */
  readonly challenge: Uint8Array;
  /** The full JID that was bound; empty before. */
  readonly jid: string;
  /** What names the session that is managed; empty without one that can be resumed. */
  readonly sessionId: string;
  /** Id of the message that came last before the connection was cut, and was not acknowledged. */
  readonly unacknowledged: string;
}

/** What a server did, and what is known since. */
export type Outcome = OutcomeOf<Scene, Reaction>;

/** One move of a client, legal or not. */
export type Move = MoveOf<Scene, Reaction>;
