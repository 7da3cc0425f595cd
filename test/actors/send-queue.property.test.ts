import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SentStanza, WhenFull } from '../../machines/delivery.ts';
import { idOf, runQueue } from './send-queue-run.ts';

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
