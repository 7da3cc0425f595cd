import type { ChartGraph, ChartState } from './chart.ts';

/** Who is inside whom. */
export interface Tree {
  readonly root: ChartState;
  /** The state at a path. */
  at(path: string): ChartState | undefined;
  /** The states directly inside, in the order of the machine; the one where the state begins comes first. */
  childrenOf(path: string): readonly ChartState[];
  /** Paths from the machine itself down to the state, both included. */
  pathTo(path: string): readonly string[];
  /** The state directly in the machine that a state is, or is inside of. */
  outermost(path: string): string;
  /** How much further down the second stands in the state that is around both; negative where it stands further up. */
  stepsBetween(source: string, target: string): number;
  /** Whether the second is the first, or inside it. */
  contains(outer: string, inner: string): boolean;
  /** How many states are inside, however deep. */
  sizeOf(path: string): number;
  /** The name of a state, or its path where another state has that name too. */
  shortName(path: string): string;
}

/** Reads the nesting from a graph. A state whose parent is missing counts as one of the machine itself. */
export function createTree({ id, states }: ChartGraph): Tree {
  const byPath = new Map(states.map((state) => [state.path, state]));
  const children = new Map<string, ChartState[]>();
  const names = new Map<string, number>();
  for (const state of states) {
    names.set(state.name, (names.get(state.name) ?? 0) + 1);
    if (state.path === '') continue;
    const parent = byPath.has(state.parent ?? '') ? (state.parent ?? '') : '';
    children.set(parent, [...(children.get(parent) ?? []), state]);
  }
  for (const inner of children.values()) inner.sort((one, other) => Number(other.isInitial) - Number(one.isInitial));
  const childrenOf = (path: string): readonly ChartState[] => children.get(path) ?? [];
  const pathTo = (path: string): readonly string[] => {
    const state = byPath.get(path);
    if (state === undefined || path === '') return [''];
    return [...pathTo(state.parent ?? ''), path];
  };
  const sizeOf = (path: string): number => childrenOf(path).reduce((sum, state) => sum + 1 + sizeOf(state.path), 0);
  return {
    root: byPath.get('') ?? bareRoot(id),
    at: (path) => byPath.get(path),
    childrenOf,
    pathTo,
    outermost: (path) => pathTo(path)[1] ?? path,
    stepsBetween(source, target) {
      const [from, to] = [pathTo(source), pathTo(target)];
      const apart = from.findIndex((path, depth) => path !== to[depth]);
      const siblings = childrenOf(from[apart - 1] ?? '').map(({ path }) => path);
      return siblings.indexOf(to[apart] ?? '') - siblings.indexOf(from[apart] ?? '');
    },
    contains: (outer, inner) => pathTo(inner).includes(outer),
    sizeOf,
    shortName(path) {
      const name = byPath.get(path)?.name ?? path;
      return names.get(name) === 1 ? name : path || id;
    },
  };
}

function bareRoot(id: string): ChartState {
  return { path: '', name: id, id, kind: 'compound', isInitial: false, tags: [], entry: [], exit: [], invokes: [] };
}
