import type { AnyStateMachine, InputFrom, SimulatedClock } from 'xstate';
import type { Cases, Invariant, TourOptions } from '../../../src/testing/model/index.ts';

/** A situation in which a chart is explored. */
export interface Scene<M extends AnyStateMachine> {
  readonly name: string;
  readonly cases: Cases<M>;
  readonly input: (clock: SimulatedClock) => InputFrom<M>;
  /** Instead of that of the subject: where more counts than in the other scenes. */
  readonly key?: (snapshot: ReturnType<M['transition']>) => unknown;
}

/** A chart, and everything that is asked of it. */
export interface Subject<M extends AnyStateMachine> {
  readonly chart: M;
  /** Gives a chart the children that obey. */
  readonly prepare: (chart: M) => M;
  readonly scenes: readonly Scene<M>[];
  readonly key: (snapshot: ReturnType<M['transition']>) => unknown;
  readonly invariants: readonly Invariant<M>[];
  readonly tours: TourOptions;
}
