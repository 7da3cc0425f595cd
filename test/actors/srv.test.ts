import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRefusal, orderTargets, type SrvTarget } from '../../src/actors/srv.ts';

describe('service records (RFC 2782)', () => {
  it('are tried by priority, lowest first, those of both services together (XEP-0368 §3)', () => {
    const targets = [target('c', 20), target('a', 5, 'direct-tls'), target('b', 10), target('d', 20, 'direct-tls')];
    expect(namesOf(orderTargets(targets, () => 0))).toEqual(['a', 'b', 'c', 'd']);
  });

  it.each([
    [0, ['a', 'b', 'c']],
    [0.09, ['a', 'b', 'c']],
    [0.5, ['b', 'c', 'a']],
    [0.999, ['c', 'b', 'a']],
  ])('of one priority are chosen by a number in proportion to their weights: %d', (random, expected) => {
    const targets = [weighted('a', 1), weighted('b', 6), weighted('c', 3)];
    expect(namesOf(orderTargets(targets, () => random))).toEqual(expected);
  });

  it('of weight 0 have a small chance among others, and equal ones keep their order', () => {
    const targets = [weighted('a', 10), weighted('zero', 0)];
    expect(namesOf(orderTargets(targets, () => 0))).toEqual(['zero', 'a']);
    expect(namesOf(orderTargets(targets, () => 0.1))).toEqual(['a', 'zero']);
    expect(namesOf(orderTargets([weighted('x', 0), weighted('y', 0)], () => 0.9))).toEqual(['x', 'y']);
  });

  it('come first as often as their weights say', () => {
    const random = sequence(1);
    const counts = new Map<string, number>();
    for (let i = 0; i < 20_000; i += 1) {
      const [first] = orderTargets([weighted('a', 10), weighted('b', 30), weighted('c', 60)], random);
      counts.set(first?.name ?? '', (counts.get(first?.name ?? '') ?? 0) + 1);
    }
    const share = (name: string) => (counts.get(name) ?? 0) / 20_000;
    expect(share('a')).toBeCloseTo(0.1, 1);
    expect(share('b')).toBeCloseTo(0.3, 1);
    expect(share('c')).toBeCloseTo(0.6, 1);
  });

  it('are all tried, each once, and nobody changes the list that was given', () => {
    const record = fc.record({
      name: fc.string(),
      port: fc.nat(65_535),
      priority: fc.nat(3),
      weight: fc.nat(65_535),
      security: fc.constantFrom('starttls', 'direct-tls'),
    });
    fc.assert(
      fc.property(
        fc.array(record, { maxLength: 12 }),
        fc.double({ min: 0, max: 1 - Number.EPSILON, noNaN: true }),
        (targets, number) => {
          const given = [...targets];
          const ordered = orderTargets(targets, () => number);
          expect(targets).toEqual(given);
          expect(ordered).toHaveLength(given.length);
          expect(new Set(ordered)).toEqual(new Set(given));
          const priorities = ordered.map(({ priority }) => priority);
          expect(priorities).toEqual([...priorities].sort((a, b) => a - b));
        },
      ),
    );
  });

  it.each([
    ['.', true],
    ['', true],
    ['xmpp.example.org', false],
  ])('say that there is no service with the target "%s": %s', (name, refused) => {
    const record = { name, port: 0, priority: 0, weight: 0 };
    expect(isRefusal([record])).toBe(refused);
    expect(isRefusal([record, { ...record, name: 'b.example.org' }])).toBe(false);
    expect(isRefusal([])).toBe(false);
  });
});

function target(name: string, priority: number, security: SrvTarget['security'] = 'starttls', weight = 0): SrvTarget {
  return { name, port: 5222, priority, weight, security };
}

function weighted(name: string, weight: number): SrvTarget {
  return target(name, 1, 'starttls', weight);
}

function namesOf(targets: readonly SrvTarget[]): string[] {
  return targets.map(({ name }) => name);
}

/** Numbers that look random and are the same each time (mulberry32). */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
