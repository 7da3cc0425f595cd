import type { Books } from './books.ts';
import type { Resident } from './resident.ts';
import { UNANSWERED, type World } from './world.ts';

/*
 * What can happen in a world, and how often it does.
 */

/** Whom it can happen to. */
export interface Stage {
  readonly world: World;
  readonly books: Books;
  readonly juliet: Resident;
  readonly random: () => number;
}

const MINUTE = 60_000;

/** Its weight among all that can happen, and what it does. */
type Happening = readonly [weight: number, take: (stage: Stage) => void | Promise<void>];
type Happenings = Readonly<Record<string, Happening>>;

/** How often what happened. */
export type Tally = Map<string, number>;

const TALK: Happenings = {
  'she speaks': [6, ({ juliet, books }) => books.send(juliet.client)],
  'she speaks, and it is out of date soon': [
    3,
    ({ juliet, books, random }) => books.send(juliet.client, { expires: upTo(2 * MINUTE, random) }),
  ],
  'she types': [2, ({ juliet, books }) => books.send(juliet.client, { keep: false })],
  'she speaks, and would rather say it twice': [2, ({ juliet, books }) => books.send(juliet.client, { resend: true })],
  'she says again what may be lost': [
    2,
    ({ juliet, books }) => {
      const id = books.forfeited();
      if (id !== undefined) books.send(juliet.client, {}, id);
    },
  ],
  'she asks': [3, (stage) => ask(stage, 'asked')],
  'she asks, and nobody answers': [3, (stage) => ask(stage, UNANSWERED)],
  'she is spoken to': [8, ({ juliet }) => juliet.hear()],
};

const TROUBLE: Happenings = {
  'the connection is cut': [5, ({ world }) => world.network.cut()],
  'the connection is cut within some bytes': [4, ({ world, random }) => world.network.cutAfter(upTo(3000, random))],
  'the connection dies without a word': [3, ({ world }) => world.freeze()],
  'the server is started anew': [2, ({ world }) => world.replaceServer()],
  'the server is down for a while': [
    1,
    async (stage) => {
      stage.world.isUp = false;
      stage.world.network.cut();
      await talk(stage, 20 * MINUTE);
      stage.world.isUp = true;
    },
  ],
  'the network goes, and comes back': [
    2,
    async (stage) => {
      const { world, juliet, random } = stage;
      juliet.disturb();
      juliet.client.actor.send({ type: 'network.offline' });
      if (random() < 0.5) world.freeze();
      await talk(stage, 15 * MINUTE);
      juliet.disturb();
      juliet.client.actor.send({ type: 'network.online' });
    },
  ],
  'the machine sleeps, and its timers stand still': [
    2,
    ({ world, random }) => world.sleep(upTo(8 * 60 * MINUTE, random)),
  ],
  'the machine sleeps, and its timers are late': [1, ({ world, random }) => world.jump(upTo(60 * MINUTE, random))],
  'her process is killed': [1, ({ juliet }) => juliet.die()],
  'she leaves, and comes back': [
    1,
    async ({ world, juliet, random }) => {
      await juliet.leave();
      await world.pass(upTo(5 * MINUTE, random));
      juliet.client.start();
    },
  ],
};

/** One of all the things that can happen, and then some time. */
export function live(stage: Stage, happened: Tally): Promise<void> {
  return happen(stage, { ...TALK, ...TROUBLE }, happened);
}

/** Some time goes by in which nothing happens but talk. */
async function talk(stage: Stage, most: number): Promise<void> {
  const end = stage.world.now + upTo(most, stage.random);
  while (stage.world.now < end) await happen(stage, TALK, new Map());
}

async function happen(stage: Stage, all: Happenings, happened: Tally): Promise<void> {
  const { world, random } = stage;
  const [title, take] = choose(all, random);
  happened.set(title, (happened.get(title) ?? 0) + 1);
  await take(stage);
  const haste = random();
  // Half of the time things happen before the last one is over.
  if (haste > 0.5) await world.pass(upTo(haste > 0.7 ? 7 * MINUTE : 2000, random));
}

function choose(all: Happenings, random: () => number): readonly [string, Happening[1]] {
  let left = random() * Object.values(all).reduce((sum, [weight]) => sum + weight, 0);
  for (const [title, [weight, take]] of Object.entries(all)) {
    left -= weight;
    if (left < 0) return [title, take];
  }
  throw new Error('Expected a random number below 1');
}

/** A whole number. */
function upTo(most: number, random: () => number): number {
  return 1 + Math.floor(random() * most);
}

let questions = 0;

function ask({ juliet, books, random }: Stage, kind: string): void {
  questions += 1;
  books.ask(juliet.client, `${kind}-${questions}`, upTo(5 * MINUTE, random));
}
