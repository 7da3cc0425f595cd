import { queryObjects } from 'node:v8';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Actor } from 'xstate';
import { Outgoing } from '../../src/actors/outgoing.ts';
import { randomFrom } from '../client/resume-stage.ts';
import { Books } from './books.ts';
import { live, type Stage, type Tally } from './happenings.ts';
import { Resident } from './resident.ts';
import { IS_FULL, SEED } from './settings.ts';
import { createWorld, type World } from './world.ts';

/*
 * Weeks of a client's life, in seconds.
 */

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const DAYS = IS_FULL ? 30 : 3;
const LONG = { timeout: 300_000 };

describe(`a client that lives for ${DAYS} days`, () => {
  it('through thousands of drops, owes nobody anything at the end of each day', LONG, async () => {
    const stage = await settle();
    const { world, books, juliet } = stage;
    const happened: Tally = new Map();
    const evenings: unknown[] = [];
    for (let day = 1; day <= DAYS; day += 1) {
      while (world.now < day * DAY) await live(stage, happened);
      await rest(stage);
      expect([books.faults(), juliet.faults]).toEqual([[], []]);
      evenings.push(await lookAt(stage));
    }
    expect(evenings).toEqual(Array(DAYS).fill(QUIET));
    await juliet.leave();
    expect([juliet.faults, await juliet.record(), books.faults(), books.open]).toEqual([
      [],
      undefined,
      [],
      { deliveries: 0, requests: 0 },
    ]);
    if (IS_FULL)
      console.log(JSON.stringify({ ...juliet.seen, ...books.summary(), happened: Object.fromEntries(happened) }));
    expect(juliet.seen.losses).toBeGreaterThan(DAYS * 50);
  });

  it(
    'and to whom nothing happens, asks each minute whether the server is there, not a millisecond later',
    LONG,
    async () => {
      const { world } = await settle();
      const begin = world.now;
      const asked: number[] = [];
      world.onTraffic = (text) => text.startsWith('<r ') && asked.push(world.now);
      await world.pass(DAYS * DAY);
      expect(asked).toEqual(Array.from({ length: DAYS * 24 * 60 }, (_, index) => begin + (index + 1) * MINUTE));
      expect(world.timers().map((at) => at - world.now)).toEqual([15_000]);
    },
  );
});

/** What there is of a client that is online, and has nothing to do. */
const QUIET = {
  timers: 1,
  unacknowledged: 0,
  recorded: 0,
  open: { deliveries: 0, requests: 0 },
  missing: 0,
  objects: { actors: 7, stanzas: 0 },
};

async function settle(): Promise<Stage> {
  const random = randomFrom(SEED);
  const books: Books = new Books(() => world);
  const world: World = await createWorld({
    arrived: (id) => books.arrived(id),
    dialled: () => juliet?.dialled(),
    isBusy: () => juliet?.isConnecting === true,
  });
  vi.spyOn(Date, 'now').mockImplementation(() => world.wallNow);
  onTestFinished(() => void vi.restoreAllMocks());
  let juliet: Resident | undefined;
  juliet = new Resident(world, books, random);
  onTestFinished(() => world.server.stop());
  return { world, books, juliet, random };
}

/** Nothing happens any more, and all that is under way comes to its end. */
async function rest({ world, juliet }: Stage): Promise<void> {
  // A cut that was to come after some bytes comes now.
  world.network.cut();
  for (let minutes = 0; !juliet.isOnline; minutes += 1) {
    if (minutes > 30) throw new Error('She does not come back');
    await world.pass(MINUTE);
  }
  // Longer than any request waits.
  await world.pass(10 * MINUTE);
}

async function lookAt({ world, books, juliet }: Stage) {
  const session = juliet.client.actor.getSnapshot().children.session?.getSnapshot();
  return {
    timers: world.timers().length,
    unacknowledged: session?.context.ledger.size,
    recorded: (await juliet.record())?.outgoing.length,
    open: books.open,
    missing: juliet.missing,
    objects: { actors: queryObjects(Actor), stanzas: queryObjects(Outgoing) },
  };
}
