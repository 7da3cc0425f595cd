import { describe, expect, it } from 'vitest';
import { setup } from 'xstate';
import { explore, runWalk, tours, walkBy, walkTo, withPuppets } from '../../../src/testing/model/index.ts';
import { pilgrim, pilgrimCases, pilgrimKey } from './machines.ts';

const graph = explore(pilgrim, { cases: pilgrimCases, key: pilgrimKey });

describe('running a walk', () => {
  it('performs the actions, ends children and lets time pass, as the steps say', () => {
    const songs: string[] = [];
    const machine = withPuppets(pilgrim).provide({ actions: { sing: () => songs.push('la') } });
    const [walk] = tours(graph, {
      through: [
        { event: 'rest' },
        { event: 'xstate.done.actor.oracle (nothing)' },
        { event: 'xstate.after.patience.pilgrim.asking' },
        { event: 'xstate.error.actor.oracle' },
        { event: 'xstate.done.actor.oracle (clear)' },
      ],
    });
    if (!walk) throw new Error('There is no way');
    const { snapshot, clock } = runWalk(graph, walk, { machine });
    expect([snapshot.value, snapshot.context.answer, snapshot.status]).toEqual(['wise', 'home', 'done']);
    expect([songs, clock.now()]).toEqual([['la', 'la'], 1000]);
  });

  it('leaves the actor running, with the time in hand', () => {
    const [asking] = graph.nodes.filter(({ state }) => state === 'asking');
    if (!asking) throw new Error('Nobody asks');
    const { actor, clock } = runWalk(graph, walkTo(asking));
    expect(clock.timers()).toEqual([{ event: 'xstate.after.patience.pilgrim.asking', due: 1000 }]);
    clock.increment(999);
    expect(actor.getSnapshot().value).toBe('asking');
    clock.increment(1);
    expect(actor.getSnapshot().value).toBe('roaming');
  });

  it.each<[string, typeof pilgrim, string[]]>([
    [
      'it is elsewhere',
      pilgrim.provide({ guards: { isLame: () => false } }),
      [
        "'pilgrim' is in roaming instead of limping, after this walk:",
        'roaming',
        '  walk → roaming',
        '  walk → limping',
      ],
    ],
    [
      'an action fails',
      pilgrim.provide({
        actions: {
          sing: () => {
            throw new Error('out of tune');
          },
        },
      }),
      ["'pilgrim' failed: Error: out of tune, after this walk:", 'roaming', '  walk → roaming', '  rest → roaming'],
    ],
  ])('says where an actor leaves the model: %s', (_title, machine, lines) => {
    const walks = [walkBy(graph, [0, 0]), walkBy(graph, [0, 1])];
    const messages = walks.map((walk) => messageOf(() => runWalk(graph, walk, { machine: withPuppets(machine) })));
    expect(messages.filter((message) => message !== undefined)).toEqual([lines.join('\n')]);
  });

  it('notices what the chart remembers where nobody sees it', () => {
    let turns = 0;
    const door = setup({
      types: {} as { events: { type: 'turn' } },
      guards: { isWorn: () => turns >= 2 },
      actions: { wear: () => ++turns },
    }).createMachine({
      id: 'door',
      initial: 'shut',
      states: { shut: { on: { turn: [{ guard: 'isWorn', target: 'broken' }, { actions: 'wear' }] } }, broken: {} },
    });
    const hidden = explore(door, { cases: { turn: [{}] } });
    expect(() => runWalk(hidden, walkBy(hidden, [0, 0, 0]))).toThrow(
      "'door' is in broken instead of shut, after this walk:\nshut\n  turn → shut\n  turn → shut\n  turn → shut",
    );
  });
});

describe('running a walk that fails', () => {
  it('keeps what an actor failed with, and says where to look', () => {
    const failure = new Error('out of tune');
    const machine = withPuppets(pilgrim).provide({
      actions: {
        sing: () => {
          throw failure;
        },
      },
    });
    expect(errorOf(() => runWalk(graph, walkBy(graph, [1]), { machine }))).toMatchObject({
      condition: 'left-the-model',
      cause: failure,
      hint: expect.stringContaining('an action threw that'),
    });
  });

  it('says so where no transition was to be taken', () => {
    let isOpen = false;
    const gate = setup({
      types: {} as { events: { type: 'push' } },
      guards: { isOpen: () => isOpen },
    }).createMachine({ id: 'gate', initial: 'shut', states: { shut: { on: { push: { guard: 'isOpen' } } } } });
    const graph = explore(gate, { cases: { push: [{}] } });
    isOpen = true;
    expect(errorOf(() => runWalk(graph, walkBy(graph, [0])))).toMatchObject({
      message: "'gate' took shut | push | 0 instead of no transition, after this walk:\nshut\n  push → shut",
      hint: expect.stringContaining('beside the context'),
    });
  });
});

function errorOf(attempt: () => unknown): unknown {
  try {
    return attempt();
  } catch (error) {
    return error;
  }
}

function messageOf(attempt: () => unknown): string | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : undefined;
  }
}
