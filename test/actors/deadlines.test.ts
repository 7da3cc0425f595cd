import { describe, expect, it } from 'vitest';
import { createDeadlines, type Deadlines } from '../../src/actors/deadlines.ts';
import { createTestClock } from '../support/clock.ts';

describe('deadlines', () => {
  it('pass at their time, those of the same moment in the order they came', () => {
    const { clock, deadlines, passed } = create();
    deadlines.add('slow', 300);
    deadlines.add('a', 100);
    deadlines.add('b', 100);
    deadlines.add('fast', 50);
    const steps = [49, 1, 49, 1, 199, 1].map((milliseconds) => {
      clock.increment(milliseconds);
      return [...passed];
    });
    expect(steps).toEqual([[], ['fast'], ['fast'], ['fast', 'a', 'b'], ['fast', 'a', 'b'], ['fast', 'a', 'b', 'slow']]);
  });

  it('share one timer, for the next of them', () => {
    const { clock, deadlines } = create();
    deadlines.add('a', 100);
    for (let i = 0; i < 1000; i += 1) deadlines.add(`b${i}`, 200);
    expect(clock.timers()).toEqual([100]);
    deadlines.add('c', 50);
    expect(clock.timers()).toEqual([50]);
    clock.increment(50);
    expect(clock.timers()).toEqual([100]);
  });

  it('that were removed do not pass, and leave no timer behind', () => {
    const { clock, deadlines, passed } = create();
    deadlines.add('a', 100);
    deadlines.add('b', 100);
    deadlines.remove('a', 100);
    clock.increment(100);
    expect(passed).toEqual(['b']);
    deadlines.add('c', 100);
    deadlines.remove('c', 100);
    deadlines.remove('unknown', 100);
    expect(clock.timers()).toEqual([]);
    deadlines.add('d', 100);
    deadlines.clear();
    expect(clock.timers()).toEqual([]);
    clock.increment(1000);
    expect(passed).toEqual(['b']);
  });

  it('that are added while others pass are kept, and delay none', () => {
    const { clock, deadlines, passed } = create((id) => {
      if (id === 'first') deadlines.add('again', 1000);
    });
    deadlines.add('first', 100);
    deadlines.add('second', 150);
    clock.increment(100);
    expect(clock.timers()).toEqual([150]);
    clock.increment(50);
    expect(passed).toEqual(['first', 'second']);
    clock.increment(950);
    expect(passed).toEqual(['first', 'second', 'again']);
    expect(clock.timers()).toEqual([]);
  });

  it('of no time at all pass in the next turn of the clock', () => {
    const { clock, deadlines, passed } = create();
    deadlines.add('now', 0);
    expect(passed).toEqual([]);
    clock.increment(0);
    expect(passed).toEqual(['now']);
  });
});

/** Deadlines whose owner removes what passed, as the contract says. */
function create(hear: (id: string) => void = () => {}) {
  const clock = createTestClock();
  const passed: string[] = [];
  const timeouts = new Map<string, number>();
  const inner = createDeadlines(clock, (id) => {
    passed.push(id);
    inner.remove(id, timeouts.get(id) ?? 0);
    hear(id);
  });
  const deadlines: Deadlines = {
    ...inner,
    add(id, timeout) {
      timeouts.set(id, timeout);
      inner.add(id, timeout);
    },
    remove: (id, timeout) => inner.remove(id, timeout),
    clear: () => inner.clear(),
  };
  return { clock, deadlines, passed };
}
