import { describe, expect, it } from 'vitest';
import { assign, createMachine, fromPromise, setup, spawnChild, stopChild } from 'xstate';
import {
  describeAction,
  describeOutcomes,
  explore,
  ModelError,
  runWalk,
  tours,
} from '../../../src/testing/model/index.ts';
import { pilgrim, pilgrimCases, pilgrimKey } from './machines.ts';

const graph = explore(pilgrim, { cases: pilgrimCases, key: pilgrimKey });

describe('exploring a machine', () => {
  it('finds every node, nearest first', () => {
    expect(graph.nodes.map(({ state, snapshot }) => [state, snapshot.context.blisters])).toEqual([
      ['roaming', 0],
      ['roaming', 1],
      ['asking', 0],
      ['limping', 2],
      ['asking', 1],
      ['wise', 0],
      ['asking', 0],
      ['wise', 1],
      ['asking', 1],
    ]);
  });

  it('finds every edge, with the transitions that were taken on the way and the actions', () => {
    const [first, second] = graph.nodes;
    expect(
      [first, second].map((node) =>
        node?.edges.map(({ label, target, transitions, actions }) => [
          label,
          target.index,
          transitions,
          actions.map(describeAction),
        ]),
      ),
    ).toEqual([
      [
        ['walk', 1, ['roaming | walk | 0', 'checking |  | 1'], []],
        ['rest', 0, ['roaming | rest | 0'], ['sing']],
        ['ask', 2, ['roaming | ask | 0'], ['later xstate.after.patience.pilgrim.asking', 'start oracle']],
      ],
      [
        ['walk', 3, ['roaming | walk | 0', 'checking |  | 0'], []],
        ['rest', 0, ['roaming | rest | 0'], ['sing']],
        ['ask', 4, ['roaming | ask | 0'], ['later xstate.after.patience.pilgrim.asking', 'start oracle']],
      ],
    ]);
  });

  it('lets a child end once: afterwards only time can help', () => {
    const asking = graph.nodes.filter(({ state }) => state === 'asking');
    const all = ['xstate.done.actor.oracle (clear)', 'xstate.done.actor.oracle (nothing)', 'xstate.error.actor.oracle'];
    const late = 'xstate.after.patience.pilgrim.asking';
    expect(asking.map(({ edges }) => edges.map(({ label }) => label))).toEqual([
      [...all, late],
      [...all, late],
      [late],
      [late],
    ]);
  });

  it('lets no child end that was stopped, or is not there yet, unless it is told to', () => {
    const kitchen = setup({
      actors: { cook: fromPromise(async () => 'soup') },
      guards: { isSent: () => true },
    }).createMachine({
      id: 'kitchen',
      initial: 'empty',
      on: { 'xstate.done.actor.cook': { target: '.served' }, 'xstate.snapshot.actor.cook': {} },
      states: {
        empty: { on: { hire: { target: 'busy', actions: spawnChild('cook', { id: 'cook' }) } } },
        busy: { on: { fire: { target: 'empty', actions: stopChild('cook') } } },
        served: {},
      },
    });
    const cases = {
      hire: [{}],
      fire: [{}],
      'xstate.done.actor.cook': {
        soup: ({ children }: { children: object }) => ({ output: Object.keys(children)[0] }),
      },
      'xstate.snapshot.actor.cook': [{ snapshot: undefined }],
    };
    const edgesIn = (lateEnds?: boolean) =>
      explore(kitchen, { cases, ...(lateEnds === undefined ? {} : { lateEnds }) }).edges.map(
        ({ source, label }) => `${source.state}: ${label}`,
      );
    const said = 'xstate.snapshot.actor.cook';
    const done = 'xstate.done.actor.cook (soup)';
    expect(edgesIn()).toEqual(['empty: hire', 'busy: fire', `busy: ${done}`, `busy: ${said}`]);
    expect(edgesIn(true)).toEqual([
      'empty: hire',
      `empty: ${done}`,
      `empty: ${said}`,
      'busy: fire',
      `busy: ${done}`,
      `busy: ${said}`,
      `served: ${done}`,
      `served: ${said}`,
    ]);
  });

  it('tells nodes apart by whether a child is there', () => {
    const house = setup({ actors: { guest: fromPromise(async () => {}) } }).createMachine({
      id: 'house',
      on: {
        invite: { actions: spawnChild('guest', { id: 'guest' }) },
        'xstate.done.actor.guest': { actions: stopChild('guest') },
      },
    });
    const { nodes, edges } = explore(house, {
      cases: { invite: [{}], 'xstate.done.actor.guest': [{ output: undefined }] },
    });
    expect(nodes).toHaveLength(2);
    expect(edges.map(({ source, label, target }) => [source.index, label, target.index])).toEqual([
      [0, 'invite', 1],
      [1, 'invite', 1],
      [1, 'xstate.done.actor.guest', 0],
    ]);
  });

  it('lets children end once that nobody provided', () => {
    const temple = createMachine({
      id: 'temple',
      initial: 'asking',
      states: { asking: { invoke: { id: 'oracle', src: 'oracle', onDone: { actions: 'sing' } } } },
    });
    const { edges } = explore(temple, { cases: { 'xstate.done.actor.oracle': [{ output: 1 }] } });
    expect(edges.map(({ target }) => target.edges)).toEqual([[]]);
  });

  it('writes down that a failure which nobody takes is one of the machine', () => {
    const temple = setup({
      actors: { oracle: fromPromise(async () => {}) },
      guards: { never: () => false },
    }).createMachine({
      id: 'temple',
      invoke: { id: 'oracle', src: 'oracle', onError: { guard: 'never' } },
    });
    const failed = explore(temple, { cases: { 'xstate.error.actor.oracle': [{ error: new Error('lost') }] } });
    expect(describeOutcomes(failed)).toContain('\n  xstate.error.actor.oracle\n    fails\n');
    const [walk] = tours(failed);
    expect(() => walk && runWalk(failed, walk)).toThrow("'temple' failed: Error: lost, after this walk:");
  });

  it('tries an event that a wildcard takes if the table has it, and asks for none', () => {
    const again = explore(pilgrim, { cases: { ...pilgrimCases, 'road.blocked': [{}] }, key: pilgrimKey });
    expect(again.edges.filter(({ label }) => label === 'road.blocked').map(({ transitions }) => transitions)).toEqual([
      ['roaming | road.* | 0'],
      ['roaming | road.* | 0'],
    ]);
  });

  it('asks a case of each snapshot, which may have none', () => {
    const cases = {
      ...pilgrimCases,
      rest: {
        'when it hurts': ({ context }: { context: { blisters: number } }) => (context.blisters > 0 ? {} : undefined),
      },
    };
    const rests = explore(pilgrim, { cases, key: pilgrimKey }).edges.filter(({ event }) => event.type === 'rest');
    expect(rests.map(({ label, source }) => [label, source.state])).toEqual([
      ['rest (when it hurts)', 'roaming'],
      ['rest (when it hurts)', 'limping'],
    ]);
  });

  it('tells nodes apart by all plain data of the context, unless told otherwise', () => {
    const light = setup({ types: {} as { context: { on: boolean } } }).createMachine({
      id: 'light',
      context: { on: false },
      on: { toggle: { actions: assign({ on: ({ context }) => !context.on }) } },
    });
    expect(explore(light, { cases: { toggle: [{}] } }).nodes).toHaveLength(2);
    expect(explore(light, { cases: { toggle: [{}] }, key: () => undefined }).nodes).toHaveLength(1);
  });

  it('tells nodes apart by what history remembers', () => {
    const diary = createMachine({
      id: 'diary',
      initial: 'open',
      states: {
        open: {
          initial: 'first',
          on: { close: 'closed' },
          states: { first: { on: { turn: 'second' } }, second: {}, last: { type: 'history' } },
        },
        closed: { on: { open: 'open.last' } },
      },
    });
    const { edges } = explore(diary, { cases: { close: [{}], open: [{}], turn: [{}] } });
    const opened = edges.filter(({ label }) => label === 'open').map(({ target }) => target.state);
    expect(new Set(opened)).toEqual(new Set(['open.first', 'open.second']));
  });

  it('writes down what comes of every event in every state, and which are ignored', () => {
    expect(describeOutcomes(graph).split('\n')).toEqual([
      'begins → roaming',
      '',
      'roaming',
      '  walk',
      '    stays (steps, blisters)',
      '  rest',
      '    stays: sing',
      '  ask',
      '    → asking: start oracle',
      '  walk',
      '    → limping (steps, blisters)',
      '  rest',
      '    stays (blisters): sing',
      '',
      'asking',
      '  xstate.done.actor.oracle (clear)',
      '    → wise (answer): stop oracle',
      '  xstate.done.actor.oracle (nothing)',
      '    stays: sing',
      '  xstate.error.actor.oracle, xstate.after.patience.pilgrim.asking',
      '    → roaming: stop oracle',
      '  ignored: walk, rest, ask',
      '',
      'limping',
      '  rest',
      '    → roaming (blisters)',
      '  ignored: walk, ask',
      '',
      'wise',
      '',
    ]);
  });
});

