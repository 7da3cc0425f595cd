import { describe, expect, test } from 'vitest';
import { and, assign, createMachine, emit, fromPromise, not, or, raise, sendTo, setup, stateIn } from 'xstate';
import { clientMachine } from '../../../machines/index.ts';
import { chartGraph } from '../../../src/inspect/graph/index.ts';
import { doorMachine } from './machines.ts';

const nothing = { tags: [], entry: [], exit: [], invokes: [] };

describe('the graph of a machine', () => {
  test('has every state, in the order of the machine', () => {
    expect(chartGraph(doorMachine).states).toEqual([
      { ...nothing, path: '', name: 'door', id: 'door', kind: 'compound', isInitial: false },
      {
        path: 'closed',
        name: 'closed',
        id: 'door.closed',
        kind: 'atomic',
        parent: '',
        isInitial: true,
        description: 'Nobody gets in.',
        tags: ['safe'],
        entry: ['lock'],
        exit: [],
        invokes: [],
      },
      {
        path: 'open',
        name: 'open',
        id: 'door.open',
        kind: 'compound',
        parent: '',
        isInitial: false,
        tags: [],
        entry: [],
        exit: ['sweep'],
        invokes: [{ id: 'porter', src: 'porter' }],
      },
      {
        ...nothing,
        path: 'open.wide',
        name: 'wide',
        id: 'door.open.wide',
        kind: 'atomic',
        parent: 'open',
        isInitial: true,
      },
      {
        ...nothing,
        path: 'open.ajar',
        name: 'ajar',
        id: 'door.open.ajar',
        kind: 'atomic',
        parent: 'open',
        isInitial: false,
      },
      { ...nothing, path: 'broken', name: 'broken', id: 'door.broken', kind: 'final', parent: '', isInitial: false },
    ]);
  });

  test('has every transition, with its event in words', () => {
    const plain = { actions: [], reenter: false };
    expect(chartGraph(doorMachine).transitions).toEqual([
      { ...plain, source: '', targets: ['broken'], kind: 'event', event: 'alarm.rang', label: 'alarm.rang' },
      {
        source: 'closed',
        targets: ['open'],
        kind: 'event',
        event: 'knock',
        label: 'knock',
        guard: 'isFriend',
        actions: ['greet'],
        reenter: false,
      },
      { ...plain, source: 'closed', targets: [], kind: 'event', event: 'knock', label: 'knock', actions: ['growl'] },
      { ...plain, source: 'closed', targets: [], kind: 'event', event: 'mouse.*', label: 'mouse.*' },
      {
        ...plain,
        source: 'open',
        targets: ['closed'],
        kind: 'done',
        event: 'xstate.done.actor.porter',
        label: 'porter is done',
      },
      {
        ...plain,
        source: 'open',
        targets: ['broken'],
        kind: 'error',
        event: 'xstate.error.actor.porter',
        label: 'porter failed',
      },
      {
        ...plain,
        source: 'open',
        targets: ['open.ajar'],
        kind: 'after',
        event: 'xstate.after.1500.door.open',
        label: 'after 1.5 s',
      },
      {
        ...plain,
        source: 'open',
        targets: ['closed'],
        kind: 'after',
        event: 'xstate.after.patience.door.open',
        label: 'after patience',
      },
      { ...plain, source: 'open.wide', targets: ['open.ajar'], kind: 'event', event: 'push', label: 'push' },
      {
        ...plain,
        source: 'open.ajar',
        targets: ['broken'],
        kind: 'always',
        event: '',
        label: 'always',
        guard: 'isWindy(above: 3)',
      },
    ]);
  });

  test('is its own JSON', () => {
    const graph = chartGraph(clientMachine);
    expect(JSON.parse(JSON.stringify(graph))).toEqual(graph);
    expect(graph.states.length).toBeGreaterThan(40);
  });
});

