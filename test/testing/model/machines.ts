import { assign, fromPromise, setup } from 'xstate';

/*
 * Small machines, each with one thing that is hard to explore.
 */

/** Asks an oracle, and waits for the answer not longer than a second. What it counts has no end. */
export const pilgrim = setup({
  types: {} as {
    context: { steps: number; blisters: number; answer: string | undefined };
    events: { type: 'walk' } | { type: 'rest' } | { type: 'ask'; question: string } | { type: 'road.blocked' };
  },
  actors: { oracle: fromPromise<string, undefined>(async () => 'know thyself') },
  delays: { patience: 1000 },
  guards: {
    isLame: ({ context }) => context.blisters >= 2,
    isClear: (_, { output }: { output: string }) => output !== '',
  },
  actions: {
    step: assign({ steps: ({ context }) => context.steps + 1, blisters: ({ context }) => context.blisters + 1 }),
    heal: assign({ blisters: 0 }),
    remember: assign({ answer: (_, { output }: { output: string }) => output }),
    sing: () => {},
  },
}).createMachine({
  id: 'pilgrim',
  context: { steps: 0, blisters: 0, answer: undefined },
  initial: 'roaming',
  states: {
    roaming: {
      on: {
        walk: { target: 'checking', actions: 'step' },
        rest: { actions: ['heal', 'sing'] },
        ask: 'asking',
        'road.*': { actions: 'sing' },
      },
    },
    checking: { always: [{ guard: 'isLame', target: 'limping' }, { target: 'roaming' }] },
    limping: { on: { rest: { target: 'roaming', actions: 'heal' } } },
    asking: {
      invoke: {
        id: 'oracle',
        src: 'oracle',
        onDone: [
          {
            guard: { type: 'isClear', params: ({ event }) => event },
            target: 'wise',
            actions: { type: 'remember', params: ({ event }) => event },
          },
          { actions: 'sing' },
        ],
        onError: 'roaming',
      },
      after: { patience: 'roaming' },
    },
    wise: { type: 'final' },
  },
});

/** The cases of the pilgrim, complete. */
export const pilgrimCases = {
  walk: [{}],
  rest: [{}],
  ask: [{ question: 'whither?' }],
  'xstate.done.actor.oracle': { clear: { output: 'home' }, nothing: { output: '' } },
  'xstate.error.actor.oracle': [{ error: new Error('the oracle is out') }],
};

/** The steps only count. */
export function pilgrimKey({ context }: { readonly context: { readonly blisters: number } }): unknown {
  return context.blisters;
}
