import { describe, expect, it } from 'vitest';
import { runQueue } from './send-queue-run.ts';

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
