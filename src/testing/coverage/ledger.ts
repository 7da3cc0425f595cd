import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';
import { stateNodePath, transitionId } from '../model/transition-id.ts';
import { type ChartCoverage, emptyCoverage, identityOf, stronger, type Taken } from './chart-coverage.ts';

/** Hears what is new: of a machine that was not seen before, and of what was not taken before. */
export interface LedgerListener {
  machine(index: number, coverage: ChartCoverage): void;
  taken(index: number, kind: 'states' | 'transitions', name: string, by: Taken): void;
}

interface Account {
  readonly index: number;
  readonly machine: string;
  readonly states: Map<string, Taken>;
  readonly transitions: Map<string, Taken>;
}

/** Books what was taken of each machine. A machine with other implementations is the same machine. */
export class Ledger {
  readonly #listener: LedgerListener | undefined;
  readonly #accounts = new Map<string, Account>();
  readonly #known = new WeakMap<AnyStateMachine, Account>();
  readonly #paths = new WeakMap<AnyStateNode, string>();
  readonly #ids = new WeakMap<AnyTransitionDefinition, string>();

  constructor(listener?: LedgerListener) {
    this.#listener = listener;
  }

  /** States that a machine is in. */
  enter(machine: AnyStateMachine, states: readonly AnyStateNode[], by: Taken): void {
    const account = this.#accountOf(machine);
    for (const state of states) {
      const path = this.#paths.get(state) ?? stateNodePath(state);
      this.#paths.set(state, path);
      this.#note(account, 'states', path, by);
    }
  }

  /** Transitions that a machine took. */
  take(machine: AnyStateMachine, transitions: readonly AnyTransitionDefinition[], by: Taken): void {
    const account = this.#accountOf(machine);
    for (const transition of transitions) {
      const id = this.#ids.get(transition) ?? transitionId(transition);
      this.#ids.set(transition, id);
      this.#note(account, 'transitions', id, by);
    }
  }

  /** All machines of which anything was seen. */
  coverage(): ChartCoverage[] {
    return [...this.#accounts.values()].map(({ machine, states, transitions }) => ({
      machine,
      states: Object.fromEntries(states),
      transitions: Object.fromEntries(transitions),
    }));
  }

  #note(account: Account, kind: 'states' | 'transitions', name: string, by: Taken): void {
    const before = account[kind].get(name);
    // The machine itself is no state that could be missed.
    if (before === undefined || before === 'actor' || before === by) return;
    const now = stronger(before, by);
    account[kind].set(name, now);
    this.#listener?.taken(account.index, kind, name, now);
  }

  #accountOf(machine: AnyStateMachine): Account {
    const known = this.#known.get(machine);
    if (known) return known;
    const empty = emptyCoverage(machine);
    const identity = identityOf(empty);
    const account = this.#accounts.get(identity) ?? this.#open(identity, empty);
    this.#known.set(machine, account);
    return account;
  }

  #open(identity: string, empty: ChartCoverage): Account {
    const account: Account = {
      index: this.#accounts.size,
      machine: empty.machine,
      states: new Map(Object.entries(empty.states)),
      transitions: new Map(Object.entries(empty.transitions)),
    };
    this.#accounts.set(identity, account);
    this.#listener?.machine(account.index, empty);
    return account;
  }
}
