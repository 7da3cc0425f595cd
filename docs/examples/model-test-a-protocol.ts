import assert from 'node:assert/strict';
import { assign, createActor, fromPromise, SimulatedClock, setup } from 'xstate';
import { explore, type Play, performWalk, runWalk, tours, untakenTransitions } from 'xstate-xmpp/testing';

/** Letters by carrier pigeon. There are hawks, and pigeons that take their time. */
export const pigeonPost = setup({
  types: {} as {
    input: { pigeons: number };
    context: { letter: string | undefined; home: number; missing: number };
    events: { type: 'letter.written'; text: string } | { type: 'pigeon.returned' };
  },
  actors: { flight: fromPromise<'delivered' | 'lost its way', string | undefined>(async () => 'delivered') },
  delays: { patience: 3_600_000 },
  guards: {
    hasPigeon: ({ context }) => context.home > 0,
    isMissingSome: ({ context }) => context.missing > 0,
    wasDelivered: (_, { output }: { output: string }) => output === 'delivered',
  },
  actions: {
    takeLetter: assign({ letter: (_, { text }: { text: string }) => text }),
    forgetLetter: assign({ letter: undefined }),
    release: assign({ home: ({ context }) => context.home - 1 }),
    welcome: assign({ home: ({ context }) => context.home + 1 }),
    miss: assign({ missing: ({ context }) => context.missing + 1 }),
    missNoMore: assign({ missing: ({ context }) => context.missing - 1 }),
  },
}).createMachine({
  id: 'pigeonPost',
  context: ({ input }) => ({ letter: undefined, home: input.pigeons, missing: 0 }),
  initial: 'idle',
  on: { 'pigeon.returned': { guard: 'isMissingSome', actions: ['missNoMore', 'welcome'] } },
  states: {
    idle: {
      on: {
        'letter.written': {
          guard: 'hasPigeon',
          target: 'flying',
          actions: { type: 'takeLetter', params: ({ event }) => event },
        },
      },
    },
    flying: {
      entry: 'release',
      invoke: {
        id: 'flight',
        src: 'flight',
        input: ({ context }) => context.letter,
        onDone: [
          {
            guard: { type: 'wasDelivered', params: ({ event }) => event },
            target: 'idle',
            actions: ['welcome', 'forgetLetter'],
          },
          { target: 'choosing', actions: 'welcome' },
        ],
        onError: 'choosing',
      },
      after: { patience: { target: 'choosing', actions: 'miss' } },
    },
    choosing: {
      always: [
        { guard: 'hasPigeon', target: 'flying' },
        { guard: 'isMissingSome', target: 'waiting' },
        { target: 'extinct' },
      ],
    },
    waiting: {
      on: { 'pigeon.returned': { target: 'flying', actions: ['missNoMore', 'welcome'] } },
    },
    extinct: { type: 'final' },
  },
});

// 1. What can happen, one entry for each event: here every state is found, and every way from one to the next.
const graph = explore(pigeonPost, {
  input: { pigeons: 2 },
  cases: {
    'letter.written': [{ text: 'Come at once. All is discovered.' }],
    'pigeon.returned': [{}],
    'xstate.done.actor.flight': { delivered: { output: 'delivered' }, lost: { output: 'lost its way' } },
    'xstate.error.actor.flight': [{ error: new Error('a hawk') }],
  },
  // 2. What shall always be so.
  invariants: [
    {
      name: 'no pigeon comes out of nothing',
      holds: ({ state, snapshot: { context } }) => {
        const inTheAir = state === 'flying' ? 1 : 0;
        return context.home >= 0 && context.home + context.missing + inTheAir <= 2;
      },
    },
    {
      name: 'a letter is kept until it is delivered',
      holdsOver: (before, step, after) =>
        before.snapshot.context.letter === after.snapshot.context.letter ||
        ['letter.written', 'xstate.done.actor.flight (delivered)'].includes(step.label),
    },
  ],
});

// 3. Nothing in the chart is there for nothing.
assert.deepEqual(untakenTransitions(pigeonPost, graph), []);

// 4. The machine really does all that, step by step, with a flight that does as it is told.
const walks = tours(graph);
for (const walk of walks) runWalk(graph, walk);

// 5. A story that is worth a test of its own.
const [rescue] = tours(graph, {
  through: [
    { event: 'xstate.error.actor.flight' },
    { state: 'waiting' },
    { event: 'pigeon.returned' },
    { state: 'idle' },
  ],
});
assert.ok(rescue);
assert.equal(runWalk(graph, rescue).snapshot.context.home, 1);

// 6. The real thing: pigeons that take their time, and somebody outside who makes things happen.
for (const walk of walks) {
  const flights: { land(outcome: 'delivered' | 'lost its way'): void; fail(reason: Error): void }[] = [];
  const flight = fromPromise<'delivered' | 'lost its way', string | undefined>(
    () => new Promise((land, fail) => void flights.push({ land, fail })),
  );
  const clock = new SimulatedClock();
  const post = createActor(pigeonPost.provide({ actors: { flight } }), { clock, input: { pigeons: 2 } });
  const plays: Record<string, Play> = {
    'letter.written': () => post.send({ type: 'letter.written', text: 'Come at once. All is discovered.' }),
    'pigeon.returned': () => post.send({ type: 'pigeon.returned' }),
    'xstate.done.actor.flight (delivered)': () => flights.at(-1)?.land('delivered'),
    'xstate.done.actor.flight (lost)': () => flights.at(-1)?.land('lost its way'),
    'xstate.error.actor.flight': () => flights.at(-1)?.fail(new Error('a hawk')),
    'xstate.after.patience.pigeonPost.flying': () => clock.increment(3_600_000),
  };
  await performWalk(graph, walk, { actor: post, play: ({ label }) => plays[label] });
}

console.log(`${graph.nodes.length} nodes, ${graph.edges.length} edges, ${walks.length} tours`);
