import { type AnyStateMachine, createActor, createMachine, type InspectionEvent, SimulatedClock } from 'xstate';

/** A small machine with a guard, a state inside a state, and something that nobody can miss. */
export function lamp() {
  return createMachine({
    id: 'lamp',
    initial: 'off',
    on: { look: {} },
    states: {
      off: {
        on: {
          press: [
            { guard: 'isBroken', target: 'broken', description: 'It was dropped.' },
            { target: 'lit', actions: 'hum' },
          ],
        },
      },
      lit: {
        initial: 'warming',
        on: { press: 'off' },
        states: { warming: { after: { warmUp: 'bright' } }, bright: {}, last: { type: 'history' } },
      },
      broken: { description: 'Nobody can mend it.', type: 'final' },
    },
  }).provide({ guards: { isBroken: () => false }, actions: { hum: () => {} }, delays: { warmUp: 10 } });
}

/** Two switches, of which each can throw the whole out. */
export function board() {
  return createMachine({
    id: 'board',
    initial: 'working',
    states: {
      working: {
        type: 'parallel',
        states: {
          left: { initial: 'on', states: { on: { on: { surge: '#board.out', flip: 'off' } }, off: {} } },
          right: { initial: 'on', states: { on: { on: { surge: '#board.burnt', flip: 'off' } }, off: {} } },
        },
      },
      out: {},
      burnt: {},
    },
  });
}

/** Runs a machine whose time stands still. */
export function started(machine: AnyStateMachine, inspect?: (event: InspectionEvent) => void) {
  return createActor(machine, { clock: new SimulatedClock(), ...(inspect ? { inspect } : {}) }).start();
}
