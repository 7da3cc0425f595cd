import { afterEach, expect } from 'vitest';
import { statePath } from '../../machines/index.ts';
import { createClientWith } from '../../src/client/create-client.ts';
import { parseRecording, replay } from '../../src/inspect/replay/index.ts';
import { type Client, type CreateClientOptions, clientMachine, DEFAULT_TIMEOUTS } from '../../src/node.ts';
import type { Server } from '../../src/testing/index.ts';
import { createTestClock, type TestClock } from './clock.ts';

/** A way to connect to a server of the testing package. */
export type Way = 'memory' | 'STARTTLS' | 'direct TLS';

/** All of them. */
export const WAYS: readonly Way[] = ['memory', 'STARTTLS', 'direct TLS'];

/** The options that lead to a server on one of the ways. */
export function wayTo(server: Pick<Server, 'ca' | 'connect' | 'port' | 'tlsPort'>, way: Way = 'memory') {
  if (way === 'memory') return { memory: server.connect };
  const directTls = way === 'direct TLS';
  return { host: '127.0.0.1', port: directTls ? server.tlsPort : server.port, directTls, tls: { ca: server.ca } };
}

/** The clients of one test. */
export interface ClientStage {
  /** Time for all of them; it stands still unless the test lets it pass. */
  readonly clock: TestClock;
  /** Makes a client of juliet that gives up at the first failure, unless the options say otherwise. */
  make(options: Partial<CreateClientOptions>): Client;
}

/**
 * Call it while tests are described. After each test its clients are stopped, no socket and no timer may be left, and what they
 * recorded must lead through the same states once more.
 */
export function stageClients(machine = clientMachine): ClientStage {
  let clock = createTestClock();
  let clients: Client[] = [];
  afterEach(async () => {
    const made = clients;
    clients = [];
    const stopped = Promise.all(made.map((client) => client.stop()));
    // A script that is over answers no closing tag.
    clock.increment(DEFAULT_TIMEOUTS.close);
    await stopped;
    await expect.poll(() => [openSockets(), clock.timers()], { interval: 1 }).toEqual([[], []]);
    for (const client of made) expectReplayable(client);
    clock = createTestClock();
  });
  return {
    get clock() {
      return clock;
    },
    make(options) {
      const defaults: CreateClientOptions = { jid: 'juliet@capulet.example', password: 'secret' };
      const known = { ...defaults, reconnect: () => undefined, random: () => 0.5, clock, ...options };
      const client = createClientWith(machine, known);
      clients.push(client);
      return client;
    },
  };
}

function expectReplayable(client: Client): void {
  const recording = client.recording();
  if (recording) expect(replay(parseRecording(JSON.stringify(recording))).divergence).toBeUndefined();
}

/** The sockets of this process that keep it alive, servers that listen apart. */
export function openSockets(): string[] {
  return process.getActiveResourcesInfo().filter((name) => /^(TCPSocket|TLS|TCPConnect|GetAddrInfo|Query)/.test(name));
}

/** The path of the state that a client is in. */
export function stateOf(client: Client): string {
  return statePath(client.actor.getSnapshot().value);
}
