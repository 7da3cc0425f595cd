import type { ChartGraph, ChartState, ChartTransition } from './chart.ts';
import { type Columns, columnsOf } from './columns.ts';
import { arrowLines, type Line, noteLines } from './lines.ts';
import { createTree, type Tree } from './tree.ts';

/** What is drawn of a graph. A picture of every single transition is a picture that nobody reads. */
export interface Picture {
  readonly graph: ChartGraph;
  readonly tree: Tree;
  readonly columns: Columns;
  readonly boxes: ReadonlyMap<string, Box>;
  readonly arrows: readonly Arrow[];
}

/** A state, and what is written in it. */
export interface Box {
  readonly state: ChartState;
  /** What it does without being left, or what leads where an arrow of a state around it leads already. */
  readonly notes: readonly Line[];
}

/** All transitions between two states. */
export interface Arrow {
  readonly source: string;
  readonly target: string;
  /** Whether it leads from one column to the other: then it is drawn between the outermost states around its ends. */
  readonly isAcross: boolean;
  /** Whether it is the shortest step that its source takes in the order of the machine: the way that one follows first. */
  readonly isOnward: boolean;
  readonly lines: readonly Line[];
}

/** So many states that lead to one outside: the state around them gets the arrow, and they get notes. */
const MANY = 3;

/** Arrows to one state that the eye can still follow. Where there are more, none is drawn, and all are notes. */
const MOST_ARROWS = 16;

/** Arrows in one picture: the time that the layout takes grows much faster than their number. */
const MOST_IN_ALL = 320;

/**
 * Decides what becomes an arrow and what a note. Parallel arrows become one. Where several states inside another lead to the
 * same one outside, one arrow from the state around them stands for all.
 */
export function pictureOf(graph: ChartGraph): Picture {
  const tree = createTree(graph);
  const steps = thinned(
    graph.transitions.flatMap((transition) => stepsOf(transition, tree)),
    tree,
  );
  const shared = sharedArrows(steps, tree);
  const arrows = new Map<string, Draft>();
  const notes = new Map<string, Step[]>();
  for (const step of steps) {
    const around = step.isNote ? undefined : sharedBy(step, shared, tree);
    const source = around ?? step.source;
    if (!step.isNote) {
      const key = JSON.stringify([source, step.target]);
      const draft = arrows.get(key) ?? { source, target: step.target, own: [], inner: [] };
      arrows.set(key, draft);
      (source === step.source ? draft.own : draft.inner).push(step.transition);
    }
    if (source !== step.source || step.isNote) notes.set(step.source, [...(notes.get(step.source) ?? []), step]);
  }
  const columns = columnsOf(tree);
  const drafts = [...arrows.values()];
  const onward = onwardOf(drafts, columns, tree);
  return {
    graph,
    tree,
    columns,
    boxes: new Map(graph.states.map((state) => [state.path, { state, notes: notesOf(state, notes, graph, tree) }])),
    arrows: drafts.map((draft) => ({ ...arrowOf(draft, columns, graph, tree), isOnward: onward.has(draft) })),
  };
}

/** Of each state in the first column, whichever of those inside it goes on. */
function onwardOf(drafts: readonly Draft[], { second }: Columns, tree: Tree): ReadonlySet<Draft> {
  const nearest = new Map<string, { readonly draft: Draft; readonly steps: number }>();
  for (const draft of drafts) {
    const [from, to] = [tree.pathTo(draft.source), tree.pathTo(draft.target)];
    const leaves = from.find((path, depth) => path !== to[depth]) ?? '';
    const steps = tree.stepsBetween(draft.source, draft.target);
    if (steps <= 0 || second.includes(tree.outermost(draft.target))) continue;
    if (steps < (nearest.get(leaves)?.steps ?? Number.POSITIVE_INFINITY)) nearest.set(leaves, { draft, steps });
  }
  return new Set([...nearest.values()].map(({ draft }) => draft));
}

function arrowOf(
  { source, target, own, inner }: Draft,
  columns: Columns,
  graph: ChartGraph,
  tree: Tree,
): Omit<Arrow, 'isOnward'> {
  const lines = arrowLines(own, inner, graph);
  const [from, to] = [tree.outermost(source), tree.outermost(target)];
  const isAcross = columns.second.includes(from) !== columns.second.includes(to);
  if (!isAcross || lines.length === 0) return { source, target, isAcross, lines };
  const before = from === source ? '' : `${tree.shortName(source)}: `;
  const after = to === target ? '' : ` → ${tree.shortName(target)}`;
  return { source, target, isAcross, lines: lines.map((line) => ({ ...line, text: `${before}${line.text}${after}` })) };
}

