import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { clientMachine, statePath } from '../../machines/index.ts';
import {
  describeOutcomes,
  describeViolation,
  describeWalk,
  tours,
  untakenTransitions,
  violations,
  type WalkRun,
  walkBy,
  walkTo,
} from '../../src/testing/model/index.ts';
import { clientSubject } from './subjects/client.ts';
import { explored } from './subjects/explored.ts';

const scenes = explored(clientSubject);
const graphs = scenes.map(({ graph }) => graph);
const [negotiation] = scenes;
if (!negotiation) throw new Error('Expected scenes');

describe('the chart of the client, explored', () => {
  it('takes every one of its transitions', () => {
    expect(untakenTransitions(clientMachine, ...graphs)).toEqual([]);
  });

  it('does in every state, for every event, what is written down', async () => {
    await expect(describeOutcomes(...graphs)).toMatchFileSnapshot('cases/client.outcomes.txt');
  });

  it.each(clientSubject.invariants)('keeps the invariant that $name', (invariant) => {
    for (const graph of graphs) expect(violations(graph, [invariant]).map(describeViolation)).toEqual([]);
  });

  it('leaves every state in which it waits at its deadline, and no sooner', () => {
    const left: Record<string, string> = {};
    for (const { graph, run } of scenes) {
      for (const node of graph.nodes) left[node.state] ??= deadlineOf(run(walkTo(node)));
    }
    expect(left).toEqual({
      broken: 'rests',
      'failed.gaveUp': 'rests',
      'failed.needsCredentials': 'rests',
      'failed.terminal': 'rests',
      'linked.authenticating': '600000 ms → reconnecting.backingOff',
      'linked.binding': '15000 ms → reconnecting.backingOff',
      'linked.closing': '2000 ms → offline',
      'linked.connecting': '15000 ms → reconnecting.backingOff',
      'linked.establishing.awaitingManagement': '15000 ms → reconnecting.backingOff',
      'linked.establishing.awaitingSession': '15000 ms → reconnecting.backingOff',
      'linked.loggingIn.awaitingFeatures': '15000 ms → reconnecting.backingOff',
      'linked.loggingIn.awaitingHeader': '15000 ms → reconnecting.backingOff',
      'linked.loggingIn.awaitingNewFeatures': '15000 ms → reconnecting.backingOff',
      'linked.loggingIn.exchanging': '600000 ms → reconnecting.backingOff',
      'linked.loggingIn.verifying': '600000 ms → reconnecting.backingOff',
      'linked.online.stability.settling+liveness.fresh': '30000 ms → linked.online.stability.stable+liveness.fresh',
      'linked.online.stability.settling+liveness.probing': '15000 ms → reconnecting.backingOff',
      'linked.online.stability.stable+liveness.fresh': 'rests',
      'linked.online.stability.stable+liveness.probing': '15000 ms → reconnecting.backingOff',
      'linked.opening.awaitingFeatures': '15000 ms → reconnecting.backingOff',
      'linked.opening.awaitingHeader': '15000 ms → reconnecting.backingOff',
      'linked.restarting.awaitingFeatures': '15000 ms → reconnecting.backingOff',
      'linked.restarting.awaitingHeader': '15000 ms → reconnecting.backingOff',
      'linked.resuming': '15000 ms → reconnecting.backingOff',
      'linked.secured.awaitingFeatures': '15000 ms → reconnecting.backingOff',
      'linked.secured.awaitingHeader': '15000 ms → reconnecting.backingOff',
      'linked.securing.awaitingProceed': '15000 ms → reconnecting.backingOff',
      'linked.securing.handshaking': '15000 ms → reconnecting.backingOff',
      offline: 'rests',
      'reconnecting.awaitingNetwork': '600000 ms → resolving.recalling',
      'reconnecting.backingOff': '500 ms → resolving.recalling',
      'resolving.asking': '10000 ms → reconnecting.backingOff',
      'resolving.recalling': '10000 ms → reconnecting.backingOff',
      'resolving.redirected': '10000 ms → reconnecting.backingOff',
      restoring: '10000 ms → resolving.recalling',
    });
  });
});

describe('the client, walked through by tours with children that obey', () => {
  it.each(scenes)('is after each step where the graph says: $name', ({ graph, run }) => {
    // XState warns of what is sent to a child that has ended.
    const warn = vi.spyOn(console, 'warn').mockReturnValue();
    for (const walk of tours(graph, clientSubject.tours)) run(walk);
    warn.mockRestore();
  });

  it('resumes its session after a cut', () => {
    const [walk] = tours(negotiation.graph, {
      through: [
        { state: 'linked.online' },
        { event: 'transport.failed' },
        { state: 'linked.resuming' },
        { state: 'linked.online' },
      ],
    });
    expect(walk && describeWalk(walk).split('\n')).toEqual([
      'offline',
      '  start → resolving.recalling',
      '  xstate.done.actor.recall (nothing) → resolving.asking',
      '  xstate.done.actor.resolve (starttls) → linked.connecting',
      '  transport.connected (far away) → linked.opening.awaitingHeader',
      '  stream.opened → linked.opening.awaitingFeatures',
      '  features.received (STARTTLS) → linked.securing.awaitingProceed',
      '  tls.proceeded → linked.securing.handshaking',
      '  transport.secured → linked.secured.awaitingHeader',
      '  stream.opened → linked.secured.awaitingFeatures',
      '  features.received (SASL2) → linked.loggingIn.exchanging',
      '  sasl.succeeded (bound and managed) → linked.loggingIn.verifying',
      '  features.received (STARTTLS) → linked.loggingIn.verifying',
      '  xstate.done.actor.authentication (success) → linked.online.stability.settling+liveness.fresh',
      '  transport.failed (mendable) → reconnecting.backingOff',
      '  reconnect.now → resolving.recalling',
      '  xstate.done.actor.recall (nothing) → resolving.asking',
      '  xstate.done.actor.resolve (starttls) → linked.connecting',
      '  transport.connected (far away) → linked.opening.awaitingHeader',
      '  stream.opened → linked.opening.awaitingFeatures',
      '  features.received (STARTTLS) → linked.securing.awaitingProceed',
      '  tls.proceeded → linked.securing.handshaking',
      '  transport.secured → linked.secured.awaitingHeader',
      '  stream.opened → linked.secured.awaitingFeatures',
      '  features.received (STARTTLS) → linked.authenticating',
      '  xstate.done.actor.authentication (success) → linked.restarting.awaitingHeader',
      '  stream.opened → linked.restarting.awaitingFeatures',
      '  features.received (binding, management) → linked.resuming',
      '  management.answered (resumed) → linked.online.stability.settling+liveness.fresh',
    ]);
    if (walk) expect(negotiation.run(walk).snapshot.hasTag('online')).toBe(true);
  });

  it('is after each step of any walk where the graph says', () => {
    const { graph, run } = negotiation;
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 60 }), (choices) => {
        run(walkBy(graph, choices));
      }),
      { numRuns: 50 },
    );
  });
});

/** Waits as long as the state lasts. */
function deadlineOf({ actor, clock }: WalkRun<typeof clientMachine>): string {
  const before = statePath(actor.getSnapshot().value);
  const [next] = clock.timers();
  if (!next) return 'rests';
  const time = next.due - clock.now();
  clock.increment(time - 1);
  expect(statePath(actor.getSnapshot().value)).toBe(before);
  clock.increment(1);
  return `${time} ms → ${statePath(actor.getSnapshot().value)}`;
}
