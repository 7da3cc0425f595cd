import { describe, expect, test } from 'vitest';
import { createMachine, transition } from 'xstate';
import { coverAllMachines } from '../../../src/testing/coverage/all-machines.ts';
import { type ChartCoverage, emptyCoverage, mergeCoverage } from '../../../src/testing/coverage/chart-coverage.ts';
import { belowGate, coverageOf, coverageSummary, coverageText } from '../../../src/testing/coverage/report.ts';
import { board, lamp, started } from './machines.ts';

/** A lamp that an actor lit, and a function switched off. */
function litLamp(): ChartCoverage[] {
  const all = coverAllMachines();
  const machine = lamp();
  const actor = started(machine);
  actor.send({ type: 'press' });
  transition(machine, actor.getSnapshot(), { type: 'press' });
  all.stop();
  return all.charts();
}

describe('the text', () => {
  test('says how much was taken, and what was not', () => {
    const gathered = litLamp();
    const machines = [lamp()];
    expect(coverageText(machines, coverageOf(machines, gathered))).toBe(
      [
        'lamp: states 3/5 (60 %), transitions 2/5 (40 %)',
        '  missed state lit.bright',
        '  missed state broken: Nobody can mend it.',
        '  missed  | look | 0',
        '  missed off | press | 0 [isBroken] → broken: It was dropped.',
        '  missed lit.warming | xstate.after.warmUp.lamp.lit.warming | 0 → lit.bright',
      ].join('\n'),
    );
  });

  test('takes what a function did for missed, if it is asked to', () => {
    const gathered = litLamp();
    const ofActors = coverageOf([lamp()], gathered, { pure: false });
    expect(coverageSummary(ofActors)).toBe('lamp: states 3/5 (60 %), transitions 1/5 (20 %)');
    expect(coverageOf([lamp()], gathered)[0]?.transitions['lit | press | 0']).toBe('pure');
    expect(ofActors[0]?.transitions['lit | press | 0']).toBe('missed');
  });

  test('says so when nothing was seen of a machine, and when another one by its id was', () => {
    const other = createMachine({ id: 'board' });
    const machines = [board(), createMachine({ id: 'empty' })];
    const gathered = [emptyCoverage(other), ...litLamp()];
    const text = coverageText(machines, coverageOf(machines, gathered), gathered);
    expect(text.split('\n').slice(0, 3)).toEqual([
      'board: states 0/9 (0 %), transitions 0/4 (0 %)',
      '  Nothing of it was seen: what counts must be loaded before the machine is made.',
      '  Machines by the same id with other states or transitions do not count: 1.',
    ]);
    expect(text.split('\n').slice(-2)).toEqual([
      'empty: states 0/0 (100 %), transitions 0/0 (100 %)',
      '  Nothing of it was seen: what counts must be loaded before the machine is made.',
    ]);
  });

  test('names guards of any kind, and the machine itself as a target', () => {
    function isDark(): boolean {
      return true;
    }
    const guards = ['a', { type: 'b', params: { level: 1 } }, isDark, () => true];
    const machine = createMachine({ id: 'm', on: { e: guards.map((guard) => ({ guard, target: '#m' })) } });
    expect(
      coverageText([machine], [emptyCoverage(machine)])
        .split('\n')
        .slice(2),
    ).toEqual([
      '  missed  | e | 0 [a] → the beginning of m',
      '  missed  | e | 1 [b] → the beginning of m',
      '  missed  | e | 2 [isDark] → the beginning of m',
      '  missed  | e | 3 [inline guard] → the beginning of m',
    ]);
  });

  test('is never rounded up to the whole', () => {
    const names = Array.from({ length: 2000 }, (_, index) => [`s${index}`, index === 0 ? 'missed' : 'actor'] as const);
    const chart = { machine: 'm', states: Object.fromEntries(names), transitions: {} };
    expect(coverageSummary([chart])).toBe('m: states 1999/2000 (99.9 %), transitions 0/0 (100 %)');
    expect(belowGate([chart], 100)).toEqual(['m: 99.9 % of its states are taken, and 100 % are asked for.']);
  });
});

describe('the gate', () => {
  test('asks for states and for transitions of each machine', () => {
    const charts = coverageOf([lamp()], litLamp());
    expect(belowGate(charts, 40)).toEqual([]);
    expect(belowGate(charts, 41)).toEqual(['lamp: 40 % of its transitions are taken, and 41 % are asked for.']);
    expect(belowGate(charts, 61)).toEqual([
      'lamp: 60 % of its states are taken, and 61 % are asked for.',
      'lamp: 40 % of its transitions are taken, and 61 % are asked for.',
    ]);
  });
});

test('coverage of several places is put together for each machine', () => {
  const [one = emptyCoverage(lamp())] = litLamp();
  const other = emptyCoverage(board());
  expect(mergeCoverage([emptyCoverage(lamp()), other, one, other])).toEqual([one, other]);
  expect(mergeCoverage([])).toEqual([]);
});
