import { describe, expect, it } from 'vitest';
import { fullJitter } from '../../src/node.ts';
import { ROADS } from '../client/resume-stage.ts';
import { stageClients, stateOf } from '../support/client-stage.ts';
import { nextEvent } from '../support/next-event.ts';
import { meet, secured, streamError } from './stage.ts';

/*
 * Thousands of clients whose server goes down, and servers that let a client in only to throw it out.
 */

const stage = stageClients();

describe('a server that goes down', () => {
  it('does not see its clients come back at the same moment, and sees them less and less', () => {
    const clients = 1_000;
    for (const [attempt, most] of [
      [1, 1_000],
      [4, 8_000],
      [8, 120_000],
      [100, 120_000],
      [2_000, 120_000],
    ] as const) {
      const delays = Array.from({ length: clients }, (_, index) =>
        fullJitter({ attempt, error: undefined, random: index / clients }),
      );
      expect(delays.every((delay) => delay !== undefined && delay >= 0 && delay <= most)).toBe(true);
      // No tenth of the time has more than a tenth of the clients, and one for rounding.
      const tenths = delays.map((delay) => Math.min(9, Math.floor((Number(delay) / most) * 10)));
      const busiest = Math.max(
        ...Array.from({ length: 10 }, (_, tenth) => tenths.filter((each) => each === tenth).length),
      );
      expect(busiest).toBeLessThanOrEqual(clients / 10 + 1);
    }
  });
});

describe.each(ROADS)('over %s, a server that lets the client in', (road) => {
  it('and cuts it off at once meets it less and less often', async () => {
    const { client, server, peer: first } = await meet(stage, road, { reconnect: fullJitter, random: () => 0.5 });
    const rounds: [attempt: number, delay: number][] = [];
    let peer = first;
    for (let round = 0; round < 5; round += 1) {
      const lost = nextEvent(client, 'reconnecting');
      await Promise.all([client.online(), peer.login({ mechanism: 'PLAIN' })]);
      await peer.reset();
      const { attempt, delay } = await lost;
      rounds.push([attempt, delay]);
      stage.clock.increment(delay);
      peer = await server.connection();
    }
    expect(rounds).toEqual([
      [1, 500],
      [2, 1_000],
      [3, 2_000],
      [4, 4_000],
      [5, 8_000],
    ]);
  });

  it.each(['conflict', 'policy-violation', 'not-authorized', 'unsupported-feature'])(
    'and throws it out for %s is left alone: two clients would throw each other out without end',
    async (condition) => {
      const { client, peer } = await meet(stage, road, { reconnect: () => 0 });
      await Promise.all([client.online(), peer.login({ mechanism: 'PLAIN' })]);
      const failed = nextEvent(client, 'failed');
      await peer.sends(streamError(condition)).close();
      expect((await failed).error).toMatchObject({ code: `stream/${condition}` });
      stage.clock.increment(86_400_000);
      expect([stateOf(client), stage.clock.timers()]).toEqual(['failed.terminal', []]);
    },
  );

  it.each(['conflict', 'policy-violation', 'not-authorized'])('not, for %s, is left alone too', async (condition) => {
    const { client, peer } = await meet(stage, road, { reconnect: () => 0 });
    const failed = nextEvent(client, 'failed');
    await secured(peer, road).authenticate().header().sends(streamError(condition)).close();
    expect((await failed).error).toMatchObject({ code: `stream/${condition}` });
    expect(stateOf(client)).toBe('failed.terminal');
  });
});
