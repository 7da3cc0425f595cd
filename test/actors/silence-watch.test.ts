import { describe, expect, it } from 'vitest';
import type { TransportEvent } from '../../machines/events.ts';
import { SilenceWatch } from '../../src/actors/silence-watch.ts';
import { createTestClock } from '../support/clock.ts';

const MINUTE = 60_000;

describe('silence', () => {
  it('is noticed when nothing came for the interval, not before, and once', () => {
    const { watch, reported, pass } = create();
    watch.watch(MINUTE);
    pass(MINUTE - 1);
    expect(reported).toEqual([]);
    pass(1);
    expect(reported).toEqual(['60000 transport.silent']);
    pass(10 * MINUTE);
    expect(reported).toEqual(['60000 transport.silent']);
  });

  it.each([1, 7, 14_999, 15_000, 29_999, 45_001, 59_999])(
    'is counted from the last sign of life, here after %i ms, to the millisecond',
    (at) => {
      const { watch, reported, pass } = create();
      watch.watch(MINUTE);
      pass(at);
      watch.heard();
      pass(MINUTE - 1);
      expect(reported).toEqual([]);
      pass(1);
      expect(reported).toEqual([`${at + MINUTE} transport.silent`]);
    },
  );

  it.each([1, 10, 250, 999, 10 * MINUTE, 24 * 60 * MINUTE])('may last for %i ms as well', (interval) => {
    const { watch, reported, pass } = create();
    watch.watch(interval);
    pass(interval - 1);
    watch.heard();
    pass(interval);
    expect(reported).toEqual([`${2 * interval - 1} transport.silent`]);
  });

  it('never is where something comes again and again', () => {
    const { watch, reported, pass } = create();
    watch.watch(MINUTE);
    for (let i = 0; i < 1000; i += 1) {
      pass(MINUTE - 1);
      watch.heard();
    }
    expect(reported).toEqual([]);
  });

  it('is counted anew when the watch begins anew', () => {
    const { watch, reported, pass } = create();
    watch.watch(MINUTE);
    pass(50_000);
    watch.watch(20_000);
    pass(19_999);
    expect(reported).toEqual([]);
    pass(1);
    expect(reported).toEqual(['70000 transport.silent']);
    watch.watch(MINUTE);
    pass(MINUTE);
    expect(reported.slice(1)).toEqual(['130000 transport.silent']);
  });

  it('is not noticed early by a timer that is', () => {
    const { watch, reported, clock, fire } = create();
    watch.watch(1000);
    for (const at of [249.2, 499.4, 749.6, 999.4]) fire(at);
    expect([reported, clock.delay]).toEqual([[], 1]);
    fire(1000);
    expect(reported).toEqual(['1000 transport.silent']);
  });

  it('takes one timer, which looks four times within the interval, and every 15 seconds at least', () => {
    const { watch, clock, pass } = create();
    expect(clock.timers()).toEqual([]);
    watch.watch(1000);
    watch.heard();
    expect(clock.timers()).toEqual([250]);
    pass(250);
    expect(clock.timers()).toEqual([500]);
    watch.watch(24 * 60 * MINUTE);
    expect(clock.timers()).toEqual([15_250]);
    watch.stop();
    expect(clock.timers()).toEqual([]);
  });
});

describe('a sign of life', () => {
  it('is reported when it is awaited, once', () => {
    const { watch, reported, pass } = create();
    watch.watch(MINUTE);
    pass(MINUTE);
    watch.awaitSign();
    pass(5);
    watch.heard();
    watch.heard();
    expect(reported).toEqual(['60000 transport.silent', '60005 transport.heard']);
  });

  it('is no news otherwise, also after a silence', () => {
    const { watch, reported, pass } = create();
    watch.watch(MINUTE);
    watch.heard();
    pass(MINUTE);
    watch.heard();
    expect(reported).toEqual(['60000 transport.silent']);
  });

  it('may be awaited where nothing was watched, or no silence was noticed yet: no timer is left', () => {
    const { watch, reported, clock } = create();
    watch.awaitSign();
    watch.heard();
    watch.watch(MINUTE);
    watch.awaitSign();
    expect(clock.timers()).toEqual([]);
    watch.heard();
    expect(reported).toEqual(['0 transport.heard', '0 transport.heard']);
  });

  it('that comes while it is reported begins nothing: whoever hears it may watch again at once', () => {
    const clock = createTestClock();
    const events: string[] = [];
    const watch: SilenceWatch = new SilenceWatch(clock, ({ type }) => {
      events.push(type);
      if (type === 'transport.silent') watch.awaitSign();
      else watch.watch(MINUTE);
    });
    watch.watch(MINUTE);
    clock.increment(15_000);
    for (let i = 0; i < 3; i += 1) clock.increment(15_000);
    watch.heard();
    expect([events, clock.timers()]).toEqual([['transport.silent', 'transport.heard'], [75_000]]);
  });

  it('is of no interest when the watch has stopped', () => {
    const { watch, reported } = create();
    watch.awaitSign();
    watch.stop();
    watch.heard();
    expect(reported).toEqual([]);
  });
});

