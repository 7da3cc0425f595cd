import { describe, expect, it } from 'vitest';
import { createMachine, fromCallback, raise, setup } from 'xstate';
import { implementsNames, usesNames } from './names.ts';
import {
  acceptsStop,
  describesStates,
  handlesActorErrors,
  hasDeadlines,
  hasNoInlineFunctions,
  hasNoWildcard,
  hasUniqueIds,
  limitsIterations,
  needsToRest,
  reachesStates,
  usesKnownTags,
} from './rules.ts';

const idle = fromCallback(() => {});

describe('a rule notices a machine that', () => {
  it('handles any event whatever', () => {
    const machine = createMachine({ id: 'm', initial: 'a', states: { a: { on: { '*': 'a' } } } });
    expect(hasNoWildcard(machine)).toEqual(["m.a handles '*'"]);
    expect(hasNoWildcard(createMachine({ id: 'm', on: { 'xstate.error.actor.*': {} } }))).toEqual([]);
  });

  it('does not hear of the failure of an actor', () => {
    const machine = setup({ actors: { idle } }).createMachine({ id: 'm', invoke: { src: 'idle', onDone: {} } });
    expect(handlesActorErrors(machine)).toEqual(["m invokes 'idle' without onError"]);
  });

  it('waits for ever', () => {
    const machine = createMachine({
      id: 'm',
      initial: 'a',
      after: { 1: {} },
      states: {
        a: { always: [{ guard: 'maybe', target: 'b' }] },
        b: { always: [{ guard: 'maybe', target: 'a' }, { target: 'c' }] },
        c: { after: { 1: 'd' }, initial: 'inner', states: { inner: {} } },
        d: { on: { go: 'a' } },
        e: { type: 'final' },
      },
    });
    expect(hasDeadlines(machine, [])).toEqual(['m.a waits without a deadline', 'm.d waits without a deadline']);
    expect(hasDeadlines(machine, ['m.a', 'm.d'])).toEqual([]);
    expect(needsToRest(machine, ['m.a', 'm.c.inner', 'm.gone'])).toEqual([
      'm.c.inner needs no permission to rest',
      'm.gone needs no permission to rest',
    ]);
  });

  it('cannot be stopped', () => {
    const machine = createMachine({
      id: 'm',
      initial: 'a',
      states: { a: { on: { stop: 'b' }, initial: 'inner', states: { inner: {} } }, b: {}, c: { type: 'final' } },
    });
    expect(acceptsStop(machine)).toEqual(["m does not accept 'stop'", "m.b does not accept 'stop'"]);
  });

  it('says nothing of a state', () => {
    const machine = createMachine({
      id: 'm',
      initial: 'a',
      states: { a: { description: 'A.' }, b: { description: ' ' } },
    });
    expect(describesStates(machine)).toEqual(['m.b has no description']);
  });

  it('has functions in its chart', () => {
    const machine = createMachine({
      id: 'm',
      context: () => ({}),
      entry: () => {},
      invoke: { src: idle, input: declared },
      initial: 'a',
      states: { a: { on: { go: { guard: () => true, actions: raise({ type: 'x' }) } } } },
      output: declared,
    });
    expect(hasNoInlineFunctions(machine)).toEqual([
      'm.context is a function',
      'm.entry is a function',
      'm.invoke.src is no name',
      'm.states.a.on.go.guard is a function',
      'm.states.a.on.go.actions is a function',
    ]);
  });

  it('uses what nobody implements, or implements what nobody uses', () => {
    const machine = setup({ actors: { idle, spawned: idle }, delays: { soon: 1 } }).createMachine({
      id: 'm',
      initial: 'a',
      states: { a: { invoke: { src: 'idle' } } },
    });
    expect(usesNames(machine, ['spawned'])).toEqual(['m does not use delays.soon']);
    const bare = createMachine({
      id: 'm',
      entry: 'greet',
      invoke: { src: 'actor', onDone: { actions: { type: 'enjoy' } } },
      initial: 'a',
      states: { a: { exit: ['part'], after: { soon: {} }, always: { guard: 'mayGo' } } },
    });
    expect(implementsNames(bare)).toEqual([
      'm lacks actions.greet',
      'm lacks actions.enjoy',
      'm lacks actions.part',
      'm lacks guards.mayGo',
      'm lacks actors.actor',
      'm lacks delays.soon',
    ]);
  });

  it('has a state with no way in', () => {
    const machine = setup({ actors: { idle } }).createMachine({
      id: 'm',
      initial: 'a',
      states: {
        a: {
          invoke: { src: 'idle', onDone: 'b', onError: 'c' },
          after: { 1: 'd' },
          initial: 'inner',
          states: { inner: { on: { go: '#m.g' } } },
        },
        b: { always: 'e' },
        c: { type: 'parallel', states: { left: {}, right: {} } },
        d: {},
        e: { type: 'final' },
        f: { on: { go: 'a' } },
        g: {},
      },
    });
    expect(reachesStates(machine)).toEqual(['m.f cannot be reached']);
  });

  it('has one id twice', () => {
    const machine = createMachine({ id: 'm', initial: 'a', states: { a: { id: 'same' }, b: { id: 'same' } } });
    expect(hasUniqueIds(machine)).toEqual(['two states have the id same']);
  });

  it('has a tag of its own', () => {
    const machine = createMachine({ id: 'm', initial: 'a', states: { a: { tags: ['online', 'mine'] } } });
    expect(usesKnownTags(machine)).toEqual(["m.a has the tag 'mine', which is not documented"]);
  });

  it('may run in circles', () => {
    expect(limitsIterations(createMachine({ id: 'm' }))).toEqual(['m sets no options.maxIterations']);
  });
});

function declared() {
  return {};
}
