import type { AnyStateMachine } from 'xstate';
import { type ChartCoverage, emptyCoverage, identityOf, type Taken } from '../../testing/coverage/chart-coverage.ts';
import { type Element, element, parseElement, serialize } from '../../xml/index.ts';
import { type ChartGraph, chartGraph, renderSvg } from '../graph/index.ts';
import { COVERAGE_STYLES } from './coverage-styles.ts';

/** A picture of our own is as large as it is. */
const NO_LIMITS = { maxElementBytes: Number.POSITIVE_INFINITY, maxDepth: Number.POSITIVE_INFINITY };

/** Of the groups that transitions are drawn in, by the state of their coverage: what is missed lies on top of what it shares. */
const ORDER: readonly (Taken | undefined)[] = [undefined, 'actor', 'pure', 'missed'];

/**
 * Draws a machine with what was taken of it: states and transitions have the class `covered`, those that only pure functions took also
 * `pure`, the others `missed`. An arrow that several transitions share is missed if one of them is. Throws a `TypeError` if the coverage
 * is of another machine.
 */
export async function coverageSvg(machine: AnyStateMachine, coverage: ChartCoverage): Promise<string> {
  if (identityOf(coverage) !== identityOf(emptyCoverage(machine))) {
    throw new TypeError(
      `The coverage is of a machine ${coverage.machine} that has other states or transitions than this one.`,
    );
  }
  const graph = chartGraph(machine);
  const svg = parseElement(await renderSvg(graph), NO_LIMITS);
  return `${serialize(coloured(svg, graph, coverage))}\n`;
}

function coloured(svg: Element, graph: ChartGraph, coverage: ChartCoverage): Element {
  const transitions = takenOf(graph, coverage);
  const children = svg.children.map((child) => {
    if (typeof child === 'string') return child;
    if (child.name === 'style') return element(tagOf(child), child.attributes, ...child.children, COVERAGE_STYLES);
    if (hasClass(child, 'state')) return colouredState(child, coverage);
    return hasClass(child, 'transitions') ? colouredTransitions(child, transitions) : child;
  });
  return { ...svg, children };
}

function colouredState(state: Element, coverage: ChartCoverage): Element {
  const children = state.children.map((child) =>
    typeof child !== 'string' && hasClass(child, 'state') ? colouredState(child, coverage) : child,
  );
  return marked({ ...state, children }, coverage.states[state.attributes['data-state'] ?? '']);
}

function colouredTransitions(group: Element, taken: readonly (Taken | undefined)[]): Element {
  const parts = group.children.filter((child) => typeof child !== 'string');
  const children = parts
    .map((part, index) => ({ part: marked(part, taken[index]), rank: ORDER.indexOf(taken[index]) }))
    .toSorted((one, other) => one.rank - other.rank)
    .map(({ part }) => part);
  return { ...group, children };
}

/** In the order of the graph. The way from a history state that has nothing to remember is no transition of its own. */
function takenOf(graph: ChartGraph, { transitions }: ChartCoverage): (Taken | undefined)[] {
  const counts = new Map<string, number>();
  return graph.transitions.map(({ source, event }) => {
    const way = `${source} | ${event}`;
    const index = counts.get(way) ?? 0;
    counts.set(way, index + 1);
    return transitions[`${way} | ${index}`];
  });
}

function marked(part: Element, taken: Taken | undefined): Element {
  if (taken === undefined) return part;
  const classes = { actor: 'covered', pure: 'covered pure', missed: 'missed' }[taken];
  return { ...part, attributes: { ...part.attributes, class: `${part.attributes.class} ${classes}` } };
}

function hasClass({ attributes }: Element, name: string): boolean {
  return (attributes.class ?? '').split(' ').includes(name);
}

function tagOf({ name, namespace }: Element): string {
  return `{${namespace}}${name}`;
}
