import { describe, expect, it } from 'vitest';
import { QueueFullError, type XmppError } from '../../src/node.ts';
import { idOf, runQueue } from './send-queue-run.ts';

describe('what waits to be sent', () => {
  it('goes out in the order in which it came', () => {
    const { add, drain, queue } = runQueue();
    for (const id of ['1', '2', '3']) add(id);
    expect(idOf(queue.first)).toBe('1');
    expect(drain()).toEqual(['1', '2', '3']);
    expect([queue.first, queue.shift(), queue.isEmpty]).toEqual([undefined, undefined, true]);
  });

  it('is bounded by number', () => {
    const { add, news, shift } = runQueue({ maxQueuedStanzas: 2 });
    for (const id of ['1', '2', '3']) add(id);
    expect(news()).toEqual(['1 queued', '2 queued', '3 queue/full']);
    shift();
    add('4');
    expect(news()).toEqual(['4 queued']);
  });

  it('is bounded by length', () => {
    const { add, news, shift } = runQueue({ maxQueuedCharacters: 25 });
    for (const id of ['1', '2', '3']) add(id);
    add('4', { length: 5 });
    expect(news()).toEqual(['1 queued', '2 queued', '3 queue/full', '4 queued']);
    shift();
    add('5');
    expect(news()).toEqual(['5 queued']);
  });

  it.each([
    ['number', { maxQueuedStanzas: 1 }, 10, '1 stanzas wait to be sent already', 'maxQueuedStanzas'],
    [
      'length',
      { maxQueuedCharacters: 15 },
      10,
      'Stanzas of 10 characters wait to be sent already',
      'maxQueuedCharacters',
    ],
    [
      'one',
      { maxQueuedCharacters: 15 },
      16,
      'A stanza of 16 characters is more than may wait to be sent, 15',
      'maxQueuedCharacters',
    ],
  ])('is refused with the limit that it would exceed: %s', (_title, limits, length, text, limit) => {
    const { queue, make } = runQueue(limits);
    queue.add(make('1'));
    const reasons: XmppError[] = [];
    const report = { written() {}, failed: (reason: XmppError) => void reasons.push(reason) };
    queue.add({ ...make('2', { length }), report });
    expect(reasons).toEqual([expect.any(QueueFullError)]);
    expect(reasons[0]).toMatchObject({ message: text, hint: expect.stringContaining(`\`limits.${limit}\``) });
  });

  it('and alone is longer than all that may wait, is refused by an empty queue too, however it was sent', () => {
    const { add, news, queue } = runQueue({ maxQueuedCharacters: 9 });
    add('1');
    add('2', { whenFull: 'wait' });
    add('3', { whenFull: 'drop-oldest' });
    expect([news(), queue.isEmpty]).toEqual([['1 queue/full', '2 queue/full', '3 queue/full'], true]);
  });

  it('can be taken out by what it is', () => {
    const { add, queue, drain } = runQueue();
    for (const id of ['1', '2', '3', '4']) add(id, { keep: Number(id) % 2 === 0 });
    expect(queue.take(({ options }) => options?.keep === false).map(idOf)).toEqual(['1', '3']);
    expect(drain()).toEqual(['2', '4']);
    add('5');
    expect([queue.take().map(idOf), queue.isEmpty]).toEqual([['5'], true]);
  });
});

describe('what was here before', () => {
  it('goes out before what was given later, in its own order, whatever the limits say', () => {
    const { make, queue, add, news, drain } = runQueue({ maxQueuedStanzas: 1, maxQueuedCharacters: 10 });
    const sent = ['1', '2', '3'].map((id) => make(id));
    add('4');
    news();
    queue.putBack(sent);
    expect(news()).toEqual(['1 queued', '2 queued', '3 queued']);
    add('5');
    expect(news()).toEqual(['5 queue/full']);
    expect(drain()).toEqual(['1', '2', '3', '4']);
  });

  it('goes where it belongs, if others that were here before came back first', () => {
    const { make, queue, drain } = runQueue();
    const [first, second, third, fourth] = ['1', '2', '3', '4'].map((id) => make(id));
    if (!first || !second || !third || !fourth) throw new Error('Expected four');
    queue.putBack([second]);
    queue.putBack([fourth]);
    queue.putBack([first, third]);
    expect(drain()).toEqual(['1', '2', '3', '4']);
  });
});

