import { describe, expect, it } from 'vitest';
import { happensByItself, performWalk, tours, transitionIds, walkTo } from '../../../src/testing/model/index.ts';
import { graph, journey, messageOf, walkThrough } from './journey.ts';
import { pilgrim } from './machines.ts';

describe('performing a walk', () => {
  it('takes every transition with an actor whose children are real', async () => {
    const taken = new Set<string>();
    for (const walk of tours(graph)) {
      const { actor, plays } = journey();
      for (const transition of await performWalk(graph, walk, { actor, play: ({ label }) => plays[label] }))
        taken.add(transition);
    }
    expect(transitionIds(pilgrim).filter((id) => !taken.has(id))).toEqual(['roaming | road.* | 0']);
  });

  it('lets a play prepare what comes after it', async () => {
    const heard: string[][] = [];
    const { actor, plays } = journey();
    await performWalk(graph, walkThrough('walk', 'rest', 'ask'), {
      actor,
      play:
        ({ label }) =>
        (step, ahead) => {
          heard.push([step.label, ...ahead.map((next) => next.label)]);
          return plays[label]?.(step, ahead);
        },
    });
    expect(heard).toEqual([['walk', 'rest', 'ask'], ['rest', 'ask'], ['ask']]);
  });

  it('waits for what happens by itself, and does not mind what was taken before its turn', async () => {
    const { actor, plays } = journey();
    await performWalk(graph, walkThrough('walk', 'rest', 'ask', 'xstate.done.actor.oracle (clear)'), {
      actor,
      play: ({ label }) => {
        if (label === 'rest' || label.startsWith('xstate')) return happensByItself;
        if (label === 'walk')
          return () => ['walk', 'rest'].forEach((type) => void actor.send({ type: type as 'walk' }));
        return async (step, ahead) => {
          await plays[label]?.(step, ahead);
          setImmediate(() => plays['xstate.done.actor.oracle (clear)']?.(step, ahead));
        };
      },
    });
    expect(actor.getSnapshot().value).toBe('wise');
  });

  it('follows what the actor does beside the walk, where the graph has it', async () => {
    const { actor, plays } = journey();
    const taken = await performWalk(graph, walkThrough('ask'), {
      actor,
      play:
        ({ label }) =>
        (step, ahead) => {
          actor.send({ type: 'rest' });
          return plays[label]?.(step, ahead);
        },
    });
    expect(taken).toEqual(['roaming | rest | 0', 'roaming | ask | 0']);
  });

  it('says where an actor does something else', async () => {
    const { actor, plays } = journey(pilgrim.provide({ guards: { isLame: () => false } }));
    const walk = walkThrough('walk', 'walk', 'walk');
    expect(await messageOf(performWalk(graph, walk, { actor, play: ({ label }) => plays[label] }))).toEqual([
      "'pilgrim' heard walk, took roaming | walk | 0, checking |  | 1 and is in roaming, after this walk:",
      'roaming',
      '  walk → roaming',
      'The next step was to be: walk → limping',
    ]);
  });

  it('says where a play causes something else, and why that happened', async () => {
    const { actor, plays } = journey();
    const { 'xstate.error.actor.oracle': fall } = plays;
    const walk = walkThrough('ask', 'xstate.done.actor.oracle (clear)');
    const play = ({ label }: { readonly label: string }) => (label === 'ask' ? plays.ask : fall);
    expect(await messageOf(performWalk(graph, walk, { actor, play }))).toEqual([
      "'pilgrim' heard xstate.error.actor.oracle (the temple is closed), took asking | xstate.error.actor.oracle | 0 and is in roaming, after this walk:",
      'roaming',
      '  ask → asking',
      'The next step was to be: xstate.done.actor.oracle (clear) → wise',
    ]);
  });

  it('does not wait without end', async () => {
    const { actor, plays } = journey();
    const walk = walkThrough('ask', 'xstate.done.actor.oracle (clear)');
    const play = ({ label }: { readonly label: string }) => (label === 'ask' ? plays.ask : happensByItself);
    expect(await messageOf(performWalk(graph, walk, { actor, play, patience: 10 }))).toEqual([
      "'pilgrim' did not take the next step within 10 ms, after this walk:",
      'roaming',
      '  ask → asking',
      'The next step was to be: xstate.done.actor.oracle (clear) → wise',
    ]);
  });

  it('says what is missing where nothing makes a step happen', async () => {
    const { actor } = journey();
    const attempt = performWalk(graph, walkThrough('ask'), { actor, play: () => undefined });
    await expect(attempt).rejects.toMatchObject({
      condition: 'no-play',
      message: "Nothing makes 'ask' happen to 'pilgrim' in roaming",
    });
  });

  it('fails with what a play fails with, and leaves the actor as it is', async () => {
    const { actor, plays } = journey();
    const attempt = performWalk(graph, walkThrough('ask', 'xstate.done.actor.oracle (clear)'), {
      actor,
      play: ({ label }) => (label === 'ask' ? plays.ask : () => Promise.reject(new Error('no line'))),
    });
    await expect(attempt).rejects.toThrow('no line');
    expect(actor.getSnapshot().value).toBe('asking');
  });
});

describe('tours of what can be caused', () => {
  it('take no other edge, and every one of those that can be reached', () => {
    const only = ({ label }: { readonly label: string }): boolean => ['walk', 'ask'].includes(label);
    const steps = tours(graph, { only }).flatMap((walk) => walk.steps.map(({ index }) => index));
    const reachable = new Set([graph.nodes[0]]);
    for (const node of reachable) for (const edge of node.edges.filter(only)) reachable.add(edge.target);
    const edges = [...reachable].flatMap((node) => node.edges.filter(only).map(({ index }) => index));
    expect(new Set(steps)).toEqual(new Set(edges));
    expect(edges.length).toBeGreaterThan(3);
  });

  it('find a way round, or say that there is none', () => {
    const limping = graph.nodes.find(({ state }) => state === 'limping');
    if (!limping) throw new Error('Nobody limps');
    expect(walkTo(limping).steps.length).toBeGreaterThan(0);
    const only = ({ label }: { readonly label: string }): boolean => label !== 'walk';
    expect(() => tours(graph, { through: [{ state: 'limping' }], only })).toThrow(
      "No walk of 'pilgrim' passes the state limping",
    );
  });
});
