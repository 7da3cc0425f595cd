import { describe, expect, test } from 'vitest';
import { transitionIds } from '../../../src/testing/model/transition-id.ts';
import { isMoveName, type MoveName } from '../../../src/testing/verify/server/moves.ts';
import { serverMachine } from '../../../src/testing/verify/server/server.machine.ts';
import { stepsOf, TOUR_GROUPS, TOURS } from '../../../src/testing/verify/server/tours.ts';

describe('the tours', () => {
  test('make every move of the model in every state that has it', () => {
    const made = TOURS.flatMap(({ way, moves }) => stepsOf([...way, ...moves]));
    const walked = new Set(made.map(({ source, move }) => `${source} | ${move} | 0`));
    const all = transitionIds(serverMachine);
    expect(all.length).toBeGreaterThan(80);
    expect(all.filter((id) => !walked.has(id))).toEqual([]);
  });

  test('have names of their own, and each group has some', () => {
    expect(new Set(TOURS.map(({ name }) => name)).size).toBe(TOURS.length);
    expect(TOUR_GROUPS.filter((group) => !TOURS.some((tour) => tour.group === group))).toEqual([]);
  });

  test('are what the model allows, and nothing else', () => {
    const moves: readonly MoveName[] = ['stream.open', 'sm.enable'];
    expect(() => stepsOf(moves)).toThrow('Expected a move of the state plain.negotiating, got sm.enable');
  });

  test('lead through the states of the model', () => {
    expect(stepsOf(['stream.open', 'tls.start', 'stream.open', 'auth.scram'])).toEqual([
      { move: 'stream.open', source: 'plain.opening', target: 'plain.negotiating' },
      { move: 'tls.start', source: 'plain.negotiating', target: 'secure.opening' },
      { move: 'stream.open', source: 'secure.opening', target: 'secure.authenticating' },
      { move: 'auth.scram', source: 'secure.authenticating', target: 'authenticated.opening' },
    ]);
  });
});

test('every event of the model is a move that can be made', () => {
  const events = transitionIds(serverMachine).map((id) => id.split(' | ')[1] ?? '');
  expect(events.filter((event) => !isMoveName(event))).toEqual([]);
});
