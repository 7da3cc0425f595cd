import { randomBytes } from 'node:crypto';
import { SaslError } from '../../sasl/index.ts';
import { closed } from './clauses.ts';
import type { Finding, Omission } from './findings.ts';
import { MOVES, type MoveName } from './moves.ts';
import { describeReaction, quoteReaction, type Reaction } from './reaction.ts';
import type { Scene, Walker } from './scene.ts';
import { judge } from './specification.ts';
import { type Step, stepsOf, type Tour } from './tours.ts';

/** What came of one tour. */
export interface Walk {
  readonly findings: readonly Finding[];
  readonly omitted: readonly Omission[];
}

/** Where a walk is: a scene, and what is known so far. */
interface Progress {
  scene: Scene;
  readonly findings: Finding[];
}

/**
 * Walks a tour. Where the server ends the stream and the model goes on, the rest of the tour is walked on new connections: a
 * deviation hides none of those behind it.
 */
export async function walk(tour: Tour, walker: Walker): Promise<Walk> {
  const findings: Finding[] = [];
  const omitted: Omission[] = [];
  const all = stepsOf([...tour.way, ...tour.moves]);
  const omit = (steps: readonly Step[], reason: string): void => {
    omitted.push(...steps.map(({ move, source }) => ({ tour: tour.name, state: source, move, reason })));
  };
  for (let next = tour.way.length; next < all.length; ) {
    // What was made already is not made again, but for what led elsewhere in the model.
    const way = all.slice(0, next).filter(leadsElsewhere);
    const progress: Progress = { scene: await firstScene(walker), findings };
    const stop = await walkSteps([...way, ...all.slice(next)], tour, progress).finally(() =>
      progress.scene.connection.destroy(),
    );
    if (stop === undefined) break;
    const failed = all[next + stop.index - way.length];
    if (stop.index < way.length || failed === undefined) {
      omit([...(stop.isOmitted ? way.slice(stop.index) : []), ...all.slice(next)], stop.reason);
      break;
    }
    next += stop.index - way.length + 1;
    if (stop.isOmitted) omit([failed], stop.reason);
    if (leadsElsewhere(failed)) {
      omit(all.slice(next), stop.reason);
      break;
    }
  }
  return { findings, omitted };
}

/** Where a walk came to an end before its time, and why. */
interface Stop {
  readonly index: number;
  readonly reason: string;
  /** Whether the move there was not even made. */
  readonly isOmitted: boolean;
}

async function walkSteps(steps: readonly Step[], tour: Tour, progress: Progress): Promise<Stop | undefined> {
  for (const [index, step] of steps.entries()) {
    const { move, source, target } = step;
    const scene: Scene = { ...progress.scene, state: source, id: randomBytes(6).toString('hex') };
    const missing = MOVES[move].missing?.(scene);
    if (missing !== undefined) return { index, reason: missing, isOmitted: true };
    const outcome = await MOVES[move].make(scene).catch(refusalOf);
    if (outcome instanceof SaslError) return { index, reason: outcome.message, isOmitted: true };
    const { reaction, learnt } = outcome;
    progress.findings.push(findingOf(step, scene, reaction, tour));
    progress.scene = { ...scene, ...learnt };
    if (target === 'closed') return undefined;
    if (!isThere(move, source === target, reaction)) {
      return { index, reason: `the server left the model at ${move}`, isOmitted: false };
    }
  }
  return undefined;
}

/** A challenge that no client answers, as one with too few iterations, is a reason to leave a move out; everything else is not. */
function refusalOf(error: unknown): SaslError {
  if (error instanceof SaslError) return error;
  throw error;
}

function isThere(move: MoveName, isStaying: boolean, reaction: Reaction): boolean {
  if (closed(reaction) || reaction.unreadable !== undefined) return false;
  return isStaying || (MOVES[move].arrives?.(reaction) ?? true);
}

function findingOf({ move, source }: Step, scene: Scene, reaction: Reaction, tour: Tour): Finding {
  const { verdict, clause } = judge(MOVES[move].clauses(scene), reaction);
  return {
    tour: tour.name,
    group: tour.group,
    state: source,
    move,
    title: MOVES[move].title,
    verdict,
    level: clause.level,
    section: clause.section,
    required: clause.says,
    got: describeReaction(reaction),
    xml: quoteReaction(reaction),
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

function leadsElsewhere({ source, target }: Step): boolean {
  return source !== target;
}