interface Draft {
  readonly source: string;
  readonly target: string;
  readonly own: ChartTransition[];
  readonly inner: ChartTransition[];
}

/** One transition to one of its targets. */
interface Step {
  readonly transition: ChartTransition;
  readonly source: string;
  /** Its source where it has none. */
  readonly target: string;
  /** An arrow from a state to itself, or to one inside or around it, cannot be followed with the eye. */
  readonly isNote: boolean;
}

function stepsOf(transition: ChartTransition, tree: Tree): Step[] {
  const { source, targets } = transition;
  if (targets.length === 0) return [{ transition, source, target: source, isNote: true }];
  return targets.map((target) => ({
    transition,
    source,
    target,
    isNote: tree.contains(source, target) || tree.contains(target, source),
  }));
}

/** Steps that would be too many arrows into one state become notes. What has a state around it may still share one. */
function thinned(steps: readonly Step[], tree: Tree): readonly Step[] {
  const sources = new Map<string, Set<string>>();
  for (const { source, target, isNote } of steps) {
    if (!isNote) sources.set(target, (sources.get(target) ?? new Set()).add(tree.outermost(source)));
  }
  const crowded = new Set([...sources].filter(([, from]) => from.size > MOST_ARROWS).map(([target]) => target));
  const left = steps.filter(({ isNote, target }) => !isNote && !crowded.has(target));
  const lengthOf = ({ source, target }: Step): number => Math.abs(tree.stepsBetween(source, target));
  // The shortest ones are read most easily, and are the way through the machine.
  const byLength = left.length > MOST_IN_ALL ? left.toSorted((one, other) => lengthOf(one) - lengthOf(other)) : left;
  const drawn = new Set(byLength.slice(0, MOST_IN_ALL));
  return steps.map((step) => (step.isNote || drawn.has(step) ? step : { ...step, isNote: true }));
}

/** For each target the states around its sources that get an arrow in their place, from the outside in. */
function sharedArrows(steps: readonly Step[], tree: Tree): ReadonlyMap<string, readonly string[]> {
  const sources = new Map<string, Map<string, Set<string>>>();
  for (const { source, target, isNote } of steps) {
    if (isNote) continue;
    const counts = sources.get(target) ?? new Map<string, Set<string>>();
    sources.set(target, counts);
    for (const around of tree.pathTo(source)) {
      if (around !== '' && !tree.contains(around, target)) {
        counts.set(around, (counts.get(around) ?? new Set()).add(source));
      }
    }
  }
  return new Map(
    [...sources].map(([target, counts]) => [
      target,
      [...counts].filter(([, those]) => those.size >= MANY).map(([around]) => around),
    ]),
  );
}

function sharedBy(step: Step, shared: ReadonlyMap<string, readonly string[]>, tree: Tree): string | undefined {
  const candidates = shared.get(step.target) ?? [];
  return tree.pathTo(step.source).find((around) => candidates.includes(around));
}

function notesOf(
  { path }: ChartState,
  notes: ReadonlyMap<string, readonly Step[]>,
  graph: ChartGraph,
  tree: Tree,
): readonly Line[] {
  const groups = new Map<string, { readonly to: string; readonly transitions: ChartTransition[] }>();
  for (const { transition, target } of notes.get(path) ?? []) {
    const to = destination(transition, target, tree);
    const group = groups.get(to) ?? { to, transitions: [] };
    groups.set(to, group);
    group.transitions.push(transition);
  }
  return [...groups.values()].flatMap(({ to, transitions }) => noteLines(to, transitions, graph));
}

/** In the words of a note: a name is enough where it is that of one state. */
function destination({ source, targets, actions }: ChartTransition, target: string, tree: Tree): string {
  if (targets.length === 0) return actions.length === 0 ? 'ignored' : 'stays';
  if (target === source) return 'again';
  if (tree.contains(target, source)) return `${tree.shortName(target)} again`;
  return tree.shortName(target);
}