describe('a stanza that waits for room', () => {
  it('hears so, then that the queue took it, as soon as it did', () => {
    const { add, news, shift, drain } = runQueue({ maxQueuedStanzas: 1 });
    add('1');
    add('2', { whenFull: 'wait' });
    add('3', { whenFull: 'wait' });
    expect(news()).toEqual(['1 queued', '2 waiting', '3 waiting']);
    expect([shift(), news()]).toEqual(['1', ['2 queued']]);
    expect([drain(), news()]).toEqual([['2', '3'], ['3 queued']]);
  });

  it('takes the room of what was taken out', () => {
    const { add, news, queue } = runQueue({ maxQueuedStanzas: 2 });
    add('1', { keep: false });
    add('2', { keep: false });
    for (const id of ['3', '4', '5']) add(id, { whenFull: 'wait' });
    news();
    queue.take(({ options }) => options?.keep === false);
    expect(news()).toEqual(['3 queued', '4 queued']);
  });

  it('is overtaken by nobody, also by none for which there would be room', () => {
    const { add, news, drain } = runQueue({ maxQueuedCharacters: 25 });
    add('1');
    add('2', { length: 20, whenFull: 'wait' });
    add('3', { length: 5 });
    add('4', { length: 5, whenFull: 'wait' });
    expect(news()).toEqual(['1 queued', '2 waiting', '3 queue/full', '4 waiting']);
    expect([drain(), news()]).toEqual([
      ['1', '2', '4'],
      ['2 queued', '4 queued'],
    ]);
  });

  it('can do so where nothing may be queued at all', () => {
    const { add, news, drain } = runQueue({ maxQueuedStanzas: 0 });
    add('1', { whenFull: 'wait' });
    add('2', { whenFull: 'wait' });
    expect(news()).toEqual(['1 waiting', '2 waiting']);
    expect([drain(), news()]).toEqual([
      ['1', '2'],
      ['1 queued', '2 queued'],
    ]);
  });
});

describe('a stanza for which the oldest is dropped', () => {
  const DROP = { whenFull: 'drop-oldest' } as const;

  it('takes the place of the oldest one of its name that was sent this way', () => {
    const { add, news, drain } = runQueue({ maxQueuedStanzas: 3 });
    add('1');
    add('2', DROP);
    add('3', DROP);
    add('4', DROP);
    expect(news()).toEqual(['1 queued', '2 queued', '3 queued', '4 queued', '2 delivery/dropped']);
    expect(drain()).toEqual(['1', '3', '4']);
  });

  it('is refused where there is none of them: another name is another matter, and who did not ask for it loses nothing', () => {
    const { add, news, drain } = runQueue({ maxQueuedStanzas: 3 });
    add('1', { ...DROP, name: 'presence' });
    add('2', { whenFull: 'wait' });
    add('3');
    add('4', DROP);
    expect(news()).toEqual(['1 queued', '2 queued', '3 queued', '4 queue/full']);
    expect(drain()).toEqual(['1', '2', '3']);
  });

  it('takes the place of as many as it needs', () => {
    const { add, news, drain } = runQueue({ maxQueuedCharacters: 45 });
    for (const id of ['1', '2', '3', '4']) add(id, DROP);
    news();
    add('5', { ...DROP, length: 20 });
    expect(news()).toEqual(['5 queued', '1 delivery/dropped', '2 delivery/dropped']);
    expect(drain()).toEqual(['3', '4', '5']);
  });

  it('is refused where all of them together would not make room, and nobody is dropped', () => {
    const { add, news, drain } = runQueue({ maxQueuedCharacters: 45 });
    for (const id of ['1', '2']) add(id, DROP);
    for (const id of ['3', '4']) add(id);
    news();
    add('5', { ...DROP, length: 30 });
    expect(news()).toEqual(['5 queue/full']);
    expect(drain()).toEqual(['1', '2', '3', '4']);
  });

  it('stands behind those that wait for room, and what waits does not grow', () => {
    const { add, news, drain } = runQueue({ maxQueuedStanzas: 2 });
    add('1', DROP);
    add('2');
    add('3', { whenFull: 'wait' });
    add('4', { whenFull: 'wait' });
    news();
    add('5', DROP);
    expect(news()).toEqual(['3 queued', '5 waiting', '1 delivery/dropped']);
    add('6', DROP);
    expect(news()).toEqual(['6 waiting', '5 delivery/dropped']);
    expect(drain()).toEqual(['2', '3', '4', '6']);
  });

  it('costs one other where what came back exceeds the limit, not all that are too many', () => {
    const { make, queue, add, news, drain } = runQueue({ maxQueuedStanzas: 1 });
    queue.putBack(['1', '2', '3'].map((id) => make(id, DROP)));
    news();
    add('4', DROP);
    expect(news()).toEqual(['4 waiting', '1 delivery/dropped']);
    expect(drain()).toEqual(['2', '3', '4']);
  });
});
