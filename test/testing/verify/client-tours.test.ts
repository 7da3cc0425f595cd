import { describe, expect, test } from 'vitest';
import { transitionIds } from '../../../src/testing/model/transition-id.ts';
import { remoteClientMachine } from '../../../src/testing/verify/client/client.machine.ts';
import { CERTIFICATES } from '../../../src/testing/verify/client/moves.tls.ts';
import { isClientMoveName } from '../../../src/testing/verify/client/moves.ts';
import { CLIENT_TOUR_GROUPS, CLIENT_TOURS, clientStepsOf } from '../../../src/testing/verify/client/tours.ts';

describe('the tours of a client', () => {
  test('make every move of the model in every state that has it', () => {
    const made = CLIENT_TOURS.flatMap(({ way, moves }) => clientStepsOf([...way, ...moves]));
    const walked = new Set(made.map(({ source, move }) => `${source} | ${move} | 0`));
    const all = transitionIds(remoteClientMachine);
    expect(all.length).toBeGreaterThan(85);
    expect(all.filter((id) => !walked.has(id))).toEqual([]);
  });

  test('have names of their own, and each group has some', () => {
    expect(new Set(CLIENT_TOURS.map(({ name }) => name)).size).toBe(CLIENT_TOURS.length);
    expect(CLIENT_TOUR_GROUPS.filter((name) => !CLIENT_TOURS.some(({ group }) => group === name))).toEqual([]);
  });

  test('show one kind of certificate each', () => {
    const kinds = CLIENT_TOURS.map(({ way, moves }) => [...way, ...moves].filter((move) => CERTIFICATES[move]).length);
    expect(Math.max(...kinds)).toBe(1);
  });

  test('are what the model allows, and nothing else', () => {
    expect(() => clientStepsOf(['tls.offered', 'auth.offered'])).toThrow(
      'Expected a move of the state plain.securing, got auth.offered',
    );
  });
});

test('every event of the model of a client is a move that can be made', () => {
  const events = transitionIds(remoteClientMachine).map((id) => id.split(' | ')[1] ?? '');
  expect(events.filter((event) => !isClientMoveName(event))).toEqual([]);
});
