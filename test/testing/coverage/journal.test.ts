import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createCoverage } from '../../../src/testing/coverage/coverage.ts';
import { journal, readJournals } from '../../../src/testing/coverage/journal.ts';
import { Ledger } from '../../../src/testing/coverage/ledger.ts';
import { board, lamp, started } from './machines.ts';

describe('journals', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'journals-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('of several processes are put together', () => {
    const [one, other, whole] = [createCoverage(journal(folder)), createCoverage(journal(folder)), createCoverage()];
    for (const { inspect } of [one, whole]) started(lamp(), inspect);
    for (const { inspect } of [other, whole]) started(board(), inspect).send({ type: 'flip' });
    for (const { inspect } of [other, whole]) started(lamp(), inspect).send({ type: 'press' });
    expect(readdirSync(folder).length).toBe(2);
    const expected = whole.charts();
    expect(readJournals(folder).toSorted(byMachine)).toEqual(expected.toSorted(byMachine));
  });

  test('hold what an actor did above what a function did, in any order', () => {
    const machine = lamp();
    const { off = machine.root, lit = machine.root, broken = machine.root } = machine.states;
    const [one, other] = [new Ledger(journal(folder)), new Ledger(journal(folder))];
    one.enter(machine, [off], 'actor');
    one.enter(machine, [lit], 'pure');
    other.enter(machine, [off, broken], 'pure');
    other.enter(machine, [lit], 'actor');
    expect(readJournals(folder).map(({ states }) => states)).toEqual([
      { off: 'actor', lit: 'actor', 'lit.warming': 'missed', 'lit.bright': 'missed', broken: 'pure' },
    ]);
  });

  test('have a line for what is new, and none for what is known', () => {
    const coverage = createCoverage(journal(folder));
    for (let count = 0; count < 3; count += 1) {
      started(lamp(), coverage.inspect).send({ type: 'press' });
    }
    const [name = ''] = readdirSync(folder);
    const [, ...lines] = readFileSync(join(folder, name), 'utf8').trimEnd().split('\n');
    expect(lines).toEqual([
      '[0,"states","off","actor"]',
      '[0,"transitions","off | press | 1","actor"]',
      '[0,"states","lit","actor"]',
      '[0,"states","lit.warming","actor"]',
    ]);
  });

  test('are read as far as they go, if a process was killed', () => {
    const coverage = createCoverage(journal(folder));
    started(lamp(), coverage.inspect);
    const [name = ''] = readdirSync(folder);
    appendFileSync(join(folder, name), '[0,"states","li');
    expect(readJournals(folder)).toEqual(coverage.charts());
  });

  test('end with a warning where nothing can be written, and the machine goes on', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const warned = once(process, 'warning');
    const coverage = createCoverage(journal(join(file, 'inner')));
    const actor = started(lamp(), coverage.inspect);
    actor.send({ type: 'press' });
    expect(actor.getSnapshot().matches('lit')).toBe(true);
    const [warning] = await warned;
    expect(warning.message).toMatch(/^The coverage of charts is not complete: Error: ENOTDIR/);
    expect(readdirSync(folder)).toEqual(['file']);
  });

  test('are nowhere as long as there is nothing to write, and other files are left alone', () => {
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    createCoverage(journal(join(folder, 'inner', 'most')));
    expect(readdirSync(folder)).toEqual(['notes.txt']);
    expect(readJournals(folder)).toEqual([]);
    expect(readJournals(join(folder, 'inner', 'most'))).toEqual([]);
  });
});

function byMachine(one: { readonly machine: string }, other: { readonly machine: string }): number {
  return one.machine.localeCompare(other.machine);
}
