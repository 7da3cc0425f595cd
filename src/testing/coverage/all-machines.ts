import {
  type AnyActorScope,
  type AnyStateMachine,
  type InspectionEvent,
  isMachineSnapshot,
  StateMachine,
} from 'xstate';
import type { ChartCoverage } from './chart-coverage.ts';
import { enter, observer, pureObserver } from './coverage.ts';
import { Ledger, type LedgerListener } from './ledger.ts';

type System = AnyActorScope['system'];

/** What is gathered of every machine of a process. */
export interface AllMachines {
  charts(): ChartCoverage[];
  /** Machines that are made from now on are left alone; those made before go on to count. */
  stop(): void;
}

/**
 * Counts what every actor of every machine does that is made from now on, in any system, and what pure functions do with them
 * (`transition()`, `getShortestPaths()` and the like), without a change in the code that makes them.
 *
 * XState binds the methods of a machine when it is made, so the class is changed, and nobody can overlook a machine because it was made
 * with `provide()`. Nothing but the public surface of XState is used: its class `StateMachine`, and the inspection of systems.
 */
export function coverAllMachines(listener?: LedgerListener): AllMachines {
  const ledger = new Ledger(listener);
  const witness = new Witness(ledger);
  const prototype: AnyStateMachine = StateMachine.prototype;
  const { getInitialSnapshot, restoreSnapshot, transition } = prototype;
  prototype.getInitialSnapshot = function (scope, input) {
    return witness.see(scope, () => getInitialSnapshot.call(this, scope, input));
  };
  prototype.restoreSnapshot = function (snapshot, scope) {
    return witness.see(scope, () => restoreSnapshot.call(this, snapshot, scope));
  };
  prototype.transition = function (snapshot, event, scope) {
    return witness.see(scope, () => transition.call(this, snapshot, event, scope));
  };
  return {
    charts: () => ledger.coverage(),
    stop: () => Object.assign(prototype, { getInitialSnapshot, restoreSnapshot, transition }),
  };
}

/** Attaches to each system once, before the first step of a machine in it. */
class Witness {
  readonly #ledger: Ledger;
  readonly #systems = new WeakSet<System>();
  readonly #hear: (event: InspectionEvent) => void;
  readonly #hearPure: (event: InspectionEvent) => void;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
    this.#hear = observer(ledger);
    this.#hearPure = pureObserver(ledger);
  }

  see<T>({ self, sessionId, system }: AnyActorScope, step: () => T): T {
    if (self.sessionId !== sessionId) return this.#seePure(system, step);
    if (!this.#systems.has(system)) {
      this.#systems.add(system);
      system.inspect(this.#hear);
    }
    return step();
  }

  /** The actor that stands in for one has another session id, or none. */
  #seePure<T>(system: System, step: () => T): T {
    const inspection = system.inspect(this.#hearPure);
    try {
      const snapshot = step();
      if (isMachineSnapshot(snapshot)) enter(this.#ledger, snapshot, 'pure');
      return snapshot;
    } finally {
      inspection.unsubscribe();
    }
  }
}