describe('names', () => {
  test('of guards, whatever they are made of', () => {
    const isLate = (): boolean => true;
    const guards = [
      not('mayRetry'),
      and(['isUp', or(['isFast', not('isDear')])]),
      stateIn('a'),
      isLate,
      () => true,
      { type: 'isNear', params: { place: 'home', most: 2, of: {}, more: 1 } },
      { type: 'isNear', params: () => 3 },
    ];
    const machine = createMachine({ on: { e: guards.map((guard) => ({ guard, actions: 'act' })) } });
    expect(chartGraph(machine).transitions.map(({ guard }) => guard)).toEqual([
      'not mayRetry',
      'isUp and (isFast or not isDear)',
      "in 'a'",
      'isLate',
      'inline function',
      "isNear(place: 'home', most: 2, of: {…}, …)",
      'isNear',
    ]);
  });

  test('of actions that XState makes', () => {
    const machine = createMachine({
      entry: [
        assign({}),
        raise({ type: 'ping' }),
        emit({ type: 'rang' }),
        sendTo('porter', { type: 'go' }),
        sendTo(
          () => 'porter',
          () => ({ type: 'go' }),
        ),
        () => {},
        { type: 'greet', params: { loud: true } },
      ],
    });
    expect(chartGraph(machine).states[0]?.entry).toEqual([
      'assign',
      'raise ping',
      'emit rang',
      'send go to porter',
      'send',
      'inline function',
      'greet(loud: true)',
    ]);
  });

  test('of actors that have no id: that of their logic', () => {
    const invoke = [
      { src: 'dial', onDone: '.b' },
      { src: doorMachine, onError: '.b' },
      { src: fromPromise(async () => 1), onDone: '.b' },
    ];
    const machine = createMachine({ id: 'm', invoke, initial: 'b', states: { b: {} } });
    const { states, transitions } = chartGraph(machine);
    expect(states[0]?.invokes.map(({ src }) => src)).toEqual(['dial', 'door', 'inline actor']);
    expect(transitions.map(({ label }) => label)).toEqual(['dial is done', 'door failed', 'inline actor is done']);
  });

  test('of events that XState makes', () => {
    const machine = setup({}).createMachine({
      id: 'm',
      initial: 'a',
      on: { '*': '.a', 'xstate.done.actor.*': '.a', 'xstate.error.actor.gone': '.a' },
      states: { a: { initial: 'b', onDone: 'c', states: { b: { type: 'final' } } }, c: {} },
    });
    expect(chartGraph(machine).transitions.map(({ label }) => label)).toEqual([
      'any other event',
      'any actor is done',
      'gone failed',
      'a is done',
    ]);
  });
});

describe('odd machines', () => {
  test('a name with a dot has a path of its own', () => {
    const machine = createMachine({ initial: 'a', states: { a: { initial: 'b', states: { b: {} } }, 'a.b': {} } });
    expect(chartGraph(machine).states.map(({ path }) => path)).toEqual(['', 'a', 'a.b', 'a\\.b']);
  });

  test('history, regions, several targets', () => {
    const machine = createMachine({
      id: 'm',
      type: 'parallel',
      states: {
        r: { initial: 'x', states: { x: {}, y: {}, h: { type: 'history', history: 'deep', target: 'y' } } },
        s: { initial: 'z', states: { z: {}, w: {} } },
      },
      on: { both: { target: ['.r.y', '.s.w'], reenter: true } },
    });
    const { states, transitions } = chartGraph(machine);
    expect(states.map(({ path, kind, isInitial }) => `${path} ${kind} ${isInitial}`)).toEqual([
      ' parallel false',
      'r compound false',
      'r.x atomic true',
      'r.y atomic false',
      'r.h history false',
      's compound false',
      's.z atomic true',
      's.w atomic false',
    ]);
    expect(states.find(({ path }) => path === 'r.h')?.history).toBe('deep');
    expect(transitions).toEqual([
      {
        source: '',
        targets: ['r.y', 's.w'],
        kind: 'event',
        event: 'both',
        label: 'both',
        actions: [],
        reenter: true,
      },
      {
        source: 'r.h',
        targets: ['r.y'],
        kind: 'always',
        event: '',
        label: 'without history',
        actions: [],
        reenter: false,
      },
    ]);
  });

  test('a machine without states', () => {
    expect(chartGraph(createMachine({ id: 'm' }))).toEqual({
      id: 'm',
      states: [{ ...nothing, path: '', name: 'm', id: 'm', kind: 'atomic', isInitial: false }],
      transitions: [],
    });
  });
});
