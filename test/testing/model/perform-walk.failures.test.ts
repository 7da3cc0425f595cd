import { describe, expect, it, vi } from 'vitest';
import { explore, performWalk, tours } from '../../../src/testing/model/index.ts';
import { graph, journey, messageOf, walkThrough } from './journey.ts';
import { pilgrim, pilgrimCases, pilgrimKey } from './machines.ts';

describe('performing a walk that goes wrong', () => {
  it('fails at once where the actor fails, and keeps why', async () => {
    const failure = new Error('out of tune');
    const { actor, plays } = journey(tuneless(failure));
    const attempt = performWalk(graph, walkThrough('walk', 'rest'), {
      actor,
      play:
        ({ label }) =>
        (step, ahead) => {
          plays[label]?.(step, ahead);
          return label === 'rest' ? never() : undefined;
        },
      patience: Number.POSITIVE_INFINITY,
    });
    await expect(attempt).rejects.toMatchObject({
      condition: 'left-the-model',
      cause: failure,
      hint: expect.stringContaining('an action threw that'),
      message: [
        "'pilgrim' failed: Error: out of tune, after this walk:",
        'roaming',
        '  walk → roaming',
        'The next step was to be: rest → roaming',
      ].join('\n'),
    });
  });

  it('fails with what an actor failed with before', async () => {
    const failure = new Error('out of tune');
    const { actor, play } = journeyOf(tuneless(failure));
    actor.subscribe({ error: () => {} });
    actor.start().send({ type: 'rest' });
    await expect(performWalk(graph, walkThrough('walk'), { actor, play })).rejects.toMatchObject({
      condition: 'left-the-model',
      cause: failure,
    });
  });

  it('begins where the walk begins', async () => {
    const { actor, play } = journeyOf();
    actor.start().send({ type: 'ask', question: 'Where to?' });
    expect(await messageOf(performWalk(graph, walkThrough('walk'), { actor, play }))).toEqual([
      "'pilgrim' begins in asking instead of roaming, after this walk:",
      'roaming',
      'The next step was to be: walk → roaming',
    ]);
  });

  it('begins with the key that the walk begins with', async () => {
    const { actor, play } = journeyOf();
    actor.start().send({ type: 'walk' });
    const keys = [graph.keyOf(actor.getSnapshot()), graph.nodes[0].key];
    const [first] = await messageOf(performWalk(graph, walkThrough('walk'), { actor, play }));
    expect(first).toBe(`'pilgrim' begins with the key ${keys.join(' instead of ')}, after this walk:`);
  });

  it('ends with what the key fails with', async () => {
    const failure = new Error('no such answer');
    const strict = explore(pilgrim, {
      cases: pilgrimCases,
      key: (snapshot) => {
        if (snapshot.context.answer === 'elsewhere') throw failure;
        return pilgrimKey(snapshot);
      },
    });
    const [walk] = tours(strict, { through: [{ event: 'ask' }, { event: 'xstate.done.actor.oracle (clear)' }] });
    if (!walk) throw new Error('There is no way');
    const { actor, plays, answer } = journey();
    const play = ({ label }: { readonly label: string }) => (label === 'ask' ? plays.ask : () => answer('elsewhere'));
    await expect(performWalk(strict, walk, { actor, play })).rejects.toBe(failure);
    expect(actor.getSnapshot().value).toBe('wise');
  });

  it('does not wait without end for a play, and names it', async () => {
    const { actor } = journey();
    const attempt = performWalk(graph, walkThrough('ask'), { actor, play: () => never, patience: 10 });
    expect(await messageOf(attempt)).toEqual([
      "'pilgrim' waits for the play of 'ask', which did not end within 10 ms, after this walk:",
      'roaming',
      'The next step was to be: ask → asking',
    ]);
  });

  it.each([Number.POSITIVE_INFINITY, 2 ** 40])('has no timer for a patience of %s', async (patience) => {
    const setTimer = vi.spyOn(globalThis, 'setTimeout');
    await performWalk(graph, walkThrough('walk'), { ...journeyOf(), patience });
    expect(setTimer.mock.calls).toEqual([]);
    await performWalk(graph, walkThrough('walk'), { ...journeyOf(), patience: 7000 });
    expect(setTimer.mock.calls.map(([, delay]) => delay)).toEqual([7000]);
    setTimer.mockRestore();
  });
});

/** A pilgrim, and a play for each event. */
function journeyOf(machine = pilgrim) {
  const { actor, plays } = journey(machine);
  return { actor, play: ({ label }: { readonly label: string }) => plays[label] };
}

/** A pilgrim that fails where it sings. */
function tuneless(failure: Error) {
  const sing = (): never => {
    throw failure;
  };
  return pilgrim.provide({ actions: { sing } });
}

function never(): Promise<never> {
  return new Promise(() => {});
}
