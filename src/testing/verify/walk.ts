import { randomBytes } from 'node:crypto';
import { closed } from './clauses.ts';
import type { Finding, Omission } from './findings.ts';
import type { AnyScene, Course, OutcomeOf } from './move.ts';
import { quoteReaction, type Reaction } from './reaction.ts';
import { judge } from './specification.ts';
import type { Step, Tour } from './steps.ts';

/** What came of one tour. */
export interface Walk {
  readonly findings: readonly Finding[];
  readonly omitted: readonly Omission[];
}

/** Where a walk is: a scene, and what is known so far. */
interface Progress<S> {
  scene: S;
  readonly findings: Finding[];
}

/** Where a walk came to an end before its time, and why. */
interface Stop {
  readonly index: number;
  readonly reason: string;
  /** Whether the move there was not even made. */
  readonly isOmitted: boolean;
}

/**
 * Walks a tour, whose steps are those of its way and then its own. Where the stream ends and the model goes on, the rest of the tour is
 * walked from its beginning: a deviation hides none of those behind it.
 */
export async function walk<S extends AnyScene, R extends Reaction>(
  tour: Tour,
  all: readonly Step[],
  course: Course<S, R>,
): Promise<Walk> {
  const findings: Finding[] = [];
  const omitted: Omission[] = [];
  const omit = (steps: readonly Step[], reason: string): void => {
    omitted.push(...steps.map(({ move, source }) => ({ tour: tour.name, state: source, move, reason })));
  };
  for (let next = tour.way.length; next < all.length; ) {
    // What was made already is not made again, but for what led elsewhere in the model.
    const way = all.slice(0, next).filter(leadsElsewhere);
    const steps = [...way, ...all.slice(next)];
    const stop = await walkSteps(steps, tour, findings, course);
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

/** All steps, one after the other; whatever comes of it, nothing is left behind. */
async function walkSteps<S extends AnyScene, R extends Reaction>(
  steps: readonly Step[],
  tour: Tour,
  findings: Finding[],
  course: Course<S, R>,
): Promise<Stop | undefined> {
  const begun = await course.begin(steps).catch((error: unknown) => refused(error, course));
  if (typeof begun === 'string') return { index: 0, reason: begun, isOmitted: true };
  const progress: Progress<S> = { scene: begun, findings };
  try {
    for (const [index, step] of steps.entries()) {
      const stop = await takeStep(step, index, tour, progress, course);
      if (stop !== undefined) return stop;
      if (step.target === 'closed') return undefined;
    }
    return undefined;
  } finally {
    await course.end(progress.scene);
  }
}

async function takeStep<S extends AnyScene, R extends Reaction>(
  step: Step,
  index: number,
  tour: Tour,
  progress: Progress<S>,
  course: Course<S, R>,
): Promise<Stop | undefined> {
  const { move, source, target } = step;
  const scene: S = { ...progress.scene, state: source, id: randomBytes(6).toString('hex') };
  const made = course.moves[move];
  if (made === undefined) throw new TypeError(`Expected a move that can be made, got ${move}`);
  const missing = made.missing?.(scene);
  if (missing !== undefined) return { index, reason: missing, isOmitted: true };
  const outcome = await made.make(scene).catch((error: unknown) => refused(error, course));
  if (typeof outcome === 'string') return { index, reason: outcome, isOmitted: true };
  const { reaction, learnt, unused } = outcome;
  if (unused !== undefined) return { index, reason: unused, isOmitted: true };
  progress.findings.push(findingOf(step, scene, outcome, tour, course));
  progress.scene = { ...scene, ...learnt };
  if (target === 'closed') return undefined;
  const isOpen = !closed(reaction) && reaction.unreadable === undefined;
  if (isOpen && (source === target || (made.arrives?.(reaction) ?? true))) return undefined;
  return { index, reason: `${course.who} left the model at ${move}`, isOmitted: false };
}

/** Why something was not done; throws where that is no reason. */
function refused<S extends AnyScene, R extends Reaction>(error: unknown, course: Course<S, R>): string {
  const reason = course.refusal(error);
  if (reason === undefined) throw error;
  return reason;
}

function findingOf<S extends AnyScene, R extends Reaction>(
  { move, source }: Step,
  scene: S,
  { reaction }: OutcomeOf<S, R>,
  tour: Tour,
  { moves, describe }: Course<S, R>,
): Finding {
  const { title = move, clauses } = moves[move] ?? {};
  const { verdict, clause } = judge(clauses?.(scene) ?? [], reaction);
  return {
    tour: tour.name,
    group: tour.group,
    state: source,
    move,
    title,
    verdict,
    level: clause.level,
    section: clause.section,
    required: clause.says,
    got: describe(reaction),
    xml: quoteReaction(reaction),
  };
}

function leadsElsewhere({ source, target }: Step): boolean {
  return source !== target;
}
