import { describe, expect, it } from 'vitest';
import { sessionMachine } from '../../machines/index.ts';
import {
  describeOutcomes,
  describeViolation,
  tours,
  untakenTransitions,
  violations,
} from '../../src/testing/model/index.ts';
import { explored } from './subjects/explored.ts';
import { sessionSubject } from './subjects/session.ts';

const scenes = explored(sessionSubject);
const graphs = scenes.map(({ graph }) => graph);

describe('the chart of the session, explored', () => {
  it('takes every one of its transitions', () => {
    expect(untakenTransitions(sessionMachine, ...graphs)).toEqual([]);
  });

  it('does in every state, for every event, what is written down', async () => {
    await expect(describeOutcomes(...graphs)).toMatchFileSnapshot('cases/session.outcomes.txt');
  });

  it.each(sessionSubject.invariants)('keeps the invariant that $name', (invariant) => {
    for (const graph of graphs) expect(violations(graph, [invariant]).map(describeViolation)).toEqual([]);
  });
});

describe('the session, walked through by tours with children that obey', () => {
  it.each(scenes)('is after each step where the graph says: $name', ({ graph, run }) => {
    for (const walk of tours(graph, sessionSubject.tours)) run(walk);
  });
});
