import type { AnyStateMachine, AnyTransitionDefinition } from 'xstate';
import type { ModelNode } from './graph.ts';
import { ModelError } from './model-error.ts';
import { allStates, stateNodePath } from './transition-id.ts';

/** States by the type of an event that they handle. */
type States = Map<string, Set<string>>;

/** The events of which a table of cases says nothing although the machine handles them. */
export class MissingCases {
  readonly #machine: AnyStateMachine;
  readonly #known: ReadonlySet<string>;
  readonly #missing: States = new Map();

  /** @param known types of the events that are in the table */
  constructor(machine: AnyStateMachine, known: ReadonlySet<string>) {
    this.#machine = machine;
    this.#known = known;
  }

  /** Looks at what is handled in a state that was reached. */
  notice(state: string, handled: Iterable<[string, readonly AnyTransitionDefinition[]]>): void {
    for (const [type, [transition]] of handled) {
      if (this.#wants(type, transition)) addTo(this.#missing, type, state);
    }
  }

  /** All that is missing, also in states that no way leads to as long as it is; `undefined` if nothing is. */
  error(reached: readonly ModelNode[]): ModelError | undefined {
    if (this.#missing.size === 0) return undefined;
    const { id } = this.#machine;
    const lines = [`The table of cases says nothing of events that '${id}' handles:`, ...linesOf(this.#missing)];
    const behind = this.#behind(reached);
    if (behind.size > 0) lines.push('nor, in states that are not reached without these, of:', ...linesOf(behind));
    return new ModelError(lines.join('\n'), {
      condition: 'missing-cases',
      hint: 'Add an entry for each: payloads to try, or an empty list if it is not to be tried.',
    });
  }

  #behind(reached: readonly ModelNode[]): States {
    const ids = new Set(reached.flatMap(({ snapshot }) => snapshot._nodes.map((node) => node.id)));
    const behind: States = new Map();
    for (const state of allStates(this.#machine).filter(({ id }) => !ids.has(id))) {
      for (const [type, [transition]] of state.transitions) {
        if (this.#wants(type, transition) && !this.#missing.has(type)) addTo(behind, type, stateNodePath(state));
      }
    }
    return behind;
  }

  #wants(type: string, transition: AnyTransitionDefinition | undefined): boolean {
    if (type.includes('*') || type.startsWith('xstate.done.state.') || isTimer(transition)) return false;
    return !this.#known.has(type);
  }
}

/** Whether this is what XState makes of an `after`. */
export function isTimer(transition: AnyTransitionDefinition | undefined): boolean {
  return transition !== undefined && 'delay' in transition;
}

function addTo(states: States, type: string, state: string): void {
  states.set(type, (states.get(type) ?? new Set()).add(state));
}

function linesOf(states: States): string[] {
  return [...states].map(([type, [state, ...others]]) => {
    return `  '${type}' in ${state === '' ? 'the root' : state}${others.length > 0 ? ` and ${others.length} more` : ''}`;
  });
}
