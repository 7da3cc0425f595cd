import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';
import { allStates, ownTransitions, stateNodePath } from '../../testing/model/transition-id.ts';
import type { ChartGraph, ChartState, ChartTransition } from './chart.ts';
import { delayWords, eventWords } from './labels.ts';
import { actionNames, asList, guardName, invokesOf } from './names.ts';

/**
 * Reads a machine, one of this library or any other of XState v5, into plain data: all states and all transitions, with the names of
 * guards, actions, delays and actors. Nothing is run.
 */
export function chartGraph(machine: AnyStateMachine): ChartGraph {
  const nodes = allStates(machine);
  return { id: machine.id, states: nodes.map(stateOf), transitions: nodes.flatMap(transitionsOf) };
}

function stateOf(node: AnyStateNode): ChartState {
  const { parent, history, description } = node;
  const isInitial = parent?.type === 'compound' && asList(parent.initial.target).includes(node);
  return {
    path: stateNodePath(node),
    name: node.key,
    id: node.id,
    kind: node.type,
    ...(parent ? { parent: stateNodePath(parent) } : {}),
    isInitial,
    ...(history ? { history } : {}),
    ...(description ? { description } : {}),
    tags: [...node.tags],
    // The lists of the node itself also hold what XState adds for delays.
    entry: actionNames(node.config.entry),
    exit: actionNames(node.config.exit),
    invokes: invokesOf(node),
  };
}

function transitionsOf(node: AnyStateNode): ChartTransition[] {
  const transitions = ownTransitions(node).map((definition) => transitionOf(definition, node));
  return node.type === 'history' ? [...transitions, ...defaultOf(node)] : transitions;
}

function transitionOf(definition: AnyTransitionDefinition, node: AnyStateNode): ChartTransition {
  const { eventType: event, target, guard, description, actions, reenter } = definition;
  const words = isDelayed(definition) ? delayWords(definition.delay) : eventWords(event, node);
  return {
    source: stateNodePath(node),
    targets: (target ?? []).map(stateNodePath),
    kind: words.kind,
    event,
    label: words.label,
    ...(description ? { description } : {}),
    ...(guard === undefined ? {} : { guard: guardName(guard) }),
    actions: actionNames(actions),
    reenter,
  };
}

/** Where a history state leads as long as there is nothing to remember, if it says so. */
function defaultOf(node: AnyStateNode): ChartTransition[] {
  const targets = asList(node.config.target)
    .map((name) => node.parent?.states[String(name)])
    .filter((state) => state !== undefined)
    .map(stateNodePath);
  if (targets.length === 0) return [];
  const source = stateNodePath(node);
  return [{ source, targets, kind: 'always', event: '', label: 'without history', actions: [], reenter: false }];
}

function isDelayed(
  definition: AnyTransitionDefinition,
): definition is AnyTransitionDefinition & { readonly delay: string | number } {
  return 'delay' in definition && (typeof definition.delay === 'string' || typeof definition.delay === 'number');
}
