import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { XmppServer } from '../support/server.ts';
import { enterBare } from './cuts.bare.ts';
import { type Fate, speakInVain } from './cuts.refused.ts';
import { ROADS, type Road } from './cuts.roads.ts';
import { UNHARMED } from './cuts.speech.ts';
import { type Enter, enterClient, JULIET, ROMEO } from './cuts.talkers.ts';
import { type Conversation, converse, type Figures } from './cuts.ts';

/** Whether everything is to be done in full, however long that takes: `npm run test:soak`. */
const IS_SOAK = Boolean(process.env.SOAK);

const SIZE = IS_SOAK ? { cuts: 200, messages: 2000 } : { cuts: 30, messages: 300 };

/** `CUTS_SEEDS=4711,4712` repeats what failed; in full, each run has others. */
const SEEDS = (process.env.CUTS_SEEDS ?? (IS_SOAK ? newSeeds(3) : '1')).split(',').map(Number);

const WAIT = { interval: 5, timeout: 20_000 };

/**
 * Bare sockets tell, in the same hour, what it takes without a client, and whether it can be done at all: what they lose is the loss
 * of the server, and is told, but not judged.
 */
const SPEAKERS: readonly Speaker[] = [
  { speaker: 'clients', enter: enterClient, isJudged: true },
  ...(IS_SOAK ? [{ speaker: 'bare sockets', enter: enterBare, isJudged: false }] : []),
];

interface Speaker {
  readonly speaker: string;
  readonly enter: Enter;
  readonly isJudged: boolean;
}

/** Describes conversations on a server over connections that are cut. */
export function describeCuts(getServer: () => XmppServer, roads: readonly Road[]): void {
  const { cuts, messages } = SIZE;
  describe.each(roads.map((road) => [road.name, road] as const))('over %s', (_, road) => {
    describe.each(SPEAKERS)('$speaker whose connection is cut at random', ({ speaker, enter, isJudged }) => {
      test.each(SEEDS)(
        `${messages} messages each way arrive once and in order, whatever ${cuts} cuts do (seed %i)`,
        async (seed) => {
          const server = getServer();
          const conversation: Conversation = {
            ...SIZE,
            seed,
            port: road.port(server),
            createSieve: road.createSieve,
            enterJuliet: (port, tell) => enter(JULIET, { server, road, port }, tell),
            enterRomeo: (tell) => enter(ROMEO, { server, road }, tell),
          };
          const { outcome, figures, talkers } = await converse(conversation);
          const unharmed = { cuts, toRomeo: UNHARMED, toJuliet: UNHARMED, sessionsLost: 0 };
          const harm = isDeepStrictEqual(outcome, unharmed) ? 'no harm' : JSON.stringify(outcome);
          if (IS_SOAK) tell(`${server.software}, ${road.name}, ${speaker}, seed ${seed}, ${harm}`, figures);
          if (!isJudged) return expect(outcome.cuts).toBe(cuts);
          expect(outcome).toEqual(unharmed);
          // Enough of the cuts fell into what was said to prove something.
          expect(figures.inTalk).toBeGreaterThan(cuts / 10);
          await expect.poll(() => talkers.map((talker) => talker.unsettled()), WAIT).toEqual([0, 0]);
        },
        120_000,
      );
    });
  });
}

/**
 * Describes what becomes of messages on a server that takes up no session again. `tellsCount`: it says how many stanzas it
 * handled before (XEP-0198 §6); otherwise nobody can know what became of those that it did not acknowledge.
 */
export function describeRefusals(getServer: () => XmppServer, { tellsCount }: { readonly tellsCount: boolean }): void {
  const { cuts } = SIZE;
  test.each(SEEDS)(
    `of ${cuts * 10} messages, each is acknowledged or fails once, and none is sent again, whatever ${cuts} cuts do (seed %i)`,
    async (seed) => {
      const fates = await speakInVain(getServer(), ROADS.STARTTLS, { cuts, seed });
      const possible = [ARRIVED, LOST, ...(tellsCount ? [] : [UNKNOWN])].map((fate) => JSON.stringify(fate));
      expect(fates.filter((fate) => !possible.includes(JSON.stringify(fate)))).toEqual([]);
      expect(new Set(fates.flatMap(({ ends }) => ends))).toEqual(new Set(['acknowledged', 'session/lost']));
    },
    120_000,
  );
}

const ARRIVED: Fate = { ends: ['acknowledged'], written: 1, heard: 1 };
const LOST: Fate = { ends: ['session/lost'], written: 1, heard: 0 };
/** Reported as lost, since nobody said that it arrived. */
const UNKNOWN: Fate = { ends: ['session/lost'], written: 1, heard: 1 };

function tell(what: string, { time, inLogin, inTalk, inSilence }: Figures): void {
  const seconds = (time / 1000).toFixed(1);
  console.info(`${what}: ${seconds} s; cut ${inLogin} × in the login, ${inTalk} × in talk, ${inSilence} × in silence`);
}

function newSeeds(count: number): string {
  return Array.from({ length: count }, () => Math.floor(Math.random() * 1e6)).join();
}
