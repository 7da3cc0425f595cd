import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { XmppError } from '../../src/node.ts';
import { type ScriptedServer, startScriptedServer } from '../../src/testing/index.ts';
import { stageClients, stateOf, WAYS, type Way, wayTo } from '../support/client-stage.ts';
import { negotiationSteps, type Script } from '../support/negotiation-steps.ts';
import { rejectionOf, whenIn } from '../support/when.ts';

const HEADER =
  '<stream:stream xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams" version="1.0" from="capulet.example">';
const STREAM_ERROR =
  '<stream:error><system-shutdown xmlns="urn:ietf:params:xml:ns:xmpp-streams"/></stream:error></stream:stream>';

interface Fault {
  readonly title: string;
  /** What the server does to a client in this state. */
  happen(peer: Script, state: string): PromiseLike<unknown>;
  /** What the client makes of it: the code of the error, and its phase where that is another state. */
  outcome(state: string, way: Way): readonly [code: string, phase?: string];
}

const FAULTS: readonly Fault[] = [
  {
    title: 'ends the connection without a word',
    happen: (peer) => peer.end(),
    outcome: () => ['transport/connection-closed'],
  },
  {
    title: 'cuts the connection',
    happen: (peer) => peer.reset(),
    // A pipe in memory knows no reset.
    outcome: (_state, way) => [way === 'memory' ? 'transport/connection-closed' : 'transport/connection-reset'],
  },
  {
    title: 'sends what is no XML, and no TLS',
    happen: (peer) => peer.sends('<<\0 a line of a server that speaks something else'),
    outcome: (state) => [state === HANDSHAKING ? 'transport/tls-failed' : 'stream/not-well-formed'],
  },
  {
    title: 'ends the stream with an error',
    happen: (peer, state) => peer.sends(state.endsWith('.awaitingHeader') ? HEADER + STREAM_ERROR : STREAM_ERROR),
    outcome: (state) =>
      state === HANDSHAKING
        ? ['transport/tls-failed']
        : ['stream/system-shutdown', state.replace('.awaitingHeader', '.awaitingFeatures')],
  },
];
const HANDSHAKING = 'linked.securing.handshaking';

const stage = stageClients();
let server: ScriptedServer;
beforeAll(async () => {
  server = await startScriptedServer({ domain: 'capulet.example' });
});
afterAll(() => server.stop());

describe.each(WAYS)('over %s a client fails, says where and why, and leaves nothing open, when the server', (way) => {
  const endpoint = () => ({ memory: 'capulet.example (memory)', ...tcpEndpoints() })[way];

  describe.each(FAULTS)('$title', ({ happen, outcome }) => {
    it.each(negotiationSteps(way))('in $title', async ({ state, reach }) => {
      const { client, script, failure } = await lead(way, state, reach);
      await happen(script, state);
      const [code, phase = state] = outcome(state, way);
      expect(summary(await failure)).toEqual({ code, phase, endpoint: endpoint(), hint: SOMETHING });
      expect(stateOf(client)).toBe('failed.gaveUp');
    });
  });

  /** Words for a person; which ones is up to the tests of each error. */
  const SOMETHING = expect.stringMatching(/^\S+ \S+/);

  describe('says nothing', () => {
    it.each(negotiationSteps(way))('in $title, until its time is over', async ({ state, reach }) => {
      const { client, failure } = await lead(way, state, reach);
      const isSasl = state === 'linked.authenticating';
      stage.clock.increment((isSasl ? 30_000 : 15_000) - 1);
      expect(stateOf(client)).toBe(state);
      stage.clock.increment(1);
      const code = isSasl ? 'sasl/temporary-auth-failure' : 'transport/timeout';
      expect(summary(await failure)).toEqual({ code, phase: state, endpoint: endpoint(), hint: SOMETHING });
      expect(stateOf(client)).toBe('failed.gaveUp');
      // A handshake that does not end has no end to wait for: its connection is cut.
      stage.clock.increment(1_000);
    });
  });
});

async function lead(way: Way, state: string, reach: (peer: Script) => Script & PromiseLike<unknown>) {
  const client = stage.make(wayTo(server, way));
  client.start();
  const failure = rejectionOf(client.online());
  const script = reach(await server.connection());
  await script;
  await whenIn(client, state);
  return { client, script, failure };
}

function tcpEndpoints() {
  const { port, tlsPort } = server;
  return { STARTTLS: `127.0.0.1:${port} (STARTTLS)`, 'direct TLS': `127.0.0.1:${tlsPort} (direct TLS)` };
}

function summary(error: unknown) {
  if (!(error instanceof XmppError)) return error;
  const { code, phase, endpoint, hint } = error;
  return { code, phase, endpoint, hint };
}
