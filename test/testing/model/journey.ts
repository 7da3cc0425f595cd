import { createActor, fromPromise, SimulatedClock } from 'xstate';
import { explore, type Play, tours, type Walk } from '../../../src/testing/model/index.ts';
import { pilgrim, pilgrimCases, pilgrimKey } from './machines.ts';

/** All that a pilgrim can do. */
export const graph = explore(pilgrim, { cases: pilgrimCases, key: pilgrimKey });

/** A pilgrim whose oracle answers when it is told to, and whose clock stands still. */
export function journey(machine = pilgrim) {
  const oracles: { say(answer: string): void; fall(reason: Error): void }[] = [];
  const oracle = fromPromise<string, undefined>(() => new Promise((say, fall) => void oracles.push({ say, fall })));
  const clock = new SimulatedClock();
  const actor = createActor(machine.provide({ actors: { oracle } }), { clock });
  const plays: Record<string, Play> = {
    walk: () => actor.send({ type: 'walk' }),
    rest: () => actor.send({ type: 'rest' }),
    ask: () => actor.send({ type: 'ask', question: 'Where to?' }),
    'xstate.done.actor.oracle (clear)': () => oracles.at(-1)?.say('home'),
    'xstate.done.actor.oracle (nothing)': () => oracles.at(-1)?.say(''),
    'xstate.error.actor.oracle': () => oracles.at(-1)?.fall(new Error('the temple is closed')),
    'xstate.after.patience.pilgrim.asking': () => clock.increment(1000),
  };
  return { actor, plays, answer: (words: string) => oracles.at(-1)?.say(words) };
}

/** A tour through these events. */
export function walkThrough(...events: readonly string[]): Walk<typeof pilgrim> {
  const [walk] = tours(graph, { through: events.map((event) => ({ event })) });
  if (!walk) throw new Error('There is no way');
  return walk;
}

/** The lines of what an attempt fails with. */
export async function messageOf(attempt: Promise<unknown>): Promise<string[]> {
  const error: Error = await attempt.then(
    () => new Error('nothing was wrong'),
    (reason) => reason,
  );
  return error.message.split('\n');
}
