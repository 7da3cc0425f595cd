import { type AnyStateMachine, SimulatedClock } from 'xstate';
import { explore, type ModelGraph, runWalk, type Walk, type WalkRun } from '../../../src/testing/model/index.ts';
import type { Subject } from './subject.ts';

/** A scene, and what can happen in it. */
interface ExploredScene<M extends AnyStateMachine> {
  readonly name: string;
  readonly graph: ModelGraph<M>;
  /** Walks with a real actor, and looks after each step whether it is where the graph says. */
  readonly run: (walk: Walk<M>) => WalkRun<M>;
}

/** Explores a chart in all its scenes. */
export function explored<M extends AnyStateMachine>({ chart, prepare, scenes, key }: Subject<M>): ExploredScene<M>[] {
  const machine = prepare(chart);
  return scenes.map(({ name, cases, input, key: ownKey = key }) => {
    const graph = explore(machine, { input: input(new SimulatedClock()), cases, key: ownKey, lateEnds: true });
    return { name, graph, run: (walk) => runWalk(graph, walk, { machine, input }) };
  });
}
