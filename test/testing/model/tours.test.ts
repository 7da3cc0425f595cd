import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMachine } from 'xstate';
import {
  describeWalk,
  explore,
  type ModelEdge,
  ModelError,
  randomWalks,
  shortestPaths,
  tours,
  untakenTransitions,
  type Walk,
  walkBy,
} from '../../../src/testing/model/index.ts';
import { pilgrim, pilgrimCases, pilgrimKey } from './machines.ts';

const graph = explore(pilgrim, { cases: pilgrimCases, key: pilgrimKey });

describe('tours', () => {
  it('take every edge, each step where the one before it ended', () => {
    const walks = tours(graph);
    expect(new Set(walks.flatMap(({ steps }) => steps))).toEqual(new Set(graph.edges));
    expect(walks.every(isConnected)).toBe(true);
    expect(walks).toHaveLength(2);
  });

  it('begin also where nothing can happen', () => {
    const stone = createMachine({ id: 'stone', initial: 'lying', states: { lying: {} } });
    const walks = tours(explore(stone, { cases: {} }));
    expect(walks.map((walk) => describeWalk(walk))).toEqual(['lying']);
  });

  it('take every kind of step, or every transition, in fewer steps', () => {
    const lengths = (['edges', 'steps', 'transitions'] as const).map((cover) =>
      tours(graph, { cover }).reduce((sum, { steps }) => sum + steps.length, 0),
    );
    expect(lengths).toEqual(lengths.toSorted((a, b) => b - a));
    const taken = tours(graph, { cover: 'transitions' }).flatMap(({ steps }) =>
      steps.flatMap((step) => step.transitions),
    );
    expect(new Set(taken)).toEqual(new Set(graph.edges.flatMap(({ transitions }) => transitions)));
  });

  it('pass what they are told to, in that order, on the shortest way', () => {
    const [walk] = tours(graph, {
      through: [
        { state: 'limping' },
        { event: 'rest' },
        { event: 'xstate.done.actor.oracle (nothing)' },
        { state: 'roaming' },
      ],
    });
    expect(walk && describeWalk(walk).split('\n')).toEqual([
      'roaming',
      '  walk → roaming',
      '  walk → limping',
      '  rest → roaming',
      '  ask → asking',
      '  xstate.done.actor.oracle (nothing) → asking',
      '  xstate.after.patience.pilgrim.asking → roaming',
    ]);
  });

  it('pass several parallel states at once', () => {
    const clock = createMachine({
      id: 'clock',
      initial: 'running',
      states: {
        running: {
          type: 'parallel',
          states: {
            hand: { initial: 'up', states: { up: { on: { turn: 'down' } }, down: { on: { turn: 'up' } } } },
            bell: { initial: 'still', states: { still: { on: { ring: 'loud' } }, loud: {} } },
            lamp: { initial: 'dark', states: { dark: { on: { light: 'lit' } }, lit: {} } },
          },
        },
      },
    });
    const around = explore(clock, { cases: { turn: [{}], ring: [{}], light: [{}] } });
    const eventsTo = (state: string) =>
      tours(around, { through: [{ state }] }).map(({ to, steps }) => [to.state, ...steps.map(({ label }) => label)]);
    expect(eventsTo('running.hand.down+bell.loud+lamp.dark')).toEqual([
      ['running.hand.down+bell.loud+lamp.dark', 'turn', 'ring'],
    ]);
    expect(eventsTo('running.bell.loud+running.hand.down')).toEqual([
      ['running.hand.down+bell.loud+lamp.dark', 'turn', 'ring'],
    ]);
    expect(errorOf(() => eventsTo('running.bell.loud+running.hand.gone'))).toMatchObject({
      message: "No walk of 'clock' passes the state running.bell.loud+running.hand.gone",
      hint: 'Nothing in the graph has this name: check the spelling, and whether the cases lead there.',
    });
  });

  it.each([
    [
      [{ state: 'limping' }, { state: 'dancing' }],
      "No walk of 'pilgrim' passes the state dancing after limping",
      /nothing in the graph/i,
    ],
    [[{ event: 'fly' }], "No walk of 'pilgrim' passes the event 'fly'", /nothing in the graph/i],
    [[{ state: 'wise' }, { event: 'walk' }], "No walk of 'pilgrim' passes the event 'walk' after wise", /not behind/],
  ])('say what they cannot pass: %j', (through, message, hint) => {
    const error = errorOf(() => tours(graph, { through }));
    expect([error.code, error.message]).toEqual(['model/no-way', message]);
    expect(error.hint).toMatch(hint);
  });
});

