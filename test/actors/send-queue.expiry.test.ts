import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SentStanza, WhenFull } from '../../machines/delivery.ts';
import { idOf, runQueue } from './send-queue-run.ts';

describe('what expires', () => {
  it('fails at its time, not when somebody looks at it', () => {
    const { add, clock, news, drain } = runQueue();
    add('1', { expires: 100 });
    add('2');
    clock.increment(99);
    expect(news()).toEqual(['1 queued', '2 queued']);
    clock.increment(1);
    expect(news()).toEqual(['1 delivery/expired']);
    expect(drain()).toEqual(['2']);
  });

  it('does so while it waits for room, too', () => {
    const { add, clock, news, drain } = runQueue({ maxQueuedStanzas: 1 });
    add('1', { expires: 50 });
    add('2', { expires: 20, whenFull: 'wait' });
    add('3', { whenFull: 'wait' });
    clock.increment(20);
    expect(news()).toEqual(['1 queued', '2 waiting', '3 waiting', '2 delivery/expired']);
    clock.increment(30);
    expect(news()).toEqual(['3 queued', '1 delivery/expired']);
    expect(drain()).toEqual(['3']);
  });

  it('does not once it has left, and leaves no timer', () => {
    const { add, clock, queue, news, shift } = runQueue({ maxQueuedStanzas: 3 });
    add('1', { expires: 100 });
    add('2', { expires: 200 });
    add('3', { expires: 300, whenFull: 'drop-oldest' });
    add('4', { expires: 400, whenFull: 'drop-oldest' });
    expect(clock.timers()).toHaveLength(1);
    shift();
    queue.take();
    expect(clock.timers()).toEqual([]);
    news();
    clock.increment(1000);
    expect(news()).toEqual([]);
  });

  it('has one timer for all of them, for the first', () => {
    const { add, clock } = runQueue();
    for (const expires of [300, 100, 200, 100]) add(`${expires}`, { expires });
    expect(clock.timers()).toEqual([100]);
    clock.increment(150);
    expect(clock.timers()).toEqual([200]);
  });

  it('within no time fails as soon as time passes', () => {
    const { add, clock, news } = runQueue();
    add('1', { expires: 0 });
    expect(news()).toEqual(['1 queued']);
    clock.increment(0);
    expect(news()).toEqual(['1 delivery/expired']);
  });

  it('has its time from when it was sent, also if it comes back', () => {
    const { add, clock, queue, news } = runQueue();
    add('1', { expires: 100 });
    add('2', { expires: 30 });
    clock.increment(20);
    const sent = [queue.shift(), queue.shift()].filter((each) => each !== undefined);
    clock.increment(20);
    queue.putBack(sent);
    news();
    clock.increment(0);
    expect(news()).toEqual(['2 delivery/expired']);
    clock.increment(59);
    expect(news()).toEqual([]);
    clock.increment(1);
    expect(news()).toEqual(['1 delivery/expired']);
  });
});

type Step = (run: ReturnType<typeof runQueue>, out: SentStanza[], id: string) => void;

describe('whatever happens', () => {
  const given = fc.record({
    length: fc.integer({ min: 1, max: 40 }),
    name: fc.constantFrom('message', 'presence'),
    whenFull: fc.constantFrom<WhenFull>('reject', 'drop-oldest', 'wait'),
    keep: fc.boolean(),
  });
  const add = fc.tuple(given, fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined })).map(
    ([options, expires]): Step =>
      ({ add: addTo }, _out, id) =>
        addTo(id, expires === undefined ? options : { ...options, expires }),
  );
  const pass = fc.integer({ min: 1, max: 10 }).map(
    (time): Step =>
      ({ clock }) =>
        clock.increment(time),
  );
  const shift: Step = ({ queue }, out) => {
    const sent = queue.shift();
    if (sent) out.push(sent);
  };
  const take: Step = ({ queue }, out) => void out.push(...queue.take(({ options }) => options?.keep === false));
  const putBack: Step = ({ queue }, out) => {
    const last = out.pop();
    if (last) queue.putBack([last]);
  };
  const steps = (...others: readonly Step[]) =>
    fc.array(
      fc.oneof(
        { weight: 6, arbitrary: add },
        { weight: 2, arbitrary: pass },
        { weight: 3, arbitrary: fc.constant(shift) },
        ...others.map((other) => ({ weight: 1, arbitrary: fc.constant(other) })),
      ),
      { maxLength: 80 },
    );

  it('each stanza goes out or fails, once, and in order', () => {
    fc.assert(
      fc.property(steps(take, putBack), (all) => {
        const run = runQueue({ maxQueuedStanzas: 4, maxQueuedCharacters: 60 });
        const out: SentStanza[] = [];
        for (const [index, step] of all.entries()) step(run, out, `${index}`);
        const left = run.queue.take();
        expect(left).toEqual(left.toSorted((a, b) => a.order - b.order));
        const failed = run.heard.filter((line) => line.includes('/')).map((line) => line.split(' ')[0]);
        const ended = [...[...out, ...left].map(idOf), ...failed];
        const given = new Set(run.heard.map((line) => line.split(' ')[0]));
        expect(ended.toSorted()).toEqual([...given].toSorted());
        expect(run.clock.timers()).toEqual([]);
      }),
    );
  });

  it('no more is queued than may be, unless it came back, and what waits for room does so only as there is none', () => {
    fc.assert(
      fc.property(steps(take), (all) => {
        const run = runQueue({ maxQueuedStanzas: 4, maxQueuedCharacters: 60 });
        for (const [index, step] of all.entries()) step(run, [], `${index}`);
        const left = run.queue.take();
        const isQueued = (sent: SentStanza) =>
          run.heard.findLast((line) => line.startsWith(`${idOf(sent)} `))?.endsWith(' queued');
        const queued = left.filter(isQueued);
        const characters = queued.reduce((sum, { length }) => sum + length, 0);
        expect([queued.length <= 4, characters <= 60]).toEqual([true, true]);
        expect(left.slice(0, queued.length)).toEqual(queued);
        const waiting = left[queued.length];
        if (waiting) expect(queued.length === 4 || characters + waiting.length > 60).toBe(true);
      }),
    );
  });
});
