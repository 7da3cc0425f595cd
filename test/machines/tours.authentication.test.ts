import { describe, expect, it } from 'vitest';
import { authenticationMachine, statePath } from '../../machines/index.ts';
import {
  describeOutcomes,
  describeViolation,
  tours,
  untakenTransitions,
  violations,
  walkTo,
} from '../../src/testing/model/index.ts';
import { authenticationSubject } from './subjects/authentication.ts';
import { explored } from './subjects/explored.ts';

const scenes = explored(authenticationSubject);
const graphs = scenes.map(({ graph }) => graph);

describe('the chart of the authentication, explored', () => {
  it('takes every one of its transitions', () => {
    expect(untakenTransitions(authenticationMachine, ...graphs)).toEqual([]);
  });

  it('does in every state, for every event, what is written down', async () => {
    await expect(describeOutcomes(...graphs)).toMatchFileSnapshot('cases/authentication.outcomes.txt');
  });

  it.each(authenticationSubject.invariants)('keeps the invariant that $name', (invariant) => {
    for (const graph of graphs) expect(violations(graph, [invariant]).map(describeViolation)).toEqual([]);
  });

  it('leaves every state in which it waits at its deadline', () => {
    const [scram] = scenes;
    const left = scram?.graph.nodes
      .filter(({ snapshot }) => snapshot.status === 'active')
      .map((node) => {
        const { actor, clock } = scram.run(walkTo(node));
        const [next] = clock.timers();
        const time = (next?.due ?? 0) - clock.now();
        clock.increment(time - 1);
        expect(statePath(actor.getSnapshot().value)).toBe(node.state);
        clock.increment(1);
        return [node.state, time, statePath(actor.getSnapshot().value)];
      });
    expect(left).toEqual([
      ['exchanging.preparing', 300_000, 'failed'],
      ['exchanging.awaitingServer', 30_000, 'failed'],
      ['exchanging.refused', 30_000, 'failed'],
      ['exchanging.answering', 30_000, 'failed'],
      ['exchanging.verifying', 30_000, 'failed'],
    ]);
  });
});

describe('the authentication, walked through by tours with children that obey', () => {
  it.each(scenes)('is after each step where the graph says: $name', ({ graph, run }) => {
    for (const walk of tours(graph, authenticationSubject.tours)) run(walk);
  });
});
