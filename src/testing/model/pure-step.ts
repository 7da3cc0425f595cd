import {
  type AnyActorScope,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  createActor,
  type EventFromLogic,
  fromTransition,
  type InputFrom,
  type InspectionEvent,
} from 'xstate';
import type { ModelAction, SnapshotOf } from './graph.ts';
import { takenTransitions } from './taken.ts';
import { type TransitionId, transitionId } from './transition-id.ts';

/** What came of one event, or of the beginning. */
export interface PureStep<M extends AnyStateMachine> {
  readonly snapshot: SnapshotOf<M>;
  readonly transitions: readonly TransitionId[];
  readonly actions: readonly ModelAction[];
}

/** The machine before its first event. What it fails with is in the snapshot. */
export function firstStep<M extends AnyStateMachine>(machine: M, input: InputFrom<M>): PureStep<M> {
  return observe((scope) => machine.getInitialSnapshot(scope, input), undefined);
}

/** One event. Nothing is run: no action, no child, no timer. */
export function nextStep<M extends AnyStateMachine>(
  machine: M,
  snapshot: SnapshotOf<M>,
  event: EventFromLogic<M>,
): PureStep<M> {
  return observe((scope) => machine.transition(snapshot, event, scope), snapshot);
}

/**
 * XState's `transition` with two differences: whoever asks `self` for its snapshot gets the one that the step begins with, as in an
 * actor that runs; and it is heard which transitions are taken, those too that need no event or stay where they are.
 */
function observe<M extends AnyStateMachine>(
  step: (scope: AnyActorScope) => AnyMachineSnapshot,
  before: SnapshotOf<M> | undefined,
): PureStep<M> {
  const transitions: TransitionId[] = [];
  const actions: ModelAction[] = [];
  let count = 0;
  const inspect = (event: InspectionEvent): void => {
    if (event.type !== '@xstate.microstep') return;
    count += 1;
    if (count > MOST_MICROSTEPS) throw endless(transitions);
    transitions.push(...takenTransitions(event._transitions).map(transitionId));
  };
  // An actor system of its own for each step: children with a `systemId` would be in each other's way.
  const self = Object.assign(createActor(NOTHING, { inspect }), { getSnapshot: () => before });
  const ignore = (): void => {};
  const snapshot = step({
    self,
    id: self.id,
    sessionId: self.sessionId,
    system: self.system,
    logger: ignore,
    defer: ignore,
    emit: ignore,
    stopChild: ignore,
    actionExecutor: ({ type, params }) => actions.push({ type, params }),
  });
  // What the machine itself returns; TypeScript only sees that it is some machine's.
  return { snapshot: snapshot as SnapshotOf<M>, transitions, actions };
}

/** Far more than any event needs: beyond that it goes round and round. */
const MOST_MICROSTEPS = 10_000;

function endless(transitions: readonly TransitionId[]): Error {
  const last = [...new Set(transitions.slice(-20))].join(', ');
  return new Error(`it takes one transition after another, more than ${MOST_MICROSTEPS}, the last of them: ${last}`);
}

const NOTHING = fromTransition((state: undefined) => state, undefined);
