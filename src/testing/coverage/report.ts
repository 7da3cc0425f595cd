import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';
import { allStates, ownTransitions, stateNodePath, transitionId } from '../model/transition-id.ts';
import { type ChartCoverage, emptyCoverage, identityOf, ofActors, type Share, shareOf } from './chart-coverage.ts';

/** What a report is made of. */
export interface ReportOptions {
  /** `false`: what only pure functions took, such as `transition()` of XState, counts as missed. */
  readonly pure?: boolean | undefined;
}

/**
 * The coverage of these machines, picked from all that was gathered. A machine of which nothing was seen is there too, and has missed
 * everything.
 */
export function coverageOf(
  machines: readonly AnyStateMachine[],
  gathered: readonly ChartCoverage[],
  { pure = true }: ReportOptions = {},
): ChartCoverage[] {
  return machines.map((machine) => {
    const empty = emptyCoverage(machine);
    const found = gathered.find((chart) => identityOf(chart) === identityOf(empty)) ?? empty;
    return pure ? found : ofActors(found);
  });
}

/** Says how much of each machine was taken. */
export function coverageSummary(charts: readonly ChartCoverage[]): string {
  return charts.map(summaryLine).join('\n');
}

/**
 * The same, and below it what was missed: each state with its description, each transition with its guard, where it would have led, and
 * its description. `gathered` is asked for other machines by the same id, which may be the reason.
 */
export function coverageText(
  machines: readonly AnyStateMachine[],
  charts: readonly ChartCoverage[],
  gathered: readonly ChartCoverage[] = [],
): string {
  return charts
    .flatMap((chart) => {
      const machine = machines.find((candidate) => identityOf(emptyCoverage(candidate)) === identityOf(chart));
      return [summaryLine(chart), ...remarks(chart, gathered), ...(machine ? missedLines(machine, chart) : [])];
    })
    .join('\n');
}

/** In words, which machines are below a gate: the least share of states, and of transitions, in percent. */
export function belowGate(charts: readonly ChartCoverage[], gate: number): string[] {
  return charts.flatMap((chart) =>
    (['states', 'transitions'] as const)
      .map((what) => ({ what, share: shareOf(chart[what]) }))
      .filter(({ share }) => share.taken * 100 < share.all * gate)
      .map(
        ({ what, share }) =>
          `${chart.machine}: ${percent(share)} of its ${what} are taken, and ${gate} % are asked for.`,
      ),
  );
}

function summaryLine({ machine, states, transitions }: ChartCoverage): string {
  return `${machine}: ${words('states', shareOf(states))}, ${words('transitions', shareOf(transitions))}`;
}

function words(what: string, share: Share): string {
  return `${what} ${share.taken}/${share.all} (${percent(share)})`;
}

/** Rounded down: what is not complete is never 100 %. */
function percent({ taken, all }: Share): string {
  return `${all === 0 ? 100 : Math.floor((taken * 1000) / all) / 10} %`;
}

function remarks(chart: ChartCoverage, gathered: readonly ChartCoverage[]): string[] {
  const others = gathered.filter(
    (other) => other.machine === chart.machine && identityOf(other) !== identityOf(chart),
  ).length;
  const unseen =
    shareOf(chart.states).taken === 0 && shareOf(chart.transitions).taken === 0
      ? ['  Nothing of it was seen: what counts must be loaded before the machine is made.']
      : [];
  const strangers =
    others === 0 ? [] : [`  Machines by the same id with other states or transitions do not count: ${others}.`];
  return [...unseen, ...strangers];
}

function missedLines(machine: AnyStateMachine, { states, transitions }: ChartCoverage): string[] {
  const nodes = allStates(machine);
  return [
    ...nodes.filter((node) => states[stateNodePath(node)] === 'missed').map(stateLine),
    ...nodes
      .flatMap(ownTransitions)
      .filter((definition) => transitions[transitionId(definition)] === 'missed')
      .map(transitionLine),
  ];
}

function stateLine(node: AnyStateNode): string {
  return `  missed state ${described(stateNodePath(node), node.description)}`;
}

function transitionLine(definition: AnyTransitionDefinition): string {
  const { guard, target, description } = definition;
  const targets = (target ?? []).map((node: AnyStateNode) => stateNodePath(node) || machineItself(node));
  const parts = [
    transitionId(definition),
    ...(guard === undefined ? [] : [`[${guardName(guard)}]`]),
    ...(targets.length === 0 ? [] : [`→ ${targets.join(', ')}`]),
  ];
  return `  missed ${described(parts.join(' '), description)}`;
}

function described(what: string, description: string | undefined): string {
  return description === undefined ? what : `${what}: ${description}`;
}

function machineItself({ machine }: AnyStateNode): string {
  return `the beginning of ${machine.id}`;
}

function guardName(guard: unknown): string {
  if (typeof guard === 'string') return guard;
  if (typeof guard === 'object' && guard !== null && 'type' in guard) return String(guard.type);
  return typeof guard === 'function' && guard.name !== '' ? guard.name : 'inline guard';
}
