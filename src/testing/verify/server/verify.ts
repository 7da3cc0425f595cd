import { randomBytes } from 'node:crypto';
import { type Jid, unescapeLocalpart } from '../../../jid/index.ts';
import { SaslError } from '../../../sasl/index.ts';
import type { Verification } from '../findings.ts';
import type { Course } from '../move.ts';
import { describeReaction, type Reaction } from '../reaction.ts';
import { walk } from '../walk.ts';
import { walkAll } from '../walk-all.ts';
import { Connection, type Target } from './connection.ts';
import { MOVES } from './moves.ts';
import type { Scene, Walker } from './scene.ts';
import { stepsOf, TOUR_GROUPS, TOURS, type TourGroup } from './tours.ts';

/** What it takes to verify a server. */
export interface VerifyOptions {
  /** Name or address of the server. */
  readonly host: string;
  /** Port for TCP and STARTTLS. */
  readonly port: number;
  /** The account: a bare JID. */
  readonly jid: Jid;
  readonly password: string;
  /** More accounts on the same server, with the same password: tours take them in turn, where one may not log in so often. */
  readonly others?: readonly Jid[] | undefined;
  /** Certificates of the authorities to trust instead of the system's, PEM. */
  readonly ca?: string | undefined;
  /** What to walk; all by default. */
  readonly groups?: readonly TourGroup[] | undefined;
  /** Milliseconds that the server has for each answer; 5000 by default. */
  readonly limit?: number | undefined;
  /** Tours at a time; 4 by default. */
  readonly parallel?: number | undefined;
  /** Ends it behind the tours that are under way. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Walks a real server through the model and says what it did otherwise than the specifications have it. Each tour has connections and a resource
 * of its own. It sends stanzas to the server, to its own account, to accounts with random names and to a domain that cannot exist;
 * it logs in with a wrong password a few times.
 *
 * Rejects with what went wrong where a connection could not be made, and with the reason of the signal.
 */
export async function verify(options: VerifyOptions): Promise<Verification> {
  const { jid, groups = TOUR_GROUPS, parallel = 4 } = options;
  const tours = TOURS.filter(({ group }) => groups.includes(group));
  const course = courseOf(options);
  const walks = await walkAll(tours, (tour) => walk(tour, stepsOf([...tour.way, ...tour.moves]), course), {
    parallel,
    signal: options.signal,
  });
  return {
    subject: 'server',
    name: jid.domainpart,
    groups: TOUR_GROUPS.filter((group) => groups.includes(group)),
    tours: tours.length,
    ...walks,
  };
}

function courseOf(options: VerifyOptions): Course<Scene, Reaction> {
  const { jid, others = [] } = options;
  const accounts = [jid, ...others];
  let begun = 0;
  return {
    moves: MOVES,
    who: 'the server',
    begin: () => firstScene(walkerFor({ ...options, jid: accounts[begun++ % accounts.length] ?? jid })),
    end: ({ connection }) => connection.destroy(),
    // A challenge that no client answers, as one with too few iterations, is a reason to leave a move out.
    refusal: (error) => (error instanceof SaslError ? error.message : undefined),
    describe: describeReaction,
  };
}

async function firstScene(walker: Walker): Promise<Scene> {
  return {
    walker,
    connection: await walker.connect(),
    state: '',
    id: '',
    offer: undefined,
    streamIds: [],
    exchange: undefined,
    challenge: new Uint8Array(0),
    jid: '',
    sessionId: '',
    unacknowledged: '',
  };
}

function walkerFor({ host, port, jid, password, ca, limit = 5000 }: VerifyOptions): Walker {
  const target: Target = { host, port, domain: jid.domainpart, ca };
  return {
    domain: jid.domainpart,
    account: jid.bare,
    username: unescapeLocalpart(jid.localpart ?? ''),
    password,
    resource: `verify-${randomBytes(4).toString('hex')}`,
    limit,
    connect: () => Connection.open(target, limit),
  };
}
