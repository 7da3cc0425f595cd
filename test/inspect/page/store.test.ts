import { describe, expect, it } from 'vitest';
import type { Explanation } from '../../../src/client/index.ts';
import type { LiveMessage } from '../../../src/inspect/live/protocol.ts';
import { EMPTY_STORE, MOST_ENTRIES, receive, type Store } from '../../../src/inspect/page/store.ts';
import { actor, line, move, stanza } from './samples.ts';

const EXPLANATION: Explanation = {
  state: 'offline',
  sentence: 'Offline.',
  description: '',
  summary: 'Offline.',
  waitsFor: [],
  next: [],
  advice: [],
};
const CLIENTS: LiveMessage = {
  type: 'clients',
  clients: [
    { id: 'c', name: 'juliet@capulet.example' },
    { id: 'd', name: 'romeo@montague.example' },
  ],
};

function actors(...listed: ReturnType<typeof actor>[]): LiveMessage {
  return { type: 'actors', client: 'c', actors: listed, explanation: EXPLANATION };
}

function entries(dropped: number, ...list: ReturnType<typeof line>[]): LiveMessage {
  return { type: 'entries', entries: list, dropped };
}

function storeAfter(...messages: readonly LiveMessage[]): Store {
  return messages.reduce(receive, EMPTY_STORE);
}

describe('the store of the page', () => {
  it('gives each client the lines that are its own', () => {
    const own = line(1, move('start', 'resolving'));
    const other = line(2, move('start', 'resolving'), { client: 'd' });
    const { histories, newest } = storeAfter(CLIENTS, entries(0, own, other));
    expect(histories.map((history) => history.entries)).toEqual([[own], [other]]);
    expect(newest).toBe(2);
  });

  it('knows lines that come again after a connection was lost', () => {
    const [one, two] = [line(1, stanza('<a/>')), line(2, stanza('<b/>'))];
    const { histories } = storeAfter(CLIENTS, entries(0, one), CLIENTS, entries(0, one, two));
    expect(histories[0]?.entries).toEqual([one, two]);
  });

  it('forgets the oldest lines, and counts them', () => {
    const many = Array.from({ length: MOST_ENTRIES + 3 }, (_, index) => line(index + 1, stanza('<a/>')));
    const [history] = storeAfter(CLIENTS, entries(0, ...many)).histories;
    expect(history?.entries.length).toBe(MOST_ENTRIES);
    expect(history?.entries[0]?.seq).toBe(4);
    expect(history?.forgotten).toBe(3);
  });

  it('counts what the server left out, and remembers where', () => {
    const { dropped, gaps } = storeAfter(
      CLIENTS,
      entries(0, line(1, stanza('<a/>'))),
      entries(7, line(9, stanza('<b/>'))),
      entries(2),
    );
    expect(dropped).toBe(9);
    expect(gaps).toEqual([
      { before: 9, count: 7 },
      { before: 10, count: 2 },
    ]);
  });

  it('keeps what became of a stanza at last', () => {
    const delivery = (seq: number, state: 'written' | 'acknowledged') =>
      line(seq, { kind: 'delivery', of: 1, state, detail: '' });
    const { histories } = storeAfter(
      CLIENTS,
      entries(0, line(1, stanza('<a/>', 'SEND')), delivery(2, 'written')),
      entries(0, delivery(3, 'acknowledged')),
    );
    expect([...(histories[0]?.deliveries ?? [])]).toEqual([[1, delivery(3, 'acknowledged')]]);
  });

  it('lets an actor begin with the first line that tells of it, and end with the last', () => {
    const root = actor('c', 'client', undefined, 'offline');
    const transport = actor('t', 'transport', 'c');
    const { histories } = storeAfter(
      CLIENTS,
      actors(root),
      entries(0, line(1, move('start', 'resolving'))),
      actors(root, transport),
      entries(0, line(2, { kind: 'event', event: 'xstate.init', detail: '' }, { actor: 't', name: 'transport' })),
      actors(root),
      entries(0, line(3, { kind: 'event', event: 'stream.close', detail: '' }, { actor: 't', name: 'transport' })),
    );
    expect(histories[0]?.actors).toEqual([
      { ...root, firstSeq: 0, goneSeq: undefined },
      { ...transport, firstSeq: 2, goneSeq: 3 },
    ]);
    expect(histories[0]?.explanation).toEqual(EXPLANATION);
  });

  it('keeps a client that is gone as long as there is something to see of it', () => {
    const { histories } = storeAfter(CLIENTS, entries(0, line(1, stanza('<a/>'))), { type: 'clients', clients: [] });
    expect(histories.map(({ id, isGone }) => ({ id, isGone }))).toEqual([{ id: 'c', isGone: true }]);
  });
});
