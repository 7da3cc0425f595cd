import { describe, expect, it } from 'vitest';
import {
  activeStates,
  commonAncestors,
  expandStatePath,
  isWithin,
  sinceAfter,
} from '../../../src/inspect/page/state-paths.ts';

const STABLE = 'linked.online.stability.stable';
const FRESH = 'linked.online.liveness.fresh';

describe('a path of states', () => {
  it('has all states around it active as well', () => {
    expect([...activeStates([STABLE, FRESH])]).toEqual([
      '',
      'linked',
      'linked.online',
      'linked.online.stability',
      STABLE,
      'linked.online.liveness',
      FRESH,
    ]);
    expect([...activeStates([])]).toEqual([]);
  });

  it('knows what is around several', () => {
    expect(commonAncestors([STABLE, FRESH])).toEqual(['linked', 'linked.online']);
    expect(commonAncestors(['offline'])).toEqual(['offline']);
    expect(commonAncestors([])).toEqual([]);
  });

  it('of a recording says once what regions have in common; the chart tells where they belong', () => {
    const known = activeStates([STABLE, FRESH]);
    expect(expandStatePath('linked.online.stability.stable+liveness.fresh', known)).toEqual([STABLE, FRESH]);
    expect(expandStatePath('linked.online.stability.stable+liveness.fresh', new Set())).toEqual([STABLE, FRESH]);
    expect(expandStatePath('a.b.c.d+e', new Set(['a.e']))).toEqual(['a.b.c.d', 'a.e']);
    expect(expandStatePath('one+two', new Set())).toEqual(['one', 'two']);
    expect(expandStatePath('offline', known)).toEqual(['offline']);
  });

  it('keeps the time at which a state was entered as long as it is active', () => {
    const before = { '': 1, linked: 1, 'linked.opening': 2 };
    expect(sinceAfter(before, ['linked.secured'], 9)).toEqual({ '': 1, linked: 1, 'linked.secured': 9 });
  });

  it('is within another only at a dot', () => {
    expect([isWithin('linked.online', 'linked'), isWithin('linkedin', 'linked'), isWithin('a', '')]).toEqual([
      true,
      false,
      true,
    ]);
  });
});
