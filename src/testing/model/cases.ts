import type { AnyMachineSnapshot, AnyStateMachine, EventFromLogic } from 'xstate';
import { statePath } from '../../../machines/state-path.ts';
import { childEnd } from './child-event.ts';
import type { SnapshotOf } from './graph.ts';
import { ModelError } from './model-error.ts';
import { allStates } from './transition-id.ts';

/**
 * What is tried, by the type of the event: payloads in a list, or by a name for each. Events of children are events like others
 * (`xstate.done.actor.lookup`: `{ output }`, `xstate.error.actor.lookup`: `{ error }`). An empty list says that an event is not to be
 * tried. Events of `after` need no entry: they are tried wherever such a timer runs.
 */
export type Cases<M extends AnyStateMachine> = {
  readonly [T in EventFromLogic<M>['type'] | `xstate.${string}`]?: CasesOf<
    PayloadOf<EventFromLogic<M>, T>,
    SnapshotOf<M>
  >;
};

/** All that is tried of one event. */
type CasesOf<P, S> = readonly Case<P, S>[] | Readonly<Record<string, Case<P, S>>>;

/** A payload, or what makes one for a snapshot; `undefined` where it cannot happen. */
type Case<P, S> = P | ((snapshot: S) => P | undefined);

/** An event without its type; nobody need say of which actor it is. */
type PayloadOf<E, T> = E extends { readonly type: infer U }
  ? T extends U
    ? Omit<E, 'type' | 'actorId'>
    : T extends `xstate.${string}`
      ? object
      : never
  : never;

/** One event that is tried. */
export interface EventCase<M extends AnyStateMachine> {
  readonly type: string;
  readonly label: string;
  /** @throws ModelError where the entry of the table throws */
  eventFor(snapshot: SnapshotOf<M>): EventFromLogic<M> | undefined;
}

/**
 * Reads the table.
 *
 * @throws ModelError where it names an event that no state of the machine handles, or an entry is not what its event consists of
 */
export function readCases<M extends AnyStateMachine>(machine: M, cases: Cases<M>): EventCase<M>[] {
  const entries = Object.entries<CasesOf<object, SnapshotOf<M>> | undefined>(cases);
  const descriptors = new Set(allStates(machine).flatMap(({ transitions }) => [...transitions.keys()]));
  const unknown = entries.map(([type]) => type).filter((type) => !matchesAny(descriptors, type));
  if (unknown.length > 0) {
    throw new ModelError(`No state of '${machine.id}' handles ${unknown.map((type) => `'${type}'`).join(', ')}`, {
      condition: 'unknown-case',
      hint: 'Check the spelling in the table of cases. Events of children are called `xstate.done.actor.<id>` and `xstate.error.actor.<id>`.',
    });
  }
  return entries.flatMap(([type, list = []]) => casesOf<M>(type, list));
}

/** Whether one of these descriptors, wildcards too, takes events of this type. */
export function matchesAny(descriptors: Iterable<string>, type: string): boolean {
  for (const descriptor of descriptors) {
    if (descriptor === type || descriptor === '*') return true;
    if (descriptor.endsWith('.*') && type.startsWith(descriptor.slice(0, -1))) return true;
    if (descriptor.endsWith('.*') && type === descriptor.slice(0, -2)) return true;
  }
  return false;
}

function casesOf<M extends AnyStateMachine>(type: string, list: CasesOf<object, SnapshotOf<M>>): EventCase<M>[] {
  const isList = Array.isArray(list);
  const named = Object.entries<Case<object, SnapshotOf<M>>>(list as Record<string, Case<object, SnapshotOf<M>>>);
  if (!isList && named.length === 0) throw malformed(type, 'is an empty record, which says nothing');
  return named.map(([name, entry]) => {
    const number = isList ? String(Number(name) + 1) : name;
    const label = isList && named.length === 1 ? type : `${type} (${number})`;
    if (!isMade(entry)) checkPayload(type, label, entry);
    return { type, label, eventFor: (snapshot) => eventFrom(type, label, entry, snapshot) };
  });
}

function eventFrom<M extends AnyStateMachine>(
  type: string,
  label: string,
  entry: Case<object, SnapshotOf<M>>,
  snapshot: SnapshotOf<M>,
): EventFromLogic<M> | undefined {
  const payload = isMade(entry) ? ask(label, entry, snapshot) : entry;
  if (payload === undefined) return undefined;
  // One that stands in the table was looked at when the table was read.
  if (isMade(entry)) checkPayload(type, label, payload);
  const end = childEnd(type);
  return { ...(end && { actorId: end.id }), ...payload, type } as EventFromLogic<M>;
}

function ask<S extends AnyMachineSnapshot>(
  label: string,
  entry: (snapshot: S) => object | undefined,
  snapshot: S,
): object | undefined {
  try {
    return entry(snapshot);
  } catch (cause) {
    throw new ModelError(`The case '${label}' failed in ${statePath(snapshot.value)}: ${cause}`, {
      condition: 'case-failed',
      cause,
      hint: 'A case is asked in every state that handles its event; it gives nothing where the event cannot happen.',
    });
  }
}

/** Else a payload that was written where a list or a record of them belongs would be tried as something that never happens. */
function checkPayload(type: string, label: string, payload: unknown): void {
  if (typeof payload !== 'object' || payload === null) throw malformed(type, `has no payload in '${label}'`);
  const wanted = resultIn(type);
  if (wanted && !(wanted in payload)) throw malformed(type, `has no \`${wanted}\` in '${label}'`);
}

/** What the event of a child that ended consists of. */
function resultIn(type: string): 'output' | 'error' | undefined {
  if (type.startsWith('xstate.done.actor.')) return 'output';
  return type.startsWith('xstate.error.actor.') ? 'error' : undefined;
}

function malformed(type: string, what: string): ModelError {
  const result = resultIn(type);
  const payload = result ? `{ ${result}: … }` : '{ … }';
  return new ModelError(`The entry '${type}' in the table of cases ${what}`, {
    condition: 'unknown-case',
    hint: `Write a list of payloads, \`[${payload}]\`, or a record of them by name, \`{ name: ${payload} }\`; \`[]\` if the event is not to be tried.`,
  });
}

function isMade<S>(entry: Case<object, S>): entry is (snapshot: S) => object | undefined {
  return typeof entry === 'function';
}
