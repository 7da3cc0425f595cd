import { describe, expect, test } from 'vitest';
import { createActor, createMachine, SimulatedClock, transition } from 'xstate';
import type { ChartCoverage } from '../../../src/testing/coverage/chart-coverage.ts';
import { createCoverage } from '../../../src/testing/coverage/coverage.ts';
import { board, lamp, started } from './machines.ts';

const MISSED_LAMP: ChartCoverage = {
  machine: 'lamp',
  states: { off: 'missed', lit: 'missed', 'lit.warming': 'missed', 'lit.bright': 'missed', broken: 'missed' },
  transitions: {
    ' | look | 0': 'missed',
    'off | press | 0': 'missed',
    'off | press | 1': 'missed',
    'lit | press | 0': 'missed',
    'lit.warming | xstate.after.warmUp.lamp.lit.warming | 0': 'missed',
  },
};

describe('coverage', () => {
  test('has all states and transitions of a machine, and who took them', () => {
    const coverage = createCoverage();
    const actor = started(lamp(), coverage.inspect);
    actor.send({ type: 'press' });
    expect(coverage.charts()).toEqual([
      {
        machine: 'lamp',
        states: { ...MISSED_LAMP.states, off: 'actor', lit: 'actor', 'lit.warming': 'actor' },
        transitions: { ...MISSED_LAMP.transitions, 'off | press | 1': 'actor' },
      },
    ]);
  });

  test('is that of all actors of a machine, whatever is provided to it', () => {
    const clock = new SimulatedClock();
    const coverage = createCoverage();
    const { inspect } = coverage;
    const broken = lamp().provide({ guards: { isBroken: () => true } });
    started(broken, inspect).send({ type: 'press' });
    const actor = createActor(lamp(), { inspect, clock }).start();
    actor.send({ type: 'press' });
    clock.increment(10);
    actor.send({ type: 'look' });
    actor.send({ type: 'press' });
    expect(coverage.charts()).toEqual([
      {
        machine: 'lamp',
        states: allTaken(MISSED_LAMP.states),
        transitions: allTaken(MISSED_LAMP.transitions),
      },
    ]);
  });

  test('tells machines by the same id apart, if their states or transitions differ', () => {
    const coverage = createCoverage();
    const machines = [{ a: {} }, { a: { on: { e: {} } } }, { a: {}, b: {} }].map((states) =>
      createMachine({ id: 'm', initial: 'a', states }),
    );
    for (const machine of [...machines, ...machines]) started(machine, coverage.inspect);
    expect(coverage.charts()).toEqual([
      { machine: 'm', states: { a: 'actor' }, transitions: {} },
      { machine: 'm', states: { a: 'actor' }, transitions: { 'a | e | 0': 'missed' } },
      { machine: 'm', states: { a: 'actor', b: 'missed' }, transitions: {} },
    ]);
  });

  test('has what is left at once', () => {
    const coverage = createCoverage();
    const machine = createMachine({
      id: 'hasty',
      type: 'parallel',
      states: {
        one: { initial: 'a', states: { a: { always: 'b' }, b: { always: 'c' }, c: {} } },
        two: {
          initial: 'd',
          states: { d: { always: '#hasty.two.e.f' }, e: { initial: 'g', states: { f: {}, g: {} } } },
        },
      },
    });
    started(machine, coverage.inspect);
    const [{ states, transitions } = MISSED_LAMP] = coverage.charts();
    expect([missedOf(states), missedOf(transitions)]).toEqual([['two.e.g'], []]);
  });

  test('has a machine that is done at once', () => {
    const coverage = createCoverage();
    const machine = createMachine({ id: 'm', initial: 'a', states: { a: { always: 'b' }, b: { type: 'final' } } });
    started(machine, coverage.inspect);
    expect(coverage.charts()).toEqual([
      { machine: 'm', states: { a: 'actor', b: 'actor' }, transitions: { 'a |  | 0': 'actor' } },
    ]);
  });

  test('has the actors inside an actor', () => {
    const coverage = createCoverage();
    const house = createMachine({ id: 'house', invoke: { src: lamp() }, on: { enter: {} } });
    started(house, coverage.inspect);
    expect(coverage.charts().map(({ machine, states }) => [machine, missedOf(states)])).toEqual([
      ['lamp', ['lit', 'lit.warming', 'lit.bright', 'broken']],
      ['house', []],
    ]);
  });

  test('has one of two transitions that exclude each other, and both where they do not', () => {
    const [conflict, both] = ['surge', 'flip'].map((type) => {
      const coverage = createCoverage();
      started(board(), coverage.inspect).send({ type });
      const [{ states, transitions } = MISSED_LAMP] = coverage.charts();
      return [takenOf(transitions), missedOf(states)];
    });
    expect(conflict).toEqual([['working.left.on | surge | 0'], ['working.left.off', 'working.right.off', 'burnt']]);
    expect(both).toEqual([
      ['working.left.on | flip | 0', 'working.right.on | flip | 0'],
      ['out', 'burnt'],
    ]);
  });

  test('has the inner one, where an inner and an outer state want to be left without an event', () => {
    const coverage = createCoverage();
    const machine = createMachine({
      id: 'm',
      initial: 'p',
      states: {
        p: {
          type: 'parallel',
          always: 'outer',
          states: { one: {}, two: { initial: 'a', states: { a: { always: '#m.inner' } } } },
        },
        inner: {},
        outer: {},
      },
    });
    const actor = started(machine, coverage.inspect);
    expect(actor.getSnapshot().value).toBe('inner');
    expect(coverage.charts().map(({ transitions }) => takenOf(transitions))).toEqual([['p.two.a |  | 0']]);
  });

  test('has no step of an actor that was never started, nor of a function', () => {
    const coverage = createCoverage();
    const machine = lamp();
    const actor = createActor(machine, { inspect: coverage.inspect });
    transition(machine, actor.getSnapshot(), { type: 'press' });
    expect(coverage.charts()).toEqual([]);
  });

  test('has no step that failed', () => {
    const coverage = createCoverage();
    const fails = lamp().provide({
      actions: {
        hum: () => {
          throw new Error('The bulb is gone');
        },
      },
    });
    const actor = createActor(fails, { inspect: coverage.inspect });
    const errors: unknown[] = [];
    actor.subscribe({ error: (error) => errors.push(error) });
    actor.start().send({ type: 'press' });
    expect(errors).toEqual([new Error('The bulb is gone')]);
    expect(coverage.charts()).toEqual([{ ...MISSED_LAMP, states: { ...MISSED_LAMP.states, off: 'actor' } }]);
  });
});

