import { describe, expect, it } from 'vitest';
import {
  describeViolation,
  explore,
  type Invariant,
  tours,
  violations,
  violationsIn,
} from '../../../src/testing/model/index.ts';
import { pilgrim, pilgrimCases, pilgrimKey } from './machines.ts';

const options = { cases: pilgrimCases, key: pilgrimKey };
const graph = explore(pilgrim, options);

const NEVER_LAME: Invariant<typeof pilgrim> = { name: 'nobody limps', holds: ({ state }) => state !== 'limping' };
const RESTS_WELL: Invariant<typeof pilgrim> = {
  name: 'who rests is well',
  holdsOver: (_before, { label }, { snapshot }) => label !== 'rest' || snapshot.context.blisters === 0,
};
const RESTS_AT_ONCE: Invariant<typeof pilgrim> = {
  name: 'nobody asks with blisters',
  holdsOver: ({ snapshot }, { label }) => label !== 'ask' || snapshot.context.blisters === 0,
};

describe('invariants', () => {
  it('are broken with the shortest way to where they are, and hold otherwise', () => {
    expect(violations(graph, [NEVER_LAME, RESTS_WELL, RESTS_AT_ONCE]).map(describeViolation)).toEqual([
      'It does not hold that nobody limps:\nroaming\n  walk → roaming\n  walk → limping',
      'It does not hold that nobody asks with blisters:\nroaming\n  walk → roaming\n  ask → asking',
    ]);
  });

  it('are looked at while exploring, if they are given', () => {
    expect(() => explore(pilgrim, { ...options, invariants: [RESTS_WELL] })).not.toThrow();
    expect(() => explore(pilgrim, { ...options, invariants: [RESTS_WELL, NEVER_LAME] })).toThrow(
      expect.objectContaining({
        code: 'model/broken-invariant',
        message: 'It does not hold that nobody limps:\nroaming\n  walk → roaming\n  walk → limping',
      }),
    );
  });

  it('are looked at along one walk', () => {
    const [walk] = tours(graph, { through: [{ state: 'limping' }, { event: 'ask' }, { state: 'wise' }] });
    const broken = walk && violationsIn(walk, [NEVER_LAME, RESTS_WELL, RESTS_AT_ONCE]);
    expect(broken?.map(describeViolation)).toEqual([
      'It does not hold that nobody limps:\nroaming\n  walk → roaming\n  walk → limping',
    ]);
  });
});
