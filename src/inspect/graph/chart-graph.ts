import type { AnyStateMachine, AnyStateNode } from 'xstate';
import type { ChartGraph, ChartState, ChartTransition } from './chart.ts';
import { delayWords, eventWords } from './labels.ts';
import { actionNames, asList, guardName, invokesOf } from './names.ts';

type Definition = NonNullable<AnyStateNode['always']>[number];

/**
 * Reads a machine, one of this library or any other of XState v5, into plain data: all states and all transitions, with the names of
 * guards, actions, delays and actors. Nothing is run.
 */
export function chartGraph(machine: AnyStateMachine): ChartGraph {
  const { root }: { root: AnyStateNode } = machine;
  const nodes = withDescendants(root);
  const paths = pathsOf(nodes);
  return {
    id: machine.id,
    states: nodes.map((node) => stateOf(node, paths)),
    transitions: nodes.flatMap((node) => transitionsOf(node, paths)),
  };
}

function withDescendants(node: AnyStateNode): AnyStateNode[] {
  return [node, ...childrenOf(node).flatMap(withDescendants)];
}

function childrenOf({ states }: AnyStateNode): AnyStateNode[] {
  return Object.values<AnyStateNode>(states);
}

/** `a.b` may be the state `b` of `a`, or one whose name has a dot. */
function pathsOf(nodes: readonly AnyStateNode[]): ReadonlyMap<AnyStateNode, string> {
  const taken = new Set<string>();
  const paths = new Map<AnyStateNode, string>();
  for (const node of nodes) {
    const plain = node.path.join('.');
    const path = taken.has(plain) ? node.path.map((name) => name.replaceAll('.', '\\.')).join('.') : plain;
    taken.add(path);
    paths.set(node, path);
  }
  return paths;
}

function stateOf(node: AnyStateNode, paths: ReadonlyMap<AnyStateNode, string>): ChartState {
  const { parent, history, description } = node;
  const isInitial = parent?.type === 'compound' && asList(parent.initial.target).includes(node);
  return {
    path: pathOf(node, paths),
    name: node.key,
    id: node.id,
    kind: node.type,
    ...(parent ? { parent: pathOf(parent, paths) } : {}),
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

function transitionsOf(node: AnyStateNode, paths: ReadonlyMap<AnyStateNode, string>): ChartTransition[] {
  const definitions = [...[...node.transitions.values()].flat(), ...(node.always ?? [])];
  const transitions = definitions.map((definition) => transitionOf(definition, node, paths));
  return node.type === 'history' ? [...transitions, ...defaultOf(node, paths)] : transitions;
}

function transitionOf(
  definition: Definition,
  node: AnyStateNode,
  paths: ReadonlyMap<AnyStateNode, string>,
): ChartTransition {
  const { eventType: event, target, guard, description, actions, reenter } = definition;
  const words = isDelayed(definition) ? delayWords(definition.delay) : eventWords(event, node);
  return {
    source: pathOf(node, paths),
    targets: (target ?? []).map((state: AnyStateNode) => pathOf(state, paths)),
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
function defaultOf(node: AnyStateNode, paths: ReadonlyMap<AnyStateNode, string>): ChartTransition[] {
  const targets = asList(node.config.target)
    .map((name) => node.parent?.states[String(name)])
    .filter((state) => state !== undefined)
    .map((state: AnyStateNode) => pathOf(state, paths));
  if (targets.length === 0) return [];
  const source = pathOf(node, paths);
  return [{ source, targets, kind: 'always', event: '', label: 'without history', actions: [], reenter: false }];
}

function isDelayed(definition: Definition): definition is Definition & { readonly delay: string | number } {
  return 'delay' in definition && (typeof definition.delay === 'string' || typeof definition.delay === 'number');
}

function pathOf(node: AnyStateNode, paths: ReadonlyMap<AnyStateNode, string>): string {
  return paths.get(node) ?? node.path.join('.');
}
