import type { ChartGraph, ChartTransition } from './chart.ts';

/** A line of text in a picture, and the transitions that it speaks of. */
export interface Line {
  readonly text: string;
  readonly transitions: readonly ChartTransition[];
}

/** Lines of one arrow; of more, some are told together. */
const MOST_LINES = 4;

/** Events that are named in one note, and how long their names may be together, in UTF-16 units. */
const MOST_NAMED = 3;
const LONGEST_NAMES = 44;

/** The lines beside an arrow: those of the state it leaves, and in one line those of states inside it. */
export function arrowLines(
  own: readonly ChartTransition[],
  inner: readonly ChartTransition[],
  graph: ChartGraph,
): readonly Line[] {
  const lines = own.length <= MOST_LINES ? own.map((transition) => lineOf(transition, graph)) : folded(own, graph);
  if (inner.length === 0) return lines;
  const text = own.length === 0 ? `${inner.length} ways noted inside` : `and ${inner.length} ways noted inside`;
  return [...lines, { text, transitions: inner }];
}

/** One line in a state: what happens, and where that leads, or that it leads nowhere. */
export function noteLines(to: string, transitions: readonly ChartTransition[], graph: ChartGraph): readonly Line[] {
  const texts = [...new Set(transitions.map((transition) => transitionText(transition, graph)))];
  const names = texts.join(', ');
  const isBrief = texts.length === 1 || (texts.length <= MOST_NAMED && names.length <= LONGEST_NAMES);
  const all = isBrief ? names : `${texts.length} events`;
  if (to === 'stays') return [{ text: `takes ${all}`, transitions }];
  if (to === 'ignored') return [{ text: `ignores ${all}`, transitions }];
  if (texts.length > MOST_NAMED) return [{ text: `${all} → ${to}`, transitions }];
  return transitions.map((transition) => ({
    text: `${transitionText(transition, graph) || 'always'} → ${to}`,
    transitions: [transition],
  }));
}

/**
 * A transition as people say it: `features.received [offersSasl2]`. The last of several ways for one event, which is taken if none of
 * the others is, is `[else]`.
 */
export function transitionText(transition: ChartTransition, graph: ChartGraph): string {
  const { kind, label, guard } = transition;
  const condition = guard ?? (isLastResort(transition, graph) ? 'else' : undefined);
  const event = kind === 'always' && label === 'always' ? '' : label;
  return [event, ...(condition === undefined ? [] : [`[${condition}]`])].filter(Boolean).join(' ');
}

function lineOf(transition: ChartTransition, graph: ChartGraph): Line {
  return { text: transitionText(transition, graph), transitions: [transition] };
}

/** What does the same is told in one line where it is more than a few; then the number of lines is bounded. */
function folded(transitions: readonly ChartTransition[], graph: ChartGraph): readonly Line[] {
  const groups = new Map<string, ChartTransition[]>();
  for (const transition of transitions) {
    const key = JSON.stringify([transition.guard, transition.actions]);
    groups.set(key, [...(groups.get(key) ?? []), transition]);
  }
  const lines = [...groups.values()].flatMap((group) =>
    group.length <= MOST_NAMED ? group.map((transition) => lineOf(transition, graph)) : [summary(group)],
  );
  if (lines.length <= MOST_LINES + 1) return lines;
  const rest = lines.slice(MOST_LINES);
  const more = rest.flatMap((line) => line.transitions);
  return [...lines.slice(0, MOST_LINES), { text: `and ${more.length} more`, transitions: more }];
}

/** `remember out of turn: 12 events`: the action says what they have in common. */
function summary(group: readonly ChartTransition[]): Line {
  const action = group[0]?.actions.at(-1);
  const what = action === undefined ? '' : `${inWords(action)}: `;
  return { text: `${what}${group.length} events`, transitions: group };
}

function inWords(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, (_, end: string, start: string) => `${end} ${start.toLowerCase()}`);
}

function isLastResort({ source, event, guard }: ChartTransition, { transitions }: ChartGraph): boolean {
  const isSibling = (other: ChartTransition): boolean => other.source === source && other.event === event;
  return guard === undefined && transitions.some((other) => isSibling(other) && other.guard !== undefined);
}
