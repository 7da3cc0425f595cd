import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { resolveLogic } from '../../src/actors/discovery.ts';
import type { SrvRecord } from '../../src/actors/srv.ts';
import { dialTcp } from '../../src/actors/tcp.ts';
import { transportLogic } from '../../src/actors/transport.ts';
import { provideClient } from '../../src/client/provide.ts';
import { nodeScramCrypto } from '../../src/sasl/node.ts';
import { createAuthority, type ScriptedServer, startScriptedServer } from '../../src/testing/index.ts';
import { stageClients, stateOf } from '../support/client-stage.ts';
import { nextEvent } from '../support/next-event.ts';
import { logIn } from '../support/scripted-login.ts';
import { rejectionOf } from '../support/when.ts';

/** Names that were asked for, and the service records of the test: those that DNS would give. */
let asked: string[] = [];
let records: Record<string, SrvRecord[]> = {};

const STARTTLS = '_xmpp-client._tcp.capulet.example';
const DIRECT_TLS = '_xmpps-client._tcp.capulet.example';

const stage = stageClients(
  provideClient({
    resolve: resolveLogic({
      lookupSrv: async (name) => {
        asked.push(name);
        return records[name] ?? [];
      },
    }),
    transport: transportLogic(dialTcp),
    crypto: nodeScramCrypto,
  }),
);

describe('a client whose domain has service records', () => {
  let first: ScriptedServer;
  let second: ScriptedServer;
  let ca: string;
  let closedPort: number;
  beforeAll(async () => {
    const authority = await createAuthority();
    ca = authority.certificate;
    const certificate = await authority.issue({ domains: ['capulet.example'] });
    [first, second] = await Promise.all([
      startScriptedServer({ domain: 'capulet.example', certificate, timeout: 500 }),
      startScriptedServer({ domain: 'capulet.example', certificate, timeout: 500 }),
    ]);
    const closed = await startScriptedServer({ domain: 'capulet.example', tls: false });
    closedPort = closed.port;
    await closed.stop();
  });
  afterAll(() => Promise.all([first.stop(), second.stop()]));
  beforeEach(() => {
    asked = [];
    records = {};
  });

  it('goes at once from a server that is not there to the next, STARTTLS and direct TLS alike', async () => {
    records = { [STARTTLS]: [target(closedPort, 1), target(second.port, 3)], [DIRECT_TLS]: [target(closedPort, 2)] };
    const client = make();
    await logIn(client, second);
    const { context } = client.actor.getSnapshot();
    expect(context.tried).toEqual([
      failedAttempt(`127.0.0.1:${closedPort} (STARTTLS)`),
      failedAttempt(`127.0.0.1:${closedPort} (direct TLS)`),
    ]);
    expect([asked, context.retry.attempt, stage.clock.now()]).toEqual([[STARTTLS, DIRECT_TLS], 0, 0]);
  });

  it('logs in over direct TLS where that comes first', async () => {
    records = { [STARTTLS]: [target(first.port, 2)], [DIRECT_TLS]: [target(second.tlsPort, 1)] };
    const client = make();
    await logIn(client, second);
    expect(client.actor.getSnapshot().context.tried).toEqual([]);
  });

  it('waits its turn and asks anew after it lost a session, instead of storming the next server', async () => {
    records = { [STARTTLS]: [target(first.port, 1), target(second.port, 2)] };
    const client = make({ reconnect: () => 1_000 });
    const { peer } = await logIn(client, first);
    const lost = nextEvent(client, 'reconnecting');
    records = { [STARTTLS]: [target(second.port, 1)] };
    await peer.reset();
    expect(await lost).toMatchObject({ attempt: 1, delay: 1_000, error: { code: 'transport/connection-reset' } });
    expect([stateOf(client), asked.length]).toEqual(['reconnecting.backingOff', 2]);
    stage.clock.increment(1_000);
    await logIn(client, second);
    expect(asked.length).toBe(4);
  });

  it('waits when all of them failed, and tells of the last', async () => {
    records = { [STARTTLS]: [target(closedPort, 1), target(closedPort, 2)] };
    const client = make();
    client.start();
    expect(await rejectionOf(client.online())).toMatchObject({
      code: 'transport/connection-refused',
      endpoint: `127.0.0.1:${closedPort} (STARTTLS)`,
    });
    expect(client.actor.getSnapshot().context.tried).toHaveLength(2);
  });

  it('stays with a server that has a wrong certificate: the others are not asked', async () => {
    records = { [STARTTLS]: [target(first.port, 1), target(second.port, 2)] };
    const client = make({ tls: { ca: (await createAuthority()).certificate } });
    client.start();
    const failure = rejectionOf(client.online());
    (await first.connection()).startTls().catch(() => {});
    expect(await failure).toMatchObject({ code: 'transport/certificate-untrusted' });
    expect(stateOf(client)).toBe('failed.terminal');
  });

  it('fails where the domain says that it has no service', async () => {
    const none = { name: '.', port: 0, priority: 0, weight: 0 };
    records = { [STARTTLS]: [none], [DIRECT_TLS]: [none] };
    const client = make();
    client.start();
    expect(await rejectionOf(client.online())).toMatchObject({
      code: 'transport/service-unavailable',
      phase: 'resolving.asking',
      endpoint: undefined,
      hint: 'Check the domain of the address: its service records have the target ".".',
    });
    expect(stateOf(client)).toBe('failed.terminal');
  });

  function make(options: Parameters<typeof stage.make>[0] = {}) {
    return stage.make({ tls: { ca }, ...options });
  }

  function target(port: number, priority: number): SrvRecord {
    return { name: '127.0.0.1', port, priority, weight: 0 };
  }

  function failedAttempt(endpoint: string) {
    return {
      endpoint,
      code: 'transport/connection-refused',
      message: `The connection to ${endpoint} failed: ECONNREFUSED`,
    };
  }
});