describe('watching', () => {
  test('has the states in which it finds an actor and those inside, and what follows until it ends', () => {
    const coverage = createCoverage();
    const house = createMachine({
      id: 'house',
      initial: 'day',
      states: { day: { invoke: { src: lamp() }, on: { fall: 'night' } }, night: { on: { rise: 'day' } } },
    });
    const actor = started(house);
    const stop = coverage.watch(actor);
    actor.send({ type: 'fall' });
    stop();
    actor.send({ type: 'rise' });
    expect(coverage.charts()).toEqual([
      {
        machine: 'house',
        states: { day: 'actor', night: 'actor' },
        transitions: { 'day | fall | 0': 'actor', 'night | rise | 0': 'missed' },
      },
      { ...MISSED_LAMP, states: { ...MISSED_LAMP.states, off: 'actor' } },
    ]);
  });
});

function takenOf(taken: ChartCoverage['states']): string[] {
  return Object.keys(taken).filter((name) => taken[name] !== 'missed');
}

function missedOf(taken: ChartCoverage['states']): string[] {
  return Object.keys(taken).filter((name) => taken[name] === 'missed');
}

function allTaken(missed: ChartCoverage['states']): ChartCoverage['states'] {
  return Object.fromEntries(Object.keys(missed).map((name) => [name, 'actor']));
}
