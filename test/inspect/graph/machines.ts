import { createMachine } from 'xstate';

/** A small machine with something of everything. */
export const doorMachine = createMachine({
  id: 'door',
  initial: 'closed',
  on: { 'alarm.rang': '.broken' },
  states: {
    closed: {
      description: 'Nobody gets in.',
      tags: ['safe'],
      entry: 'lock',
      on: { knock: [{ guard: 'isFriend', target: 'open', actions: 'greet' }, { actions: 'growl' }], 'mouse.*': {} },
    },
    open: {
      initial: 'wide',
      exit: 'sweep',
      invoke: { id: 'porter', src: 'porter', onDone: 'closed', onError: 'broken' },
      after: { patience: 'closed', 1500: { target: '.ajar' } },
      states: {
        wide: { on: { push: 'ajar' } },
        ajar: { always: { guard: { type: 'isWindy', params: { above: 3 } }, target: '#door.broken' } },
      },
    },
    broken: { type: 'final' },
  },
});

/** As many states in a row. */
export function chain(length: number) {
  const states = Object.fromEntries(
    Array.from({ length }, (_, index) => [`s${index}`, { on: { next: `s${(index + 1) % length}`, reset: 's0' } }]),
  );
  return createMachine({ id: 'chain', initial: 's0', states });
}

/** As many states, each of which leads to three others, far away. */
export function mesh(size: number) {
  const states = Object.fromEntries(
    Array.from({ length: size }, (_, index) => [
      `s${index}`,
      { on: Object.fromEntries([7, 31, 113].map((step) => [`by${step}`, `s${(index * step + step) % size}`])) },
    ]),
  );
  return createMachine({ id: 'mesh', initial: 's0', states });
}
