export type { Cases } from './cases.ts';
export { type ExploreOptions, explore } from './explore.ts';
export {
  describeAction,
  describeWalk,
  type ModelAction,
  type ModelEdge,
  type ModelGraph,
  type ModelNode,
  type SnapshotOf,
  type Walk,
  walkTo,
} from './graph.ts';
export { describeViolation, type Invariant, type Violation, violations, violationsIn } from './invariants.ts';
export { ModelError } from './model-error.ts';
export { describeOutcomes } from './outcomes.ts';
export { happensByItself, type PerformWalkOptions, type Play, performWalk } from './perform-walk.ts';
export { type PuppetLogic, puppet, withPuppets } from './puppet.ts';
export { type RunWalkOptions, runWalk, type WalkRun } from './run-walk.ts';
export type { WalkClock } from './timers.ts';
export { type TourOptions, tours, type Waypoint } from './tours.ts';
export { type TransitionId, transitionId, transitionIds } from './transition-id.ts';
export { type RandomWalkOptions, randomWalks, shortestPaths, untakenTransitions, walkBy } from './walks.ts';
