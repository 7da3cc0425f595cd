import { isWithin } from './state-paths.ts';

/** A transition as the chart draws it. */
export interface Edge {
  /** Path of the state that it leaves. */
  readonly source: string;
  /** Path of the state that it leads to; empty where it leads nowhere, or to the root. */
  readonly target: string;
  /** Descriptor of its event; empty for one that needs none. */
  readonly event: string;
}

/**
 * Which transitions an event took, out of those of a chart: that of the event, and those without an event that followed. The
 * innermost source wins, as in the chart; of several that differ in their guards, the one that leads to where the actor is.
 */
export function takenEdges<T extends Edge>(
  edges: readonly T[],
  event: string,
  before: readonly string[] | undefined,
  after: readonly string[],
): T[] {
  const ways = edges
    .filter((edge) => answers(edge.event, event) && (before === undefined || isActive(before, edge.source)))
    .map((edge) => ({ depth: depth(edge.source), edges: wayTo(edges, edge, after) }))
    .filter((way) => way.edges.length > 0)
    .toSorted((one, other) => other.depth - one.depth || one.edges.length - other.edges.length);
  return ways[0]?.edges ?? [];
}

/** From one transition on, through those that need no event, to a state that is active now. */
function wayTo<T extends Edge>(edges: readonly T[], first: T, after: readonly string[]): T[] {
  const ways = [[first]];
  const seen = new Set<T>([first]);
  for (const way of ways) {
    const target = way.at(-1)?.target ?? '';
    if (target !== '' && isActive(after, target)) return way;
    for (const next of edges) {
      // Entering a state enters those within it: a transition may start at any of them.
      if (next.event !== '' || target === '' || seen.has(next) || !isWithin(next.source, target)) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
  return [];
}

function answers(descriptor: string, event: string): boolean {
  if (descriptor === '') return false;
  if (descriptor === event || descriptor === '*') return true;
  return descriptor.endsWith('.*') && event.startsWith(descriptor.slice(0, -1));
}

function isActive(innermost: readonly string[], path: string): boolean {
  return innermost.some((state) => isWithin(state, path));
}

function depth(path: string): number {
  return path === '' ? 0 : path.split('.').length;
}
