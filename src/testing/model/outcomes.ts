import type { AnyStateMachine } from 'xstate';
import { activePaths } from '../../../machines/state-path.ts';
import { matchesAny } from './cases.ts';
import { describeAction, type ModelAction, type ModelEdge, type ModelGraph, type ModelNode } from './graph.ts';
import { allStates, type TransitionId } from './transition-id.ts';

/**
 * What comes of every event in every state, as a text to be read and kept: where it leads, what of the context changes, which outer state
 * handles it, what is done; and which events are ignored. Graphs of one machine, explored with several inputs, make one table. A test that compares it with the
 * one that was kept notices every change of behaviour.
 */
export function describeOutcomes(...graphs: readonly ModelGraph[]): string {
  const nodes = groupBy(
    graphs.flatMap(({ nodes }) => nodes),
    ({ state }) => state,
  );
  const [machine] = graphs.map((graph) => graph.machine);
  const events = machine ? ownEvents(machine) : [];
  const states = [...nodes].map(([state, ofState]) => describeState(state, ofState, events));
  return [...new Set(graphs.map(describeBeginning)), '', ...states].join('\n');
}

function describeBeginning({ nodes: [{ state }], initialActions }: ModelGraph): string {
  return `begins → ${state}${describeActions(initialActions)}`;
}

function describeState(state: string, nodes: readonly ModelNode[], events: readonly string[]): string {
  const edges = nodes.flatMap((node) => node.edges);
  const byOutcome = groupBy(edges, describeOutcome);
  const lines = [...byOutcome].map(([outcome, same]) => `  ${names(same, edges)}\n    ${outcome}`);
  const handled = new Set(
    nodes.flatMap(({ snapshot }) => snapshot._nodes.flatMap(({ transitions }) => [...transitions.keys()])),
  );
  const ignored = nodes.some(({ snapshot }) => snapshot.status === 'active')
    ? events.filter((type) => !matchesAny(handled, type))
    : [];
  return [state, ...lines, ...(ignored.length > 0 ? [`  ignored: ${ignored.join(', ')}`] : []), ''].join('\n');
}

function describeOutcome({ source, target, transitions, actions, changes }: ModelEdge): string {
  if (transitions.length === 0) return target.snapshot.status === 'error' ? 'fails' : 'nothing';
  const where = source.state === target.state ? 'stays' : `→ ${target.state}`;
  const known = changes.length > 0 ? ` (${changes.join(', ')})` : '';
  return `${where}${known}${describeHandler(source, transitions)}${describeActions(actions)}`;
}

/** Which state handles the event, where it is not the innermost. */
function describeHandler({ snapshot }: ModelNode, [transition = '']: readonly TransitionId[]): string {
  const [handler = ''] = transition.split(' | ');
  if (handler === '') return ' by the root';
  return activePaths(snapshot.value).some((path) => path.startsWith(`${handler}.`)) ? ` by ${handler}` : '';
}

/** Timers come and go with their states. */
function describeActions(actions: readonly ModelAction[]): string {
  const done = actions.map(describeAction).filter((words) => !words.includes(' xstate.after.'));
  return done.length > 0 ? `: ${done.join(', ')}` : '';
}

/** Labels of edges; of events for which all cases come to the same, the type alone. */
function names(edges: readonly ModelEdge[], all: readonly ModelEdge[]): string {
  const byType = groupBy(edges, ({ event }) => event.type);
  return [...byType]
    .flatMap(([type, list]) => {
      const labels = new Set(list.map(({ label }) => label));
      const isEvery = all.every((edge) => edge.event.type !== type || labels.has(edge.label));
      return isEvery && labels.size > 1 ? [type] : [...labels];
    })
    .join(', ');
}

/** What others send to a machine: not the end of its children and timers. */
function ownEvents(machine: AnyStateMachine): string[] {
  const types = new Set(allStates(machine).flatMap(({ transitions }) => [...transitions.keys()]));
  return [...types].filter((type) => !type.includes('*') && !type.startsWith('xstate.'));
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item)) ?? [];
    group.push(item);
    groups.set(keyOf(item), group);
  }
  return groups;
}
