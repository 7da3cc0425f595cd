import {
  type AnyActorRef,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type InspectionEvent,
  isMachineSnapshot,
} from 'xstate';
import { takenTransitions } from '../model/taken.ts';
import type { ChartCoverage } from './chart-coverage.ts';
import { initialStates } from './initial-states.ts';
import { Ledger, type LedgerListener } from './ledger.ts';

type Microstep = Extract<InspectionEvent, { readonly type: '@xstate.microstep' }>;

/** Gathers which states and transitions were taken, by any number of actors of any machines. */
export interface Coverage {
  /** For `createActor(machine, { inspect: coverage.inspect })`: the actor, and all actors that it has inside. */
  readonly inspect: (event: InspectionEvent) => void;
  /**
   * Looks at the system of an actor that is there already: at the states that its machines are in, and at what they do from now on.
   * Returns how to stop looking.
   */
  watch(actor: AnyActorRef): () => void;
  /** What was taken so far, of every machine that was seen. */
  charts(): ChartCoverage[];
}

/** Begins to gather. A listener hears at once what is new. */
export function createCoverage(listener?: LedgerListener): Coverage {
  const ledger = new Ledger(listener);
  const inspect = observer(ledger);
  return {
    inspect,
    watch(actor) {
      enterAll(ledger, actor.getSnapshot());
      const { unsubscribe } = actor.system.inspect(inspect);
      return unsubscribe;
    },
    charts: () => ledger.coverage(),
  };
}

/** Hears XState's inspection. */
export function observer(ledger: Ledger): (event: InspectionEvent) => void {
  // An actor that is never started takes no step: XState makes one for each call of `transition()`. So steps count when the actor tells
  // of its snapshot, which is after its first start and after each event.
  const steps = new WeakMap<object, Microstep[]>();
  return (event) => {
    if (event.type === '@xstate.microstep') {
      const before = steps.get(event.actorRef);
      if (before) before.push(event);
      else steps.set(event.actorRef, [event]);
    } else if (event.type === '@xstate.snapshot') {
      for (const step of steps.get(event.actorRef) ?? []) book(ledger, step, 'actor');
      steps.delete(event.actorRef);
      if (isMachineSnapshot(event.snapshot)) enter(ledger, event.snapshot, 'actor');
    }
  };
}

/** Hears the inspection of a pure function, which tells of nothing but microsteps. */
export function pureObserver(ledger: Ledger): (event: InspectionEvent) => void {
  return (event) => {
    if (event.type === '@xstate.microstep') book(ledger, event, 'pure');
  };
}

/** Books the states that a snapshot is in. */
export function enter(ledger: Ledger, { machine, _nodes }: AnyMachineSnapshot, by: 'actor' | 'pure'): void {
  ledger.enter(machine, _nodes, by);
}

function book(ledger: Ledger, { event, snapshot, _transitions }: Microstep, by: 'actor' | 'pure'): void {
  if (!isMachineSnapshot(snapshot)) return;
  const { machine }: { machine: AnyStateMachine } = snapshot;
  if (event.type === 'xstate.init') ledger.enter(machine, initialStates(machine), by);
  ledger.take(machine, takenTransitions(_transitions), by);
  enter(ledger, snapshot, by);
}

function enterAll(ledger: Ledger, snapshot: unknown): void {
  if (!isMachineSnapshot(snapshot)) return;
  enter(ledger, snapshot, 'actor');
  for (const child of Object.values<AnyActorRef | undefined>(snapshot.children)) enterAll(ledger, child?.getSnapshot());
}
