import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { SimulatedClock } from 'xstate';
import { type ClientClock, clientMachine, neverRetry, statePath } from '../../machines/index.ts';
import { clientInput } from '../../src/client/client-input.ts';
import type { ClientOptions } from '../../src/client/options.ts';
import {
  type Cases,
  describeOutcomes,
  describeViolation,
  describeWalk,
  explore,
  type Invariant,
  type ModelAction,
  type ModelGraph,
  type ModelNode,
  puppet,
  runWalk,
  tours,
  untakenTransitions,
  violations,
  type Walk,
  type WalkRun,
  walkBy,
  walkTo,
  withPuppets,
} from '../../src/testing/model/index.ts';
import { clientCases, clientKey, placesCases, redirectCases, straightCases } from './cases/client.ts';

/** As far as the client looks at its session. */
const session = puppet({ context: { subprotocols: [], app: 'active', ledger: { received: 0 } } });
const machine = withPuppets(clientMachine, { session });

const HERE = { host: 'a.example.org' };
const sessions = { load: () => undefined, save: () => undefined };

/** What the settings decide is explored for each of them. */
const scenes: readonly [Scene, ...Scene[]] = [
  scene('a negotiation with everything that a server may say', clientCases, HERE),
  scene('places of all kinds', placesCases, {}),
  scene('servers that send clients elsewhere', redirectCases, {}),
  scene('a client that never tries again', straightCases, { ...HERE, reconnect: neverRetry }),
  scene('sessions that outlive the process', straightCases, { ...HERE, sessions }),
  scene('a client that starts at once', straightCases, { ...HERE, startsAtOnce: true }),
  scene('both', straightCases, { ...HERE, startsAtOnce: true, sessions }),
];
const [negotiation] = scenes;

type Node = ModelNode<typeof machine>;

describe('the chart of the client, explored', () => {
  it('takes every one of its transitions', () => {
    expect(untakenTransitions(clientMachine, ...scenes.map(({ graph }) => graph))).toEqual([]);
  });

  it('does in every state, for every event, what is written down', async () => {
    const table = describeOutcomes(...scenes.map(({ graph }) => graph));
    await expect(table).toMatchFileSnapshot('cases/client.outcomes.txt');
  });

  it.each<Invariant<typeof machine>>([
    {
      name: 'online implies secure and authenticated',
      holds: ({ snapshot }) =>
        !snapshot.hasTag('online') || (snapshot.hasTag('secure') && snapshot.hasTag('authenticated')),
    },
    {
      name: 'what is called secure is under TLS, or the application asked for none',
      holds: (node) => !node.snapshot.hasTag('secure') || isHidden(node),
    },
    {
      name: 'there is no SASL before TLS unless the application asked for none',
      holdsOver: (_before, { actions }, after) => isHidden(after) || !actions.some(isAuthentication),
    },
    {
      name: 'stop is heard in every state',
      holds: ({ snapshot, edges }) => snapshot.status !== 'active' || edges.some(({ label }) => label === 'stop'),
    },
    {
      name: 'stop leads to closing or offline',
      holdsOver: (_before, { label }, { state }) => label !== 'stop' || ['linked.closing', 'offline'].includes(state),
    },
    {
      name: 'a session is resumed only under the name that it was given',
      holdsOver: (before, { actions }) =>
        !actions.some(({ params }) => Object(params).event?.type === 'session.resume') ||
        before.snapshot.context.management?.id === 'm1',
    },
    {
      name: 'one transport lives while there is a connection, and none otherwise',
      holds: ({ state, snapshot }) => state.startsWith('linked') === 'transport' in snapshot.children,
    },
    {
      name: 'who failed for good does nothing until it is told to',
      holdsOver: ({ state }, { label, target }) =>
        !state.startsWith('failed') ||
        ['start', 'stop'].includes(label) ||
        target.state === state ||
        target.state === 'broken',
    },
  ])('keeps the invariant that $name', (invariant) => {
    for (const { graph } of scenes) expect(violations(graph, [invariant]).map(describeViolation)).toEqual([]);
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
    for (const walk of tours(graph, { cover: 'steps' })) run(walk);
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

interface Scene {
  readonly name: string;
  readonly graph: ModelGraph<typeof machine>;
  readonly run: (walk: Walk<typeof machine>) => WalkRun<typeof machine>;
}

function scene(name: string, cases: Cases<typeof clientMachine>, options: Partial<ClientOptions>): Scene {
  const input = (clock: ClientClock = new SimulatedClock()) => {
    const account = { jid: 'juliet@example.org', password: 'pencil', startsAtOnce: false };
    return clientInput({ ...account, random: () => 0.5, clock, ...options });
  };
  const graph = explore(machine, { input: input(), cases, key: clientKey });
  return { name, graph, run: (walk) => runWalk(graph, walk, { machine, input }) };
}

/** Nobody can read along, or the application wanted it so. */
function isHidden({ snapshot: { context } }: Node): boolean {
  const { candidates, candidate, channel } = context;
  const endpoint = candidates[candidate];
  return channel !== undefined || endpoint?.transport === 'websocket' || endpoint?.security === 'none';
}

function isAuthentication({ type, params }: ModelAction): boolean {
  return type === 'xstate.spawnChild' && Object(params).id === 'authentication';
}

/** Waits as long as the state lasts. */
function deadlineOf({ actor, clock }: WalkRun<typeof machine>): string {
  const before = statePath(actor.getSnapshot().value);
  const [next] = clock.timers();
  if (!next) return 'rests';
  const time = next.due - clock.now();
  clock.increment(time - 1);
  expect(statePath(actor.getSnapshot().value)).toBe(before);
  clock.increment(1);
  return `${time} ms → ${statePath(actor.getSnapshot().value)}`;
}