describe('walks', () => {
  it('lead to each node the shortest way', () => {
    const walks = shortestPaths(graph);
    expect(walks.map(({ to }) => to)).toEqual(graph.nodes);
    expect(walks.map(({ steps }) => steps.length)).toEqual([0, 1, 1, 2, 2, 2, 2, 3, 3]);
  });

  it('are random, and the same for the same seed', () => {
    const labels = (seed: number) =>
      randomWalks(graph, { seed, length: 12, count: 3 }).map(({ steps }) => steps.map(({ label }) => label));
    expect(labels(7)).toEqual(labels(7));
    expect(labels(7)).not.toEqual(labels(8));
    expect(labels(7)).toHaveLength(3);
  });

  it('are made of any numbers, so that what shrinks lists of numbers shrinks walks', () => {
    const property = fc.property(fc.array(fc.nat()), (choices) => {
      const walk = walkBy(graph, choices);
      return isConnected(walk) && walk.to.state !== 'limping';
    });
    const { counterexample } = fc.check(property, { seed: 1, numRuns: 1000 });
    const [choices = []] = counterexample ?? [];
    expect(describeWalk(walkBy(graph, choices)).split('\n')).toEqual([
      'roaming',
      '  walk → roaming',
      '  walk → limping',
    ]);
  });

  it('are made of any numbers', () => {
    const labelsOf = (numbers: number[]) => walkBy(graph, numbers).steps.map(({ label }) => label);
    expect(labelsOf([-1, 1.7, Number.NaN, Number.POSITIVE_INFINITY])).toEqual(labelsOf([1, 1, 0, 0]));
    expect(labelsOf([-1, 1.7, Number.NaN, Number.POSITIVE_INFINITY])).toHaveLength(4);
  });

  it('are cut for people where they are long', () => {
    const [walk] = randomWalks(graph, { seed: 1, length: 1, count: 1 });
    const [first] = graph.nodes;
    const rest = first.edges[1] as ModelEdge<typeof pilgrim>;
    const long: Walk<typeof pilgrim> = { from: first, steps: [rest, rest, rest], to: first };
    expect(describeWalk(long, { last: 2 }).split('\n')).toEqual([
      '(1 steps) roaming',
      '  rest → roaming',
      '  rest → roaming',
    ]);
    expect(walk?.steps).toHaveLength(1);
  });

  it('show which transitions no graph takes', () => {
    const { asking: _, ...cases } = { ...pilgrimCases, ask: [], asking: [] };
    const deaf = explore(pilgrim, { cases, key: pilgrimKey });
    expect(untakenTransitions(pilgrim, graph)).toEqual(['roaming | road.* | 0']);
    expect(untakenTransitions(pilgrim, deaf)).toEqual([
      'roaming | ask | 0',
      'roaming | road.* | 0',
      'asking | xstate.done.actor.oracle | 0',
      'asking | xstate.done.actor.oracle | 1',
      'asking | xstate.error.actor.oracle | 0',
      'asking | xstate.after.patience.pilgrim.asking | 0',
    ]);
  });
});

function isConnected({ from, steps, to }: Walk<typeof pilgrim>): boolean {
  return [...steps, undefined].every((step, index) => (steps[index - 1]?.target ?? from) === (step?.source ?? to));
}

function errorOf(attempt: () => unknown): ModelError {
  try {
    attempt();
  } catch (error) {
    if (error instanceof ModelError) return error;
  }
  throw new Error('Nothing failed');
}
