import { setImmediate as turn } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { randomFrom } from '../client/resume-stage.ts';
import type { Direction, Sieve } from '../support/cutting-proxy.ts';
import { Bell } from './cuts.bell.ts';
import { type Both, type Course, prepareCourse } from './cuts.plan.ts';
import { createSpeech, type Damage, type Speech } from './cuts.speech.ts';
import type { Talker } from './cuts.talkers.ts';

/** A conversation over a connection that is cut. */
export interface Conversation {
  /** The port of the server, before which the proxy is laid. */
  readonly port: number;
  readonly createSieve?: () => Sieve;
  /** How often the connection is cut. */
  readonly cuts: number;
  /** Messages each way: a multiple of the cuts. */
  readonly messages: number;
  /** Decides who says how much when, and where connections are cut. */
  readonly seed: number;
  /** Brings Juliet online, over the proxy; `tell` is called whenever she comes online or hears something. */
  enterJuliet(port: number, tell: () => void): Promise<Talker>;
  /** Brings Romeo online, past the proxy. */
  enterRomeo(tell: () => void): Promise<Talker>;
}

/** What came of it. */
interface Outcome {
  readonly cuts: number;
  readonly toRomeo: Damage;
  readonly toJuliet: Damage;
  /** How often a session was not taken up again. */
  readonly sessionsLost: number;
}

/** Where the cuts fell, and how long it all took. */
export interface Figures {
  readonly inLogin: number;
  readonly inTalk: number;
  /** When all was heard that had been said. */
  readonly inSilence: number;
  /** Milliseconds from the first word to the last. */
  readonly time: number;
}

/**
 * Has two talk while the connection of one of them is cut, at random bytes of either direction, those of logins included. All is
 * said in as many rounds as there are cuts; a connection that lasted until all of a round was heard is cut then. Ends early when
 * a session is lost. Those who talked leave with the test.
 */
export async function converse(conversation: Conversation) {
  const { messages, seed } = conversation;
  const bell = new Bell();
  const course = await prepareCourse({ ...conversation, onCut: bell.ring });
  const juliet = await conversation.enterJuliet(course.proxy.port, bell.ring);
  onTestFinished(() => juliet.leave());
  const romeo = await conversation.enterRomeo(bell.ring);
  onTestFinished(() => romeo.leave());
  const random = randomFrom(seed);
  const up = createSpeech(random, messages + 1, juliet, romeo);
  const down = createSpeech(random, messages + 1, romeo, juliet);
  const talk: Talk = {
    course,
    bell,
    speeches: { up, down },
    isHeard: () => up.waiting <= 0 && down.waiting <= 0,
    sessionsLost: () => lostBy(juliet) + lostBy(romeo),
  };
  const began = performance.now();
  const inSilence = await talkInRounds(conversation, talk, random);
  const time = Math.round(performance.now() - began);
  const { cuts } = course.proxy;
  const inLogin = cuts - juliet.sessions.length + 1;
  const figures: Figures = { inLogin, inTalk: cuts - inLogin - inSilence, inSilence, time };
  const damage = { toRomeo: up.damage(), toJuliet: down.damage() };
  const outcome: Outcome = { cuts, ...damage, sessionsLost: talk.sessionsLost() };
  return { outcome, figures, talkers: [juliet, romeo] };
}

/** What goes on between two who talk. */
interface Talk {
  readonly course: Course;
  /** Rings whenever something was heard or cut, and whenever somebody came online. */
  readonly bell: Bell;
  readonly speeches: Both<Speech>;
  /** Whether all was heard that was said. */
  isHeard(): boolean;
  sessionsLost(): number;
}

/** Resolves with the number of connections that were cut when all was heard. */
async function talkInRounds({ cuts, messages, seed }: Conversation, talk: Talk, random: () => number) {
  const { bell, speeches, isHeard, sessionsLost } = talk;
  const { proxy, begin } = talk.course;
  const share = messages / cuts;
  const login = { ...proxy.passed };
  let inSilence = 0;
  for (let round = 1; round <= cuts && sessionsLost() === 0; round += 1) {
    await speak(speeches, share, random);
    await bell.until(() => proxy.cuts >= round || isHeard() || sessionsLost() > 0);
    if (proxy.cuts >= round) continue;
    if (round === 1) begin(seed + 1, { login, share, waiting: (direction) => speeches[direction].waiting });
    inSilence += 1;
    proxy.cut();
  }
  // One word more, so that nobody leaves who did not come back after the last cut.
  await speak(speeches, 1, random);
  await bell.until(() => isHeard() || sessionsLost() > 0);
  return inSilence;
}

/** Says a share of both speeches: in bursts, with pauses of some turns of the event loop. */
async function speak(speeches: Both<Speech>, share: number, random: () => number): Promise<void> {
  const left: Record<Direction, number> = { up: share, down: share };
  while (left.up + left.down > 0) {
    const direction = random() < 0.5 ? 'up' : 'down';
    const burst = Math.min(left[direction], Math.ceil(random() * 8));
    speeches[direction].goOn(burst);
    left[direction] -= burst;
    for (let turns = Math.floor(random() * 10); turns > 0; turns -= 1) await turn();
  }
}

function lostBy({ sessions }: Talker): number {
  return sessions.filter((how) => how === 'new').length - 1;
}
