import { describe, expect, it } from 'vitest';
import { type AnyStateMachine, createActor, createMachine, initialTransition, transition } from 'xstate';
import { takenTransitions } from '../../../src/testing/model/taken.ts';
import { transitionId, transitionIds } from '../../../src/testing/model/transition-id.ts';
import { pilgrim } from './machines.ts';

describe('the names of transitions', () => {
  it('are those of all transitions of a machine, of children, timers and `always` too', () => {
    expect(transitionIds(pilgrim)).toEqual([
      'roaming | walk | 0',
      'roaming | rest | 0',
      'roaming | ask | 0',
      'roaming | road.* | 0',
      'checking |  | 0',
      'checking |  | 1',
      'limping | rest | 0',
      'asking | xstate.done.actor.oracle | 0',
      'asking | xstate.done.actor.oracle | 1',
      'asking | xstate.error.actor.oracle | 0',
      'asking | xstate.after.patience.pilgrim.asking | 0',
    ]);
  });

  it('stay the same when something is provided', () => {
    expect(transitionIds(pilgrim.provide({ delays: { patience: 5 } }))).toEqual(transitionIds(pilgrim));
  });

  it('tell states apart whose names have dots', () => {
    const dotted = createMachine({
      id: 'dotted',
      initial: 'a',
      on: { x: {} },
      states: { a: { initial: 'b', on: { x: {} }, states: { b: { on: { x: {} } } } }, 'a.b': { on: { x: {} } } },
    });
    expect(transitionIds(dotted)).toEqual([' | x | 0', 'a | x | 0', 'a.b | x | 0', 'a\\.b | x | 0']);
  });

  it('are those that XState tells an inspector of', () => {
    const heard: string[] = [];
    const actor = createActor(pilgrim, {
      inspect: (event) => {
        if (event.type === '@xstate.microstep') heard.push(...event._transitions.map(transitionId));
      },
    }).start();
    actor.send({ type: 'walk' });
    expect(heard).toEqual(['roaming | walk | 0', 'checking |  | 1']);
  });
});

describe('transitions of parallel regions that are in conflict', () => {
  const out = { on: { leave: '#two.left' } };
  it.each<[string, AnyStateMachine, string[]]>([
    [
      'the first one wins',
      regions({
        a: { initial: 'x', states: { x: out } },
        b: { initial: 'x', states: { x: { on: { leave: '#two.right' } } } },
      }),
      ['both.a.x | leave | 0'],
    ],
    [
      'both are taken where neither is in the way of the other',
      regions({
        a: { initial: 'x', states: { x: { on: { leave: 'y' } }, y: {} } },
        b: { initial: 'x', states: { x: { on: { leave: { actions: 'sing' } } } } },
      }),
      ['both.a.x | leave | 0', 'both.b.x | leave | 0'],
    ],
    [
      'one that stays inside loses against one before it that leaves',
      regions({
        a: { initial: 'x', states: { x: out } },
        b: { initial: 'x', states: { x: { on: { leave: 'y' } }, y: {} } },
      }),
      ['both.a.x | leave | 0'],
    ],
  ])('%s', (_title, machine, taken) => {
    const [snapshot] = initialTransition(machine);
    const selected = machine.getTransitionData(snapshot, { type: 'leave' });
    expect(takenTransitions(selected).map(transitionId)).toEqual(taken);
    const [after] = transition(machine, snapshot, { type: 'leave' });
    expect(after.value).toEqual(taken.length === 1 ? 'left' : { both: { a: 'y', b: 'x' } });
  });
});

function regions(states: Readonly<Record<string, object>>): AnyStateMachine {
  return createMachine({
    id: 'two',
    initial: 'both',
    states: { both: { type: 'parallel', states }, left: {}, right: {} },
  });
}
