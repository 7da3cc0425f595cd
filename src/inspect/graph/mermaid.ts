import type { ChartGraph, ChartState } from './chart.ts';
import { transitionText } from './lines.ts';
import { createTree, type Tree } from './tree.ts';

/** What may be chosen of a Mermaid diagram. */
export interface MermaidOptions {
  /**
   * Path of a state: the diagram shows what is directly inside it, and where that leads outside. By default everything is shown, however
   * deep.
   */
  readonly state?: string | undefined;
}

/**
 * Writes a machine as a state diagram of Mermaid, version 10 or later. States have ids of their own, for Mermaid allows few characters
 * in them; what the machine calls them is their text.
 */
export function renderMermaid(graph: ChartGraph, { state }: MermaidOptions = {}): string {
  const tree = createTree(graph);
  const ids = new Map(graph.states.map(({ path }, index) => [path, idOf(path, index)]));
  const lines = state === undefined ? wholeOf(graph, tree, ids) : partOf(state, graph, tree, ids);
  return ['stateDiagram-v2', ...lines.map((line) => `  ${line}`), ''].join('\n');
}

type Ids = ReadonlyMap<string, string>;

function wholeOf(graph: ChartGraph, tree: Tree, ids: Ids): string[] {
  return [...declare('', tree, ids), ...arrowsBetween(graph, ids, (path) => path)];
}

/** The states inside, those inside them counting as they, and the states outside that they lead to or that lead to them. */
function partOf(path: string, graph: ChartGraph, tree: Tree, ids: Ids): string[] {
  const children = tree.childrenOf(path);
  const within = (end: string): string =>
    children.find((child) => tree.contains(child.path, end))?.path ?? (end === path ? '' : end);
  const isInside = (end: string): boolean => children.some((child) => child.path === end);
  const relevant = graph.transitions.filter(({ source }) => source !== '' && isInside(within(source)));
  const outside = new Set(
    relevant.flatMap(({ targets }) => targets.map(within)).filter((end) => end && !isInside(end)),
  );
  return [
    ...children.map((child) => declaration(child, ids)),
    ...[...outside].map((end) => `state ${quoted(end)} as ${ids.get(end)}`),
    ...beginnings(path, tree, ids),
    ...(tree.at(path)?.kind === 'parallel' ? [`note right of ${ids.get(children[0]?.path ?? '')} : all at once`] : []),
    ...arrowsBetween({ ...graph, transitions: relevant }, ids, within),
  ];
}

/** Everything inside a state. Regions that run at once are divided by `--`. */
function declare(path: string, tree: Tree, ids: Ids): string[] {
  const isParallel = tree.at(path)?.kind === 'parallel';
  const parts = tree.childrenOf(path).map((child) => {
    const inner = tree.childrenOf(child.path);
    if (inner.length === 0) return [declaration(child, ids)];
    return [
      `state ${quoted(child.name)} as ${ids.get(child.path)} {`,
      ...declare(child.path, tree, ids).map((line) => `  ${line}`),
      '}',
    ];
  });
  const divided = isParallel ? parts.flatMap((part, index) => (index === 0 ? part : ['--', ...part])) : parts.flat();
  return [...divided, ...beginnings(path, tree, ids)];
}

function declaration({ name, path, kind, history }: ChartState, ids: Ids): string {
  const mark = kind === 'history' ? ` (${history === 'deep' ? 'deep ' : ''}history)` : '';
  return `state ${quoted(name + mark)} as ${ids.get(path)}`;
}

function beginnings(path: string, tree: Tree, ids: Ids): string[] {
  const children = tree.childrenOf(path);
  return [
    ...children.filter(({ isInitial }) => isInitial).map((child) => `[*] --> ${ids.get(child.path)}`),
    ...children.filter(({ kind }) => kind === 'final').map((child) => `${ids.get(child.path)} --> [*]`),
  ];
}

/** One arrow for all transitions between the same two states; those that stay where they are do not appear. */
function arrowsBetween(graph: ChartGraph, ids: Ids, at: (path: string) => string): string[] {
  const arrows = new Map<string, Set<string>>();
  for (const transition of graph.transitions) {
    for (const target of transition.targets) {
      const [from, to] = [ids.get(at(transition.source)), ids.get(at(target))];
      const isKept = at(transition.source) !== at(target) || transition.source === target;
      // What the machine itself does has no state to come from.
      if (from === undefined || to === undefined || at(transition.source) === '' || at(target) === '' || !isKept)
        continue;
      const key = `${from} --> ${to}`;
      arrows.set(key, (arrows.get(key) ?? new Set()).add(transitionText(transition, graph)));
    }
  }
  return [...arrows].map(([key, texts]) => key + labelled([...texts].filter((text) => text !== '')));
}

/** Lines that one arrow can have beside it. */
const MOST_LINES = 5;

function labelled(texts: readonly string[]): string {
  if (texts.length === 0) return '';
  const shown =
    texts.length <= MOST_LINES
      ? texts
      : [...texts.slice(0, MOST_LINES - 1), `and ${texts.length - MOST_LINES + 1} more`];
  return ` : ${shown.map(escaped).join('<br/>')}`;
}

/** Letters and digits of the path, and a number, for two paths may have the same. */
function idOf(path: string, index: number): string {
  return `s${index}_${path.replace(/[^A-Za-z0-9]+/g, '_')}`;
}

function quoted(text: string): string {
  return `"${escaped(text)}"`;
}

/**
 * Whatever Mermaid, or the HTML that it makes, would read as more than text, as the code of a character: `#35;`. Controls and line ends
 * become spaces.
 */
function escaped(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[^\p{L}\p{N} .,_()[\]/→…*+=!?'-]/gu, (character) => `#${character.codePointAt(0)};`);
}
