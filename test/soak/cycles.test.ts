import { describe, expect, it } from 'vitest';
import { type Course, cpuOf, describeReport, growthOf, soak, UNCOMPILED } from './process.ts';
import { IS_FULL } from './settings.ts';

/*
 * What a client leaves behind that comes and goes again and again: nothing.
 */

const LONG = { timeout: IS_FULL ? 1_200_000 : 60_000 };

const RECONNECTS = IS_FULL ? { warmUp: 100, cycles: 1000, every: 50 } : { warmUp: 20, cycles: 60, every: 20 };
const STARTS = IS_FULL ? { warmUp: 1000, cycles: 10_000, every: 500 } : { warmUp: 60, cycles: 300, every: 100 };

/** Cycles after which V8 compiles little more: before that, its code is most of what the heap grows by. */
const UNTIL_COMPILED = 3000;

/** Bytes, and milliseconds of CPU time. */
const LIMITS = { inAll: 700_000, perCycle: 400, cpu: 7.5 };

/** In so few cycles weigh most what V8 compiles late, and the table of shared strings that is not full yet (`src/xml/strings.ts`). */
const FEW_CYCLES = 4;

const COURSES: readonly (readonly [title: string, course: Course])[] = [
  ['reconnects over TLS, resumed', { kind: 'reconnects', streamManagement: true, ...RECONNECTS }],
  ['reconnects over TLS, each a new session', { kind: 'reconnects', streamManagement: false, ...RECONNECTS }],
  ['starts and stops of one client', { kind: 'starts', streamManagement: true, ...STARTS }],
  ['clients, one after the other', { kind: 'clients', streamManagement: true, ...STARTS }],
];

describe.each(COURSES)('%s', (title, course) => {
  it('leave nothing behind', LONG, async () => {
    const report = await soak(course, UNCOMPILED);
    console.log(describeReport(`${course.cycles} ${title}, uncompiled`, report));
    const { readings, objects, before, left, errors } = report;
    expect(errors).toEqual([]);
    const [first] = readings;
    expect(readings.map(({ open }) => open)).toEqual(readings.map(() => first?.open));
    expect(objects[1]).toEqual(objects[0]);
    expect(left).toEqual(before);
    const { inAll, perCycle } = growthOf(report);
    expect(inAll).toBeLessThanOrEqual(LIMITS.inAll);
    expect(perCycle).toBeLessThanOrEqual(course.cycles < 100 ? FEW_CYCLES * LIMITS.perCycle : LIMITS.perCycle);
  });

  it.runIf(IS_FULL)('leave nothing behind where V8 compiles, and take little time', LONG, async () => {
    const report = await soak({ ...course, warmUp: UNTIL_COMPILED });
    console.log(describeReport(`${course.cycles} ${title}`, report));
    const { inAll, perCycle } = growthOf(report);
    expect(inAll).toBeLessThanOrEqual(LIMITS.inAll);
    expect(perCycle).toBeLessThanOrEqual(LIMITS.perCycle);
    expect(cpuOf(report)).toBeLessThanOrEqual(LIMITS.cpu);
  });
});
