import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createId } from '../../../stanza/index.ts';
import type { Omission, Verification } from '../findings.ts';
import type { Step } from '../steps.ts';
import { type Walk, walk } from '../walk.ts';
import { walkAll } from '../walk-all.ts';
import { certificatesFor } from './certificates.ts';
import { clientCourse } from './course.ts';
import { checkLogin } from './login.ts';
import type { Walked } from './scene.ts';
import { CLIENT_TOUR_GROUPS, CLIENT_TOURS, type ClientTour, clientStepsOf } from './tours.ts';

/** What it takes to verify a client. */
export interface VerifyClientOptions {
  /** The program, and its arguments. */
  readonly command: readonly string[];
  /** Its environment, to which what the contract names is added. */
  readonly env: NodeJS.ProcessEnv;
  /** How the client connects; `tcp` by default. */
  readonly over?: 'tcp' | 'websocket' | undefined;
  /** What to walk, groups or names of tours; all by default. */
  readonly tours?: readonly string[] | undefined;
  /** Milliseconds for what the client has to do; 5000 by default. */
  readonly limit?: number | undefined;
  /** Tours at a time; 4 by default. */
  readonly parallel?: number | undefined;
  /** Ends it behind the tours that are under way. */
  readonly signal?: AbortSignal | undefined;
}

const DOMAIN = 'capulet.example';

/** The part of the limit that is waited where nothing has to come. */
const PATIENCE = 0.4;

/**
 * Walks a client through the model, each tour with a server on loopback and a process of its own, and says what it did otherwise than the
 * specifications have it. No process is left behind.
 *
 * Rejects with an `OptionError` where the command does not get through the plain login, and with the reason of the signal.
 */
export async function verifyClient(options: VerifyClientOptions): Promise<Verification> {
  const { command, env, parallel = 4, limit = 5000, over = 'tcp', signal, tours: names } = options;
  const tours = CLIENT_TOURS.filter(({ name, group }) => !names || names.includes(name) || names.includes(group));
  const isWebSocket = over === 'websocket';
  const folder = await mkdtemp(join(tmpdir(), 'xstate-xmpp-verify-'));
  try {
    const certificates = await certificatesFor(DOMAIN);
    const authority = join(folder, 'authority.pem');
    await writeFile(authority, certificates.right.ca);
    const walked = whoIsWalked(limit);
    const course = clientCourse({ command, env, isWebSocket, walked, certificates, authority, signal });
    await checkLogin(command, course, isWebSocket);
    const walks = await walkAll(tours, (tour) => walkPossible(tour, isWebSocket, (...way) => walk(...way, course)), {
      parallel,
      signal,
    });
    signal?.throwIfAborted();
    const groups = CLIENT_TOUR_GROUPS.filter((group) => tours.some((tour) => tour.group === group));
    return { subject: 'client', name: command.join(' '), groups, tours: tours.length, ...walks };
  } catch (error) {
    // What failed because it was interrupted says nothing.
    signal?.throwIfAborted();
    throw error;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function whoIsWalked(limit: number): Walked {
  return {
    domain: DOMAIN,
    account: `juliet@${DOMAIN}`,
    password: createId(),
    limit,
    patience: limit * PATIENCE,
    habits: { answersRequests: true },
  };
}

/** Over a WebSocket TLS comes first: what is about STARTTLS, or comes before it, is left out. */
async function walkPossible(
  tour: ClientTour,
  isWebSocket: boolean,
  walkSteps: (tour: ClientTour, steps: readonly Step[]) => Promise<Walk>,
): Promise<Walk> {
  const steps = clientStepsOf([...tour.way, ...tour.moves]);
  if (!isWebSocket) return walkSteps(tour, steps);
  const way = tour.way.filter((_, index) => isUnderTls(steps[index]));
  const own = steps.slice(tour.way.length);
  const omitted: readonly Omission[] = own
    .filter((step) => !isUnderTls(step))
    .map(({ source, move }) => ({ tour: tour.name, state: source, move, reason: 'over a WebSocket TLS comes first' }));
  if (omitted.length === own.length) return { findings: [], omitted };
  const walked = await walkSteps({ ...tour, way }, steps.filter(isUnderTls));
  return { findings: walked.findings, omitted: [...omitted, ...walked.omitted] };
}

function isUnderTls(step: Step | undefined): boolean {
  return !step?.source.startsWith('plain');
}
