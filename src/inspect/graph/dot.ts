import type { ChartGraph, ChartState } from './chart.ts';
import { transitionText } from './lines.ts';
import { createTree, type Tree } from './tree.ts';

/**
 * Writes a machine for Graphviz: `dot -Tsvg`. States with states inside are clusters. An arrow to or from a cluster ends at its border
 * (`compound=true`).
 */
export function renderDot(graph: ChartGraph): string {
  const tree = createTree(graph);
  const lines = [
    'compound=true;',
    'rankdir=TB;',
    'node [shape=box, style=rounded, fontname="sans-serif", fontsize=12];',
    'edge [fontname="sans-serif", fontsize=10];',
    'fontname="sans-serif";',
    `label=${quoted(graph.id)};`,
    'labelloc=t;',
    ...declare('', graph, tree),
    ...arrows(graph, tree),
  ];
  return [`digraph ${quoted(graph.id)} {`, ...lines.map((line) => `  ${line}`), '}', ''].join('\n');
}

function declare(path: string, graph: ChartGraph, tree: Tree): string[] {
  const children = tree.childrenOf(path);
  const initial = children.find(({ isInitial }) => isInitial);
  const states = children.flatMap((state) => {
    if (tree.childrenOf(state.path).length === 0) return [`${quoted(state.path)} [${attributes(state)}];`];
    return [
      `subgraph ${quoted(`cluster_${state.path}`)} {`,
      `  label=${quoted(state.name)};${state.description === undefined ? '' : ` tooltip=${quoted(state.description)};`}`,
      `  style=${tree.at(path)?.kind === 'parallel' ? '"rounded,dashed"' : 'rounded'};`,
      ...declare(state.path, graph, tree).map((line) => `  ${line}`),
      '}',
    ];
  });
  if (initial === undefined) return states;
  const dot = quoted(`initial:${path}`);
  return [
    `${dot} [shape=point, width=0.12, label=""];`,
    ...states,
    `${dot} -> ${quoted(leafOf(initial.path, tree))}${listed(clusterEnds(undefined, initial.path, tree))};`,
  ];
}

function attributes({ name, kind, history, description }: ChartState): string {
  const shape = kind === 'final' ? ', peripheries=2' : kind === 'history' ? ', shape=circle' : '';
  const label = kind === 'history' ? (history === 'deep' ? 'H*' : 'H') : name;
  return `label=${quoted(label)}${shape}${description === undefined ? '' : `, tooltip=${quoted(description)}`}`;
}

/** One arrow for all transitions between the same two states; those that stay where they are do not appear. */
function arrows(graph: ChartGraph, tree: Tree): string[] {
  const texts = new Map<string, { readonly source: string; readonly target: string; readonly texts: Set<string> }>();
  for (const transition of graph.transitions) {
    for (const target of transition.targets) {
      // The machine itself has no border that an arrow could come from.
      if (transition.source === '' || target === '') continue;
      const key = JSON.stringify([transition.source, target]);
      const arrow = texts.get(key) ?? { source: transition.source, target, texts: new Set<string>() };
      texts.set(key, arrow);
      arrow.texts.add(transitionText(transition, graph));
    }
  }
  return [...texts.values()].map(({ source, target, texts: lines }) => {
    const label = `label=${quoted([...lines].join('\n'))}`;
    const ends = `${quoted(leafOf(source, tree))} -> ${quoted(leafOf(target, tree))}`;
    return `${ends}${listed([label, ...clusterEnds(source, target, tree)])};`;
  });
}

/** Graphviz draws arrows between states alone, and cuts them at the border of a cluster that the other end is not in. */
function clusterEnds(source: string | undefined, target: string, tree: Tree): string[] {
  const isCluster = (path: string): boolean => tree.childrenOf(path).length > 0;
  const leavesFrom = source !== undefined && isCluster(source) && !tree.contains(source, target);
  const arrivesAt = isCluster(target) && (source === undefined || !tree.contains(target, source));
  return [
    ...(leavesFrom ? [`ltail=${quoted(`cluster_${source}`)}`] : []),
    ...(arrivesAt ? [`lhead=${quoted(`cluster_${target}`)}`] : []),
  ];
}

/** The first state inside that has none inside. */
function leafOf(path: string, tree: Tree): string {
  const [first] = tree.childrenOf(path);
  return first === undefined ? path : leafOf(first.path, tree);
}

function listed(parts: readonly string[]): string {
  return parts.length === 0 ? '' : ` [${parts.join(', ')}]`;
}

/** A quoted string of DOT, in which backslashes begin what Graphviz would replace. */
function quoted(text: string): string {
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replace(/\r\n?|\n/g, '\\n');
  return `"${escaped.replace(/\p{Cc}/gu, ' ')}"`;
}
