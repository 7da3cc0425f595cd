import { TESTS } from './judge.ts';
import { KINDS, type Mutant } from './mutants.ts';
import type { MachineName } from './subjects.ts';
import { SURVIVORS } from './survivors.ts';
import type { Verdict } from './workers.ts';

/** What came of the mutants of one machine that were examined. */
export interface MachineResult {
  readonly machine: MachineName;
  /** All there are. */
  readonly mutants: readonly Mutant[];
  readonly verdicts: readonly Verdict[];
}

/** The share of mutants that are noticed; 1 where none was examined. */
export function caughtShare(results: readonly MachineResult[]): number {
  const verdicts = results.flatMap((result) => result.verdicts);
  return verdicts.length === 0 ? 1 : caught(verdicts) / verdicts.length;
}

/** Names of those that survived and of which nobody said why. */
export function unexplained({ machine, mutants, verdicts }: MachineResult): string[] {
  return survivors(mutants, verdicts).filter((name) => SURVIVORS[machine][name] === undefined);
}

/** Tables in Markdown: what was caught, by what, and what survived and why. */
export function describeResults(results: readonly MachineResult[]): string {
  return [
    row(['', ...results.map(({ machine }) => machine)]),
    row(['---', ...results.map(() => '---:')]),
    ...KINDS.map((kind) => row([kind, ...results.map((result) => shareOf(result, kind))])),
    row(['**all**', ...results.map((result) => `**${shareOf(result)}**`)]),
    '',
    row(['noticed first by', ...results.map(({ machine }) => machine)]),
    row(['---', ...results.map(() => '---:')]),
    ...TESTS.map((test) => row([test, ...results.map(({ verdicts }) => String(noticedBy(verdicts, test)))])),
    '',
    ...results.flatMap(describeSurvivors),
  ].join('\n');
}

function describeSurvivors({ machine, mutants, verdicts }: MachineResult): string[] {
  return survivors(mutants, verdicts).map((name) => {
    const { isEquivalent, reason } = SURVIVORS[machine][name] ?? {
      isEquivalent: false,
      reason: 'Nobody looked at it.',
    };
    return `- ${machine}, \`${name}\`: ${isEquivalent ? 'equivalent' : '**not equivalent**'}. ${reason}`;
  });
}

function survivors(mutants: readonly Mutant[], verdicts: readonly Verdict[]): string[] {
  return verdicts.flatMap(({ index, found }) => (found ? [] : (mutants[index]?.name ?? [])));
}

function shareOf({ mutants, verdicts }: MachineResult, kind?: Mutant['kind']): string {
  const ofKind = verdicts.filter(({ index }) => kind === undefined || mutants[index]?.kind === kind);
  return ofKind.length === 0 ? '' : `${caught(ofKind)} of ${ofKind.length}`;
}

function caught(verdicts: readonly Verdict[]): number {
  return verdicts.filter(({ found }) => found).length;
}

function noticedBy(verdicts: readonly Verdict[], test: string): number {
  return verdicts.filter(({ found }) => found?.test === test).length;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
