import { describe, expect, it } from 'vitest';
import { addressesOf, type Filter, OPEN_FILTER, passes } from '../../../src/inspect/page/filter.ts';
import { emptyHistory, type History } from '../../../src/inspect/page/history.ts';
import { deliveriesOf, stanzasAround } from '../../../src/inspect/page/neighbours.ts';
import { type Rows, rowOfSeq, rowsOf } from '../../../src/inspect/page/rows.ts';
import { line, move, stanza, stay } from './samples.ts';

const ENTRIES = [
  line(1, move('start', 'resolving.asking')),
  line(
    2,
    stanza('<message to="romeo@montague.example" from="juliet@capulet.example/tower"><body>Hear</body></message>'),
  ),
  line(3, stay('stream.opened', 'linked.opening'), { actor: 't', name: 'transport' }),
  line(4, { kind: 'delivery', of: 2, state: 'written', detail: '' }),
  line(5, { kind: 'error', code: 'transport/connection-reset', message: 'Reset', hint: 'Wait' }),
  line(6, stanza('<presence from="nurse@capulet.example"/>')),
  line(7, { kind: 'event', event: 'xstate.init', detail: '' }),
];

function numbers(filter: Partial<Filter>): number[] {
  return ENTRIES.filter((entry) => passes(entry, { ...OPEN_FILTER, ...filter })).map(({ seq }) => seq);
}

describe('the filter of the log', () => {
  it('hides deliveries, and events of actors that are no machines, as long as nobody asks for them', () => {
    expect(numbers({})).toEqual([1, 2, 3, 5, 6]);
    expect(numbers({ kinds: new Set(['delivery', 'event'] as const) })).toEqual([4, 7]);
  });

  it('knows actors by name, and stanzas by the addresses in them', () => {
    expect(numbers({ actor: 'transport' })).toEqual([3]);
    expect(numbers({ jid: 'Capulet.Example' })).toEqual([2, 6]);
    expect(numbers({ jid: 'romeo' })).toEqual([2]);
    expect(ENTRIES.flatMap(addressesOf)).toEqual([
      'juliet@capulet.example/tower',
      'romeo@montague.example',
      'nurse@capulet.example',
    ]);
  });

  it('finds text anywhere in a line', () => {
    expect([numbers({ text: 'HEAR' }), numbers({ text: 'opening' }), numbers({ text: 'wait' })]).toEqual([
      [2],
      [3],
      [5],
    ]);
    expect(numbers({ text: 'nowhere' })).toEqual([]);
  });
});

describe('the lines of the log', () => {
  const history = (last: number, part: Partial<History> = {}): History => ({
    ...emptyHistory('c', 'juliet'),
    entries: ENTRIES.slice(0, last),
    ...part,
  });
  const words = ({ list }: Rows) => list.map((row) => (row.kind === 'entry' ? row.entry.seq : row.text));

  it('are those that pass, and a line where some are missing', () => {
    const rows = rowsOf(history(6), [{ before: 3, count: 1200 }], OPEN_FILTER, undefined);
    expect(words(rows)).toEqual([1, 2, '1,200 lines left out: this page read too slowly', 3, 5, 6]);
    expect([rowOfSeq(rows.list, 0), rowOfSeq(rows.list, 4), rowOfSeq(rows.list, 6)]).toEqual([-1, 3, 5]);
  });

  it('come to the same whether they are read at once or bit by bit', () => {
    const gaps = [{ before: 5, count: 1 }];
    const first = rowsOf(history(3), [], OPEN_FILTER, undefined);
    const second = rowsOf(history(6), gaps, OPEN_FILTER, first);
    expect(words(second)).toEqual(words(rowsOf(history(6), gaps, OPEN_FILTER, undefined)));
    const trimmed = history(6, { entries: ENTRIES.slice(2), forgotten: 2 });
    expect(words(rowsOf(trimmed, gaps, OPEN_FILTER, second))).toEqual([
      '2 lines before this are no longer kept here',
      3,
      '1 line left out: this page read too slowly',
      5,
      6,
    ]);
  });

  it('are looked at anew with another filter, and for another client', () => {
    const first = rowsOf(history(6), [], OPEN_FILTER, undefined);
    expect(words(rowsOf(history(6), [], { ...OPEN_FILTER, text: 'nurse' }, first))).toEqual([6]);
    expect(words(rowsOf(history(1, { id: 'd' }), [], OPEN_FILTER, first))).toEqual([1]);
  });
});

describe('what is around a line', () => {
  it('are the stanzas before and after it', () => {
    expect(stanzasAround(ENTRIES, 3).map(({ seq }) => seq)).toEqual([2, 6]);
    expect(stanzasAround(ENTRIES, 2).map(({ seq }) => seq)).toEqual([6]);
    expect(stanzasAround([], 2)).toEqual([]);
  });

  it('is what became of a stanza', () => {
    expect(deliveriesOf(ENTRIES, 2)).toEqual([ENTRIES[3]]);
  });
});
