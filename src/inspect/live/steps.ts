import type { AnyMachineSnapshot } from 'xstate';
import { describeDetails } from './details.ts';
import type { Family, Member } from './family.ts';
import type { Log, Rendering } from './log.ts';
import type { LogMoment } from './protocol.ts';

/** An event on its way through a machine. */
interface Step {
  readonly event: { readonly type: string };
  /** Where the machine is afterwards; absent as long as it is not there. */
  outcome: { readonly states: readonly string[]; readonly moved: boolean } | undefined;
}

/** What one machine is at. */
interface Course {
  current: Step | undefined;
  /** Events that came in the middle of a step, and are taken after it. */
  readonly waiting: Step['event'][];
}

/**
 * Writes the transitions of machines in the order in which a reader expects them. XState tells of a transition when it is over, and
 * by then all that it caused has been told: what it sent, what others did about that. So a line is begun when the event is taken,
 * and completed when the outcome is known, which is before anything is written: steps never wait for anything.
 */
export class Steps {
  readonly #log: Log;
  readonly #client: string;
  readonly #family: Family;
  readonly #courses = new Map<Member, Course>();

  constructor(log: Log, client: string, family: Family) {
    this.#log = log;
    this.#client = client;
    this.#family = family;
  }

  /** An event was sent to a machine. */
  sent(member: Member, event: Step['event']): void {
    const course = this.#courseOf(member);
    if (course.current) course.waiting.push(event);
    else course.current = this.#begin(member, event);
  }

  /** A machine took an event. */
  taken(member: Member, event: Step['event'], snapshot: AnyMachineSnapshot): void {
    const course = this.#courseOf(member);
    const isExpected = course.current?.event === event;
    const step = isExpected && course.current ? course.current : this.#begin(member, event);
    step.outcome = this.#family.moved(member, snapshot);
    if (!isExpected) return;
    const next = course.waiting.shift();
    course.current = next && this.#begin(member, next);
  }

  /** The turn is over: what was not taken by now never will be. */
  settle(): void {
    this.#courses.clear();
  }

  #courseOf(member: Member): Course {
    const known = this.#courses.get(member);
    if (known) return known;
    const course: Course = { current: undefined, waiting: [] };
    this.#courses.set(member, course);
    return course;
  }

  #begin(member: Member, event: Step['event']): Step {
    const step: Step = { event, outcome: undefined };
    const before = member.states;
    if (this.#log.takes('step')) {
      this.#log.put('step', momentOf(this.#client, member), () => renderStep(step, before));
    }
    return step;
  }
}

/** The present moment, at an actor. */
export function momentOf(client: string, { actor, name }: Pick<Member, 'actor' | 'name'>): Omit<LogMoment, 'seq'> {
  return { at: Date.now(), client, actor: actor.sessionId, actorName: name };
}

function renderStep({ event, outcome }: Step, before: readonly string[]): Rendering {
  const { states, moved } = outcome ?? { states: before, moved: false };
  return { body: { kind: 'transition', event: event.type, detail: describeDetails(event), states, moved } };
}
