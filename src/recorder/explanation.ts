import type { AnyMachineSnapshot, AnyStateNode } from 'xstate';
import { phasePath, statePath } from '../../machines/state-path.ts';
import { type Explanation, XmppError } from '../errors/index.ts';
import { adviceFor } from './advice.ts';
import { formatDuration } from './duration.ts';

/** What somebody wrote down about the life of an actor. Milliseconds since 1970. */
export interface Times {
  /** When its states were entered, by path. */
  readonly since: ReadonlyMap<string, number>;
  /** Type of the last event. */
  readonly last: string | undefined;
  /** The moment to explain. */
  readonly now: number;
}

/** Reads off the chart itself where an actor is, what it waits for and what can follow. */
export function explanationOf(snapshot: AnyMachineSnapshot, times: Times): Explanation {
  // Of parallel regions that have a state around them, it is that state that people know.
  const state = phasePath(snapshot.value) || statePath(snapshot.value);
  const node = nodeAt(snapshot, state);
  const since = times.since.get(state);
  const ways = waysOut(snapshot);
  const until = deadlineOf(snapshot, state, times);
  const advice = adviceFor(snapshot);
  const summary = summaryOf(snapshot, node);
  return {
    state,
    sentence: sentenceOf(snapshot, { state, since, until, summary, advice }, times),
    description: node?.description ?? '',
    summary,
    ...(since === undefined ? {} : { since }),
    waitsFor: unique(ways.map(({ event }) => event)),
    ...(until ? { until } : {}),
    ...(times.last === undefined ? {} : { last: times.last }),
    next: unique(
      ways.toSorted((one, other) => Number(one.isMishap) - Number(other.isMishap)).map(({ target }) => target),
    ),
    advice,
  };
}

interface Findings {
  readonly state: string;
  readonly since: number | undefined;
  readonly until: Explanation['until'];
  readonly summary: string;
  readonly advice: readonly string[];
}

interface Way {
  readonly event: string;
  readonly target: string;
  /** An actor failed. */
  readonly isMishap: boolean;
}

/** Of each active state the events that lead to another one; of those around it only where it has none itself. */
function waysOut({ _nodes: active }: AnyMachineSnapshot): Way[] {
  return active.filter(isInnermost).flatMap((leaf) => {
    for (let node: AnyStateNode | undefined = leaf; node; node = node.parent) {
      const ways = waysFrom(node);
      if (ways.length > 0) return ways;
    }
    return [];
  });
}

function waysFrom(node: AnyStateNode): Way[] {
  return [...node.transitions.values()].flat().flatMap(({ eventType, target }) => {
    if (eventType.startsWith('xstate.after')) return [];
    const isMishap = eventType.startsWith('xstate.error');
    return (target ?? []).map((to) => ({ event: eventType, target: to.path.join('.'), isMishap }));
  });
}

/** The deadline of the state itself or of one around it; otherwise the first one of those within. */
function deadlineOf(snapshot: AnyMachineSnapshot, state: string, times: Times): Explanation['until'] {
  const all = snapshot._nodes.flatMap((node) => deadlinesOf(node, snapshot, times));
  const around = all.filter(({ of }) => `${state}.`.startsWith(of === '' ? '' : `${of}.`));
  const [first] = (around.length > 0 ? around : all).toSorted((one, other) => one.at - other.at);
  return first && { at: first.at, next: first.next };
}

function deadlinesOf(node: AnyStateNode, snapshot: AnyMachineSnapshot, { since }: Times) {
  const of = node.path.join('.');
  const entered = since.get(of);
  if (entered === undefined) return [];
  return node.after.flatMap(({ delay, target }) => {
    const wait = milliseconds(delay, snapshot);
    return wait === undefined ? [] : [{ of, at: entered + wait, next: target?.[0]?.path.join('.') ?? of }];
  });
}

/** Delays may be functions of an application, and want an event that is gone. */
function milliseconds(delay: unknown, { machine, context }: AnyMachineSnapshot): number | undefined {
  if (typeof delay === 'number') return delay;
  const implementation = machine.implementations.delays[String(delay)];
  if (typeof implementation === 'number') return implementation;
  if (typeof implementation !== 'function') return undefined;
  try {
    const wait: unknown = Reflect.apply(implementation, undefined, [{ context, event: { type: '' } }]);
    return typeof wait === 'number' ? wait : undefined;
  } catch {
    return undefined;
  }
}

function sentenceOf({ machine }: AnyMachineSnapshot, findings: Findings, { now }: Times): string {
  const { state, since, until, summary, advice } = findings;
  const where = `The ${machine.id} is in ${state || 'its only state'}`;
  const duration = since === undefined ? '' : `, for ${formatDuration(now - since)}`;
  const [first = ''] = advice;
  return [
    `${where}${duration}${summary === '' ? '.' : ':'}`,
    summary,
    until && `If nothing else comes, ${until.next} follows in ${formatDuration(Math.max(0, until.at - now))}.`,
    summary.includes(first) ? undefined : first,
  ]
    .filter(Boolean)
    .join(' ');
}

/** Of parallel regions each one says something. */
function summaryOf(snapshot: AnyMachineSnapshot, node: AnyStateNode | undefined): string {
  const { error } = snapshot.context ?? {};
  const inner = node?.type === 'parallel' ? snapshot._nodes.filter(isInnermost) : [];
  const descriptions = [node, ...inner].flatMap((each) => each?.description ?? []);
  return [...descriptions, ...(error instanceof XmppError ? [`The last error: ${closed(error.message)}`] : [])].join(
    ' ',
  );
}

function nodeAt({ machine }: AnyMachineSnapshot, path: string): AnyStateNode | undefined {
  let node: AnyStateNode | undefined = machine.root;
  for (const name of path === '' ? [] : path.split('.')) node = node?.states[name];
  return node;
}

function isInnermost({ states }: AnyStateNode): boolean {
  return Object.keys(states).length === 0;
}

function closed(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
