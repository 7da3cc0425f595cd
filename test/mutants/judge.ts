import { type AnyStateMachine, SimulatedClock } from 'xstate';
import {
  describeOutcomes,
  explore,
  type ModelGraph,
  runWalk,
  tours,
  untakenTransitions,
  violations,
} from '../../src/testing/model/index.ts';
import type { Scene, Subject } from '../machines/subjects/subject.ts';
import { unchanged } from './mutants.ts';

/** Which of the generated tests noticed a mistake. */
export const TESTS = ['exploration', 'outcomes', 'invariants', 'coverage', 'tours'] as const;

/** What noticed the mistake first, and what it said. */
export interface Catch {
  readonly test: (typeof TESTS)[number];
  readonly complaint: string;
}

/** Runs the generated tests on charts. It knows what the right chart does. */
export class Judge<M extends AnyStateMachine> {
  readonly #subject: Subject<M>;
  readonly #table: string;
  readonly #outcomes: ReadonlySet<string>;
  /** The quickest first: most mistakes show anywhere. */
  readonly #scenes: readonly Scene<M>[];

  /**
   * @param table the text that was kept of what the chart does
   * @throws Error if the tests find something in the right chart: then they would find it in all others
   */
  constructor(subject: Subject<M>, table: string) {
    this.#subject = subject;
    this.#table = table;
    this.#outcomes = outcomesIn(table);
    const { chart, scenes } = subject;
    const right = subject.prepare(unchanged(chart));
    const graphs = new Map(scenes.map((scene) => [scene, this.#explore(right, scene)]));
    const found = this.#compare(chart, graphs);
    if (found) throw new Error(`The chart '${chart.id}' does something else than what was kept: ${found.complaint}`);
    const size = (scene: Scene<M>): number => graphs.get(scene)?.edges.length ?? 0;
    this.#scenes = scenes.toSorted((a, b) => size(a) - size(b));
  }

  /** `undefined` if nothing noticed a mistake. */
  judge(chart: M): Catch | undefined {
    const machine = this.#subject.prepare(chart);
    const graphs = new Map<Scene<M>, ModelGraph<M>>();
    for (const scene of this.#scenes) {
      const graph = attempt(() => this.#explore(machine, scene));
      if (graph instanceof Error) return { test: 'exploration', complaint: graph.message };
      const found = this.#newOutcome(graph) ?? this.#violation(graph);
      if (found) return found;
      graphs.set(scene, graph);
    }
    return this.#compare(chart, graphs) ?? this.#walk(machine, graphs);
  }

  #explore(machine: M, { cases, input, key = this.#subject.key }: Scene<M>): ModelGraph<M> {
    return explore(machine, { cases, key, lateEnds: true, input: input(new SimulatedClock()) });
  }

  /** An outcome that no scene has in the right chart is one more line of the table. */
  #newOutcome(graph: ModelGraph<M>): Catch | undefined {
    const [complaint] = [...outcomesIn(describeOutcomes(graph))].filter((outcome) => !this.#outcomes.has(outcome));
    return complaint === undefined ? undefined : { test: 'outcomes', complaint };
  }

  #violation(graph: ModelGraph<M>): Catch | undefined {
    const [violation] = violations(graph, this.#subject.invariants);
    return violation && { test: 'invariants', complaint: violation.invariant };
  }

  #compare(chart: M, byScene: ReadonlyMap<Scene<M>, ModelGraph<M>>): Catch | undefined {
    const graphs = this.#subject.scenes.flatMap((scene) => byScene.get(scene) ?? []);
    const difference = firstDifference(describeOutcomes(...graphs), this.#table);
    if (difference !== undefined) return { test: 'outcomes', complaint: difference };
    const [untaken] = untakenTransitions(chart, ...graphs);
    return untaken === undefined ? undefined : { test: 'coverage', complaint: untaken };
  }

  #walk(machine: M, graphs: ReadonlyMap<Scene<M>, ModelGraph<M>>): Catch | undefined {
    for (const [{ input }, graph] of graphs) {
      for (const walk of tours(graph, this.#subject.tours)) {
        const run = attempt(() => runWalk(graph, walk, { machine, input }));
        if (run instanceof Error) return { test: 'tours', complaint: run.message };
      }
    }
    return undefined;
  }
}

function attempt<T>(make: () => T): T | Error {
  try {
    return make();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** The states of a table, and what comes of events there. */
function outcomesIn(table: string): ReadonlySet<string> {
  let state = '';
  const outcomes = new Set<string>();
  for (const line of table.split('\n')) {
    if (!line.startsWith(' ')) {
      state = line;
      outcomes.add(line);
    } else if (line.startsWith('    ')) outcomes.add(`${state}:${line.slice(3)}`);
  }
  return outcomes;
}

function firstDifference(actual: string, expected: string): string | undefined {
  const [lines, wanted] = [actual.split('\n'), expected.split('\n')];
  const index = Array.from({ length: Math.max(lines.length, wanted.length) }).findIndex(
    (_, at) => lines[at] !== wanted[at],
  );
  if (index < 0) return undefined;
  return `line ${index + 1}: ${lines[index]?.trim()} instead of ${wanted[index]?.trim()}`;
}
