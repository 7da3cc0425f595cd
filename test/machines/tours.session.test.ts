import { describe, expect, it } from 'vitest';
import { sessionMachine } from '../../machines/index.ts';
import { clientInput } from '../../src/client/client-input.ts';
import {
  describeOutcomes,
  describeViolation,
  explore,
  type Invariant,
  runWalk,
  tours,
  untakenTransitions,
  violations,
  withPuppets,
} from '../../src/testing/model/index.ts';
import { PRESENCE, sessionCases, sessionKey } from './cases/session.ts';

// The ledger is opened by actions and by the outbox, which are not there: the chart remembers the same.
const machine = withPuppets(sessionMachine).provide({
  guards: { isManaged: ({ context }) => context.management !== undefined },
});
const settings = clientInput({ jid: 'juliet@example.org', password: 'x', subprotocols: [PRESENCE] });
const input = { settings, audience: undefined };
const graph = explore(machine, { input, cases: sessionCases, key: sessionKey });

describe('the chart of the session, explored', () => {
  it('takes every one of its transitions', () => {
    expect(untakenTransitions(sessionMachine, graph)).toEqual([]);
  });

  it('does in every state, for every event, what is written down', async () => {
    await expect(describeOutcomes(graph)).toMatchFileSnapshot('cases/session.outcomes.txt');
  });

  it.each<Invariant<typeof machine>>([
    {
      name: 'without a session no subprotocol has an actor',
      holds: ({ state, snapshot }) => state !== 'absent' || snapshot.context.actors.size === 0,
    },
    {
      name: 'router, iq and outbox live as long as the chart',
      holds: ({ snapshot }) => ['router', 'iq', 'outbox'].every((name) => name in snapshot.children),
    },
    {
      name: 'stanzas are let through to subprotocols after these heard of the session, and only then',
      holdsOver: (_before, { actions }) => {
        const told = actions.map(({ params }) => Object(params).event?.type);
        return !told.includes('router.open') || told.lastIndexOf('session.started') < told.indexOf('router.open');
      },
    },
    {
      name: 'what waits for an answer is given up whenever a session ends, and what is managed is forgotten',
      holdsOver: (before, { actions, label }, after) =>
        before.state === 'absent' ||
        after.state !== 'absent' ||
        (after.snapshot.context.management === undefined &&
          actions.some(({ params }) => Object(params).event?.type === 'iq.abandon') &&
          ['session.end', 'session.abandon'].includes(label)),
    },
    {
      name: 'an actor that crashed three times stays down for this session',
      holdsOver: (before, _step, { snapshot: { context } }) =>
        before.state === 'absent' ||
        (before.snapshot.context.crashes.get('presence') ?? 0) < 3 ||
        !context.actors.has('presence'),
    },
  ])('keeps the invariant that $name', (invariant) => {
    expect(violations(graph, [invariant]).map(describeViolation)).toEqual([]);
  });
});

describe('the session, walked through by tours with children that obey', () => {
  it('is after each step where the graph says', () => {
    for (const walk of tours(graph)) runWalk(graph, walk, { machine });
  });
});