describe('a platform that slept', () => {
  it('is noticed at the first look after it, before any silence, and once', () => {
    const { watch, reported, pass, sleep } = create();
    watch.watch(MINUTE);
    pass(10_000);
    sleep(60 * MINUTE);
    pass(4_999);
    expect(reported).toEqual([]);
    pass(1);
    expect(reported).toEqual(['15000 platform.woke']);
    pass(10 * MINUTE);
    expect(reported).toEqual(['15000 platform.woke']);
  });

  it('is noticed also where something came since: that may have waited since before', () => {
    const { watch, reported, pass, sleep } = create();
    watch.watch(MINUTE);
    sleep(60 * MINUTE);
    watch.heard();
    pass(15_000);
    expect(reported).toEqual(['15000 platform.woke']);
  });

  it('is one whose timer is late by more than the time between two looks and five seconds', () => {
    const { watch, reported, pass, sleep } = create();
    watch.watch(MINUTE);
    sleep(20_000);
    pass(MINUTE);
    expect(reported).toEqual(['60000 transport.silent']);
    watch.watch(MINUTE);
    sleep(20_001);
    pass(MINUTE);
    expect(reported.slice(1)).toEqual(['75000 platform.woke']);
  });

  it('is noticed where the clock has no wall time, and its timers pass too late', () => {
    const clock = createTestClock();
    const reported: string[] = [];
    const watch = new SilenceWatch(clock, ({ type }) => reported.push(type));
    watch.watch(MINUTE);
    clock.increment(35_001);
    expect(reported).toEqual(['platform.woke']);
  });

  it('is not one whose wall clock was set back: silence is noticed as ever', () => {
    const { watch, reported, pass, sleep } = create();
    watch.watch(MINUTE);
    pass(10_000);
    sleep(-24 * 60 * MINUTE);
    pass(50_000);
    expect(reported).toEqual(['60000 transport.silent']);
  });

  it('looks like one whose wall clock was set forward: that is reported once, and the next watch goes by the new time', () => {
    const { watch, reported, pass, sleep } = create();
    watch.watch(MINUTE);
    sleep(24 * 60 * MINUTE);
    pass(15_000);
    watch.watch(MINUTE);
    pass(MINUTE);
    expect(reported).toEqual(['15000 platform.woke', '75000 transport.silent']);
  });
});

/** A watch, and time that passes with its timers in time; unless the machine sleeps, when wall time passes alone. */
function create() {
  const time = createTestClock();
  let slept = 0;
  let isAt: number | undefined;
  let due: (() => void) | undefined;
  const clock = {
    ...time,
    now: () => isAt ?? time.now(),
    wallNow: () => 1_800_000_000_000 + clock.now() + slept,
    delay: 0,
    setTimeout(handler: () => void, delay: number) {
      clock.delay = delay;
      due = handler;
      return time.setTimeout(handler, delay);
    },
  };
  const reported: string[] = [];
  const watch = new SilenceWatch(clock, ({ type }: TransportEvent) => reported.push(`${clock.now()} ${type}`));
  return {
    watch,
    reported,
    clock,
    sleep(milliseconds: number): void {
      slept += milliseconds;
    },
    /** The timer passes now, whatever it was set to. */
    fire(at: number): void {
      isAt = at;
      due?.();
    },
    pass(milliseconds: number): void {
      const end = time.now() + milliseconds;
      for (let [next] = time.timers(); next !== undefined && next <= end; [next] = time.timers())
        time.increment(next - time.now());
      time.increment(end - time.now());
    },
  };
}
