import { randomBytes } from 'node:crypto';
import { type Jid, unescapeLocalpart } from '../../jid/index.ts';
import { Connection, type Target } from './connection.ts';
import { type Finding, type Omission, type Verification, withoutRepetitions } from './findings.ts';
import type { Walker } from './scene.ts';
import { TOUR_GROUPS, TOURS, type Tour, type TourGroup } from './tours.ts';
import { type Walk, walk } from './walk.ts';

/** What it takes to verify a server. */
export interface VerifyOptions {
  /** Name or address of the server. */
  readonly host: string;
  /** Port for TCP and STARTTLS. */
  readonly port: number;
  /** The account: a bare JID. */
  readonly jid: Jid;
  readonly password: string;
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
  const walks = new Map<Tour, Walk>();
  const waiting = [...tours];
  const worker = async (): Promise<void> => {
    for (let tour = waiting.shift(); tour !== undefined; tour = waiting.shift()) {
      options.signal?.throwIfAborted();
      walks.set(tour, await walk(tour, walkerFor(options)));
    }
  };
  const stop = (error: unknown): never => {
    waiting.length = 0;
    throw error;
  };
  const workers = Array.from({ length: Math.min(parallel, tours.length) }, () => worker().catch(stop));
  // Whatever is under way ends first: nothing goes out any more once this is settled.
  await Promise.allSettled(workers);
  await Promise.all(workers);
  const all = tours.map((tour) => walks.get(tour));
  const findings: readonly Finding[] = all.flatMap((each) => each?.findings ?? []);
  const omitted: readonly Omission[] = all.flatMap((each) => each?.omitted ?? []);
  return {
    domain: jid.domainpart,
    groups,
    tours: tours.length,
    findings: withoutRepetitions(findings),
    omitted: withoutMade(omitted, findings),
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

/** Each once, and not what another tour did after all. */
function withoutMade(omitted: readonly Omission[], findings: readonly Finding[]): readonly Omission[] {
  const isSame = (one: Pick<Omission, 'state' | 'move'>) => (other: Pick<Omission, 'state' | 'move'>) =>
    one.state === other.state && one.move === other.move;
  return omitted.filter((each, index) => !findings.some(isSame(each)) && omitted.findIndex(isSame(each)) === index);
}
