import { type AnyActorRef, type AnyMachineSnapshot, isMachineSnapshot } from 'xstate';
import type { LiveDeadline } from './protocol.ts';

type StateNode = AnyMachineSnapshot['_nodes'][number];

/** The snapshot of an actor that runs a machine; `undefined` for all others. */
export function machineSnapshot(actor: Pick<AnyActorRef, 'getSnapshot'>): AnyMachineSnapshot | undefined {
  const snapshot: unknown = actor.getSnapshot();
  return isMachineSnapshot(snapshot) ? snapshot : undefined;
}

/** Paths of the innermost states. */
export function innermostStates({ _nodes }: AnyMachineSnapshot): string[] {
  return _nodes.filter(({ type }) => type === 'atomic' || type === 'final').map(pathOf);
}

/** Paths of all states that a machine is in, without the machine itself. */
export function activeStates({ _nodes }: AnyMachineSnapshot): string[] {
  return _nodes.filter(({ path }) => path.length > 0).map(pathOf);
}

/** A state that will be left, and when that began to run. */
export interface RunningDeadline extends LiveDeadline {
  readonly startedAt: number;
}

/** The timers of an actor system. */
export type Timers = ReturnType<AnyActorRef['system']['getSnapshot']>['_scheduledEvents'];

/** The deadlines of the states that an actor is in. XState's own timers tell: nothing of the machine is called to find them. */
export function runningDeadlines(
  { sessionId }: AnyActorRef,
  { _nodes }: AnyMachineSnapshot,
  timers: Timers,
): RunningDeadline[] {
  return _nodes.flatMap((node: StateNode) =>
    node.after.flatMap(({ delay, eventType }): RunningDeadline[] => {
      const timer = timers[`${sessionId}.${eventType}`];
      if (!timer) return [];
      const { startedAt } = timer;
      return [{ state: pathOf(node), name: String(delay), at: startedAt + timer.delay, startedAt }];
    }),
  );
}

function pathOf({ path }: StateNode): string {
  return path.join('.');
}