describe('what cannot be explored', () => {
  it.each<[string, () => unknown, object]>([
    [
      'grows without end',
      () => explore(pilgrim, { cases: pilgrimCases, limit: 100 }),
      {
        code: 'model/unbounded',
        message:
          "'pilgrim' has more than 100 nodes: context.steps has 13 values, context.blisters has 3 values, context.answer has 2 values",
        hint: 'Give a `key` without what only counts or identifies, fewer cases, or a higher `limit`.',
      },
    ],
    [
      'handles what the table says nothing of',
      () => explore(pilgrim, { cases: { walk: [{}], ask: [{ question: 'whither?' }] }, key: pilgrimKey }),
      {
        code: 'model/missing-cases',
        message: [
          "The table of cases says nothing of events that 'pilgrim' handles:",
          "  'rest' in roaming and 1 more",
          "  'xstate.done.actor.oracle' in asking",
          "  'xstate.error.actor.oracle' in asking",
        ].join('\n'),
        hint: 'Add an entry for each: payloads to try, or an empty list if it is not to be tried.',
      },
    ],
    [
      'handles more of that behind it',
      () => explore(pilgrim, { cases: { rest: [{}], 'xstate.error.actor.oracle': [] }, key: pilgrimKey }),
      {
        code: 'model/missing-cases',
        message: [
          "The table of cases says nothing of events that 'pilgrim' handles:",
          "  'walk' in roaming",
          "  'ask' in roaming",
          'nor, in states that are not reached without these, of:',
          "  'xstate.done.actor.oracle' in asking",
        ].join('\n'),
        hint: 'Add an entry for each: payloads to try, or an empty list if it is not to be tried.',
      },
    ],
    [
      'has no such event',
      () => explore(pilgrim, { cases: { ...pilgrimCases, 'xstate.done.actor.orakel': [{}] }, key: pilgrimKey }),
      {
        code: 'model/unknown-case',
        message: "No state of 'pilgrim' handles 'xstate.done.actor.orakel'",
        hint: 'Check the spelling in the table of cases. Events of children are called `xstate.done.actor.<id>` and `xstate.error.actor.<id>`.',
      },
    ],
    [
      'has a case that throws',
      () => explore(pilgrim, { cases: { ...pilgrimCases, walk: { far: fail } }, key: pilgrimKey }),
      {
        code: 'model/case-failed',
        message: "The case 'walk (far)' failed in roaming: Error: no shoes",
        hint: 'A case is asked in every state that handles its event; it gives nothing where the event cannot happen.',
      },
    ],
    [
      'throws',
      () => {
        const broken = pilgrim.provide({ actions: { heal: assign({ blisters: () => fail() }) } });
        return explore(broken, { cases: pilgrimCases, key: pilgrimKey });
      },
      {
        code: 'model/step-failed',
        message: "'rest' makes 'pilgrim' throw in roaming: Error: no shoes",
        hint: 'Perhaps the payload is not what the machine expects. The way there:\nroaming',
      },
    ],
    [
      'goes round and round after an event',
      () => explore(roundabout('idle'), { cases: { go: [{}] } }),
      {
        code: 'model/step-failed',
        message:
          "'go' makes 'roundabout' throw in idle: Error: it takes one transition after another, more than 10000, the last of them: back |  | 0, there |  | 0",
        hint: 'Perhaps the payload is not what the machine expects. The way there:\nidle',
      },
    ],
    [
      'goes round and round from the beginning',
      () => explore(roundabout('there'), { cases: { go: [{}] } }),
      {
        code: 'model/start-failed',
        message:
          "'roundabout' fails before its first event: Error: it takes one transition after another, more than 10000, the last of them: there |  | 0, back |  | 0",
        hint: 'Most often its `input` is missing or incomplete.',
      },
    ],
    [
      'does not begin',
      () => explore(nameless, { cases: {}, input: {} }),
      {
        code: 'model/start-failed',
        message:
          "'nameless' fails before its first event: TypeError: Cannot read properties of undefined (reading 'length')",
        hint: 'Most often its `input` is missing or incomplete.',
      },
    ],
  ])('is told apart: a machine that %s', (_title, attempt, expected) => {
    expect(errorOf(attempt)).toEqual(expected);
  });
});

const nameless = setup({ types: {} as { input: { name?: string } } }).createMachine({
  id: 'nameless',
  context: ({ input }) => ({ length: lengthOf(input.name) }),
});

function lengthOf(name: unknown): number {
  return (name as string).length;
}

function fail(): never {
  throw new Error('no shoes');
}

function errorOf(attempt: () => unknown): unknown {
  try {
    return attempt();
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    return { code: error.code, message: error.message, hint: error.hint };
  }
}

function roundabout(initial: 'idle' | 'there') {
  return createMachine({
    id: 'roundabout',
    initial,
    states: { idle: { on: { go: 'there' } }, there: { always: 'back' }, back: { always: 'there' } },
  });
}
