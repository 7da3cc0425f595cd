import { clientMachine, neverRetry } from '../../../machines/index.ts';
import { clientInput } from '../../../src/client/client-input.ts';
import type { ClientOptions } from '../../../src/client/options.ts';
import { type Cases, type ModelAction, type ModelNode, puppet, withPuppets } from '../../../src/testing/model/index.ts';
import { lateRecordCases, placesCases, redirectCases, straightCases } from '../cases/client.scenes.ts';
import { clientCases, clientKey, countingKey, refusalKey } from '../cases/client.ts';
import type { Scene, Subject } from './subject.ts';

/** As far as the client looks at its session. */
const session = puppet({ context: { subprotocols: [], app: 'active', ledger: { received: 0 } } });
const HERE = { host: 'a.example.org' };
const sessions = { load: () => undefined, save: () => undefined };

/** The chart of the client. */
export const clientSubject: Subject<typeof clientMachine> = {
  chart: clientMachine,
  prepare: (chart) => withPuppets(chart, { session }),
  scenes: [
    scene('a negotiation with everything that a server may say', clientCases, HERE),
    scene('places of all kinds', placesCases, {}),
    scene('servers that send clients elsewhere', redirectCases, {}),
    scene('a client that never tries again', straightCases, { ...HERE, reconnect: neverRetry }),
    scene('sessions that outlive the process', straightCases, { ...HERE, sessions }),
    scene('a client that does not ask whether its server is there', straightCases, { ...HERE, liveness: false }),
    { ...scene('rounds that fail, one after the other', straightCases, HERE), key: countingKey },
    scene('a client that starts at once', straightCases, { ...HERE, startsAtOnce: true }),
    scene('both', straightCases, { ...HERE, startsAtOnce: true, sessions }),
    { ...scene('a session that is found after a refusal', lateRecordCases, { ...HERE, sessions }), key: refusalKey },
  ],
  key: clientKey,
  tours: { cover: 'steps' },
  invariants: [
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
    {
      name: 'whoever starts it begins to count the rounds that failed',
      holdsOver: (_before, { label }, { snapshot }) => label !== 'start' || snapshot.context.retry.attempt === 0,
    },
    {
      name: 'nobody is asked for a sign of life where the application wants none',
      holds: ({ state, snapshot }) => snapshot.context.settings.liveness !== undefined || !state.endsWith('probing'),
    },
  ],
};

function scene(
  name: string,
  cases: Cases<typeof clientMachine>,
  options: Partial<ClientOptions>,
): Scene<typeof clientMachine> {
  const account = { jid: 'juliet@example.org', password: 'pencil', startsAtOnce: false };
  return { name, cases, input: (clock) => clientInput({ ...account, random: () => 0.5, clock, ...options }) };
}

/** Nobody can read along, or the application wanted it so. */
function isHidden({ snapshot: { context } }: ModelNode<typeof clientMachine>): boolean {
  const { candidates, candidate, channel } = context;
  const endpoint = candidates[candidate];
  return channel !== undefined || endpoint?.transport === 'websocket' || endpoint?.security === 'none';
}

function isAuthentication({ type, params }: ModelAction): boolean {
  return type === 'xstate.spawnChild' && Object(params).id === 'authentication';
}
