import { describe, expect, it } from 'vitest';
import { emptyHistory, type History, indexOfSeq } from '../../../src/inspect/page/history.ts';
import { lastMove, momentAt } from '../../../src/inspect/page/moment.ts';
import { ribbonOf } from '../../../src/inspect/page/ribbon.ts';
import { actor, line, move, START, stanza, stay } from './samples.ts';

const session = { actor: 's', name: 'session' };
const ENTRIES = [
  line(1, move('start', 'resolving.asking')),
  line(3, move('transport.connected', 'linked.opening')),
  line(4, stanza('<stream:features/>')),
  line(5, stay('features.received', 'linked.opening')),
  line(7, move('sasl.succeeded', 'linked.online.a', 'linked.online.b')),
  line(8, move('session.begin', 'live'), session),
  line(9, stay('stanza.send', 'live'), session),
];
const HISTORY: History = {
  ...emptyHistory('c', 'juliet@capulet.example'),
  entries: ENTRIES,
  actors: [
    { ...actor('c', 'client', undefined, 'linked.online.a', 'linked.online.b'), firstSeq: 0, goneSeq: undefined },
    { ...actor('s', 'session', 'c', 'live'), firstSeq: 0, goneSeq: undefined },
    { ...actor('t', 'transport', 'c'), firstSeq: 3, goneSeq: 6 },
    { ...actor('q', 'quiet', 'c', 'here'), firstSeq: 0, goneSeq: undefined },
  ],
};

function statesAt(seq: number) {
  return Object.fromEntries(momentAt(HISTORY, seq)?.actors.map(({ name, states }) => [name, states]) ?? []);
}

describe('a moment of the past', () => {
  it('has every actor in the states that the last line before it tells', () => {
    expect(statesAt(4)).toEqual({ client: ['linked.opening'], session: [], transport: [], quiet: ['here'] });
    expect(statesAt(9)).toEqual({ client: ['linked.online.a', 'linked.online.b'], session: ['live'], quiet: ['here'] });
  });

  it('is that of the line before where there is no line with this number', () => {
    expect(momentAt(HISTORY, 6)?.entry).toEqual(ENTRIES[3]);
    expect(momentAt(HISTORY, 0)).toBeUndefined();
  });

  it('has no actor that had not begun, and none that was gone', () => {
    expect(Object.keys(statesAt(1))).toEqual(['client', 'session', 'quiet']);
    expect(Object.keys(statesAt(5))).toContain('transport');
    expect(Object.keys(statesAt(7))).not.toContain('transport');
  });

  it('tells since when a state was active', () => {
    const [client] = momentAt(HISTORY, 9)?.actors ?? [];
    expect(client?.since).toEqual({
      '': START + 1,
      linked: START + 3,
      'linked.online': START + 7,
      'linked.online.a': START + 7,
      'linked.online.b': START + 7,
    });
  });

  it('takes a state for granted that an event did not change, later on', () => {
    const entries = [line(1, stanza('<a/>')), line(2, stay('ping', 'live'), session)];
    const moment = momentAt({ ...HISTORY, entries }, 1);
    expect(moment?.actors.find(({ name }) => name === 'session')?.states).toEqual(['live']);
  });
});

describe('the last transition of an actor', () => {
  it('is the last one that led somewhere, and knows where the actor was before', () => {
    expect(lastMove(ENTRIES, 'c', 9)).toEqual({ entry: ENTRIES[4], before: ['linked.opening'] });
    expect(lastMove(ENTRIES, 'c', 5)).toEqual({ entry: ENTRIES[1], before: ['resolving.asking'] });
    expect(lastMove(ENTRIES, 'c', 1)).toEqual({ entry: ENTRIES[0], before: undefined });
    expect(lastMove(ENTRIES, 't', 9)).toBeUndefined();
  });

  it('is found in any list, also an empty one', () => {
    expect([indexOfSeq([], 3), indexOfSeq(ENTRIES, 0), indexOfSeq(ENTRIES, 4), indexOfSeq(ENTRIES, 99)]).toEqual([
      -1, -1, 2, 6,
    ]);
  });
});

describe('the ribbon of a history', () => {
  it('has a stretch for each larger state of the client, and a place for each transition', () => {
    const { moves, segments } = ribbonOf(HISTORY);
    expect(moves.map(({ seq }) => seq)).toEqual([1, 3, 7, 8]);
    expect(segments).toEqual([
      { phase: 'connecting', name: 'resolving', length: 1 },
      { phase: 'connecting', name: 'opening', length: 1 },
      { phase: 'online', name: 'online', length: 2 },
    ]);
  });

  it('has no more stretches than can be seen', () => {
    const entries = Array.from({ length: 2000 }, (_, index) =>
      line(index + 1, move('x', index % 2 ? 'offline' : 'failed')),
    );
    const { segments } = ribbonOf({ ...HISTORY, entries });
    expect(segments.length).toBeLessThanOrEqual(300);
    expect(segments.reduce((sum, { length }) => sum + length, 0)).toBe(2000);
  });
});
