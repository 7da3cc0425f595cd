import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createActor, createMachine, initialTransition, SimulatedClock, transition } from 'xstate';
import { getShortestPaths } from 'xstate/graph';
import { type AllMachines, coverAllMachines } from '../../../src/testing/coverage/all-machines.ts';
import type { ChartCoverage } from '../../../src/testing/coverage/chart-coverage.ts';
import { board, lamp, started } from './machines.ts';

describe('all machines of a process', () => {
  let all: AllMachines;
  beforeEach(() => {
    all = coverAllMachines();
  });
  afterEach(() => all.stop());

  test('count as soon as an actor runs them, in any system', () => {
    started(lamp()).send({ type: 'press' });
    started(createMachine({ id: 'house', invoke: { src: board() } }));
    expect(takenNames(all)).toEqual({
      lamp: { actor: ['off', 'lit', 'lit.warming', 'off | press | 1'], pure: [] },
      board: {
        actor: ['working', 'working.left', 'working.left.on', 'working.right', 'working.right.on'],
        pure: [],
      },
      house: { actor: [], pure: [] },
    });
  });

  test('count in another way where functions take their steps, until an actor does the same', () => {
    const machine = lamp();
    const [initial] = initialTransition(machine);
    const [lit] = transition(machine, initial, { type: 'press' });
    transition(machine, lit, { type: 'press' });
    expect(takenNames(all)).toEqual({
      lamp: { actor: [], pure: ['off', 'lit', 'lit.warming', 'off | press | 1', 'lit | press | 0'] },
    });
    started(machine).send({ type: 'press' });
    transition(machine, lit, { type: 'press' });
    expect(takenNames(all)).toEqual({
      lamp: { actor: ['off', 'lit', 'lit.warming', 'off | press | 1'], pure: ['lit | press | 0'] },
    });
  });

  test('count where all paths of a machine are walked, with those that it would begin inside', () => {
    const states = { outside: { on: { enter: 'inside' } }, inside: { invoke: { src: lamp() } } };
    const house = createMachine({ id: 'house', initial: 'outside', states });
    getShortestPaths(house, { events: [{ type: 'enter' }] });
    expect(takenNames(all)).toEqual({
      house: { actor: [], pure: ['outside', 'inside', 'outside | enter | 0'] },
    });
  });

  test('count when they go on from a snapshot that was kept', () => {
    const actor = started(lamp());
    actor.send({ type: 'press' });
    const snapshot = JSON.parse(JSON.stringify(actor.getPersistedSnapshot()));
    all.stop();
    all = coverAllMachines();
    createActor(lamp(), { snapshot, clock: new SimulatedClock() }).start();
    expect(takenNames(all)).toEqual({ lamp: { actor: ['lit', 'lit.warming'], pure: [] } });
  });

  test('count no more when they are made after the end', () => {
    all.stop();
    started(lamp());
    expect(all.charts()).toEqual([]);
  });

  test('do what they do otherwise, and inspectors hear the same', () => {
    const heard = (): string[] => {
      const types: string[] = [];
      const actor = started(lamp(), ({ type }) => types.push(type));
      actor.send({ type: 'press' });
      return [...types, JSON.stringify(actor.getSnapshot())];
    };
    const counted = heard();
    all.stop();
    expect(counted).toEqual(heard());
  });
});

/** Of each machine by its id. */
function takenNames(all: AllMachines) {
  return Object.fromEntries(
    all
      .charts()
      .map((chart) => [chart.machine, { actor: namesBy(chart, 'actor'), pure: namesBy(chart, 'pure') }] as const),
  );
}

function namesBy({ states, transitions }: ChartCoverage, by: string): string[] {
  return [...Object.entries(states), ...Object.entries(transitions)]
    .filter(([, taken]) => taken === by)
    .map(([name]) => name);
}
