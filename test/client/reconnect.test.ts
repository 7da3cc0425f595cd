import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ClientEvents, type CreateClientOptions, clientInput, fullJitter } from '../../src/node.ts';
import { type ScriptedServer, startScriptedServer } from '../../src/testing/index.ts';
import { stageClients, stateOf } from '../support/client-stage.ts';
import { nextEvent } from '../support/next-event.ts';
import { logIn } from '../support/scripted-login.ts';
import { ONLINE, rejectionOf, whenIn } from '../support/when.ts';

const stage = stageClients();
let server: ScriptedServer;
beforeEach(async () => {
  server = await startScriptedServer({ domain: 'capulet.example', listen: false });
});
afterEach(() => server.stop());

/** A server that ends every connection at once. */
const DOWN: NonNullable<CreateClientOptions['memory']> = (client) => {
  queueMicrotask(() => client.end());
  return { write: () => {}, end: () => {} };
};

describe('after a failure a client', () => {
  it('waits a random part of a time that doubles, up to two minutes', async () => {
    const client = stage.make({ memory: DOWN, reconnect: fullJitter, random: () => 0.5 });
    client.start();
    const delays: number[] = [];
    for (let attempt = 1; attempt <= 9; attempt += 1) {
      const retry = await nextEvent(client, 'reconnecting');
      expect(retry.attempt).toBe(attempt);
      delays.push(retry.delay);
      stage.clock.increment(retry.delay - 1);
      expect(stateOf(client)).toBe('reconnecting.backingOff');
      stage.clock.increment(1);
      expect(stateOf(client)).toBe('resolving.recalling');
    }
    expect(delays).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  });

  it('counts from one again when it was stopped and started meanwhile', async () => {
    const client = stage.make({ memory: DOWN, reconnect: () => 1000 });
    client.start();
    expect((await nextEvent(client, 'reconnecting')).attempt).toBe(1);
    stage.clock.increment(1000);
    expect((await nextEvent(client, 'reconnecting')).attempt).toBe(2);
    await client.stop();
    client.start();
    expect((await nextEvent(client, 'reconnecting')).attempt).toBe(1);
  });

  it('does so unless it was told otherwise', () => {
    expect(clientInput({ jid: 'juliet@capulet.example', password: 'secret' }).reconnect).toBe(fullJitter);
  });

  it('asks the policy with the number of the round, the error, and a random number', async () => {
    const requests: unknown[] = [];
    const client = stage.make({
      memory: DOWN,
      random: () => 0.25,
      reconnect: (request) => {
        requests.push(request);
        return request.attempt < 3 ? 0 : undefined;
      },
    });
    client.start();
    client.on('reconnecting', () => queueMicrotask(() => stage.clock.increment(0)));
    const failed = nextEvent(client, 'failed');
    const error = await rejectionOf(client.online());
    const closed = expect.objectContaining({ code: 'transport/connection-closed' });
    expect(requests).toEqual([1, 2, 3].map((attempt) => ({ attempt, error: closed, random: 0.25 })));
    expect(stateOf(client)).toBe('failed.gaveUp');
    expect(await failed).toEqual({ type: 'failed', error });
  });

  it.each<[string, () => number]>([
    [
      'throws',
      () => {
        throw new Error('No idea');
      },
    ],
    ['gives no number', () => Number.NaN],
    ['gives a time that is over', () => -1],
  ])('goes by the usual policy where its own %s', async (_title, reconnect) => {
    const client = stage.make({ memory: DOWN, reconnect });
    client.start();
    expect(await nextEvent(client, 'reconnecting')).toMatchObject({ attempt: 1, delay: 500 });
  });

  it.each<[string, () => number]>([
    [
      'throws',
      () => {
        throw new Error('No luck');
      },
    ],
    ['gives what is out of range', () => 17],
  ])('goes by other randomness where its own %s', async (_title, random) => {
    const client = stage.make({ memory: DOWN, reconnect: fullJitter, random });
    client.start();
    const { delay } = await nextEvent(client, 'reconnecting');
    expect(delay).toBeGreaterThanOrEqual(0);
    expect(delay).toBeLessThanOrEqual(1_000);
  });
});

describe('a client that waits', () => {
  it('comes back at once when it is told to', async () => {
    const client = await waiting();
    client.actor.send({ type: 'reconnect.now' });
    await logInAgain(client);
  });

  it('comes back at once when the network does', async () => {
    const client = await waiting();
    client.actor.send({ type: 'network.offline' });
    expect(stateOf(client)).toBe('reconnecting.awaitingNetwork');
    client.actor.send({ type: 'network.online' });
    await logInAgain(client);
  });

  it('does not try while there is no network, but not for ever', async () => {
    const client = await waiting();
    client.actor.send({ type: 'network.offline' });
    stage.clock.increment(599_999);
    expect(stateOf(client)).toBe('reconnecting.awaitingNetwork');
    stage.clock.increment(1);
    await logInAgain(client);
  });

  it('is told of the network in other states, and does no more than look whether the server is there', async () => {
    const client = stage.make({ memory: server.connect });
    for (const type of ['reconnect.now', 'network.offline', 'network.online'] as const) {
      client.actor.send({ type });
      expect(stateOf(client)).toBe('offline');
    }
    await logIn(client, server);
    for (const type of ['reconnect.now', 'network.offline', 'network.online'] as const) {
      client.actor.send({ type });
      expect(client.actor.getSnapshot().hasTag('online')).toBe(true);
    }
  });

  async function waiting() {
    const client = stage.make({ memory: server.connect, reconnect: () => 60_000 });
    client.start();
    await (await server.connection()).end();
    await whenIn(client, 'reconnecting.backingOff');
    return client;
  }

  async function logInAgain(client: Awaited<ReturnType<typeof waiting>>) {
    expect(stateOf(client)).toBe('resolving.recalling');
    await logIn(client, server);
    expect(stateOf(client)).toBe(ONLINE);
  }
});

describe('a session that is lost', () => {
  it('counts on with the failed rounds before it, unless it lasted', async () => {
    const client = stage.make({ memory: server.connect, reconnect: ({ attempt }) => attempt * 1_000 });
    const lasted = [0, 29_999, 30_000];
    const rounds: Pick<ClientEvents['reconnecting'], 'attempt' | 'delay'>[] = [];
    for (const time of lasted) {
      const { peer } = await logIn(client, server);
      stage.clock.increment(time);
      const lost = nextEvent(client, 'reconnecting');
      await peer.end();
      const { attempt, delay, error } = await lost;
      expect(error?.code).toBe('transport/connection-closed');
      rounds.push({ attempt, delay });
      stage.clock.increment(delay);
    }
    expect(rounds).toEqual([
      { attempt: 1, delay: 1_000 },
      { attempt: 2, delay: 2_000 },
      { attempt: 1, delay: 1_000 },
    ]);
  });

  it.each([
    ['conflict', 'stream/conflict'],
    ['policy-violation', 'stream/policy-violation'],
    ['not-authorized', 'stream/not-authorized'],
  ])('to the stream error %s is not followed by another', async (condition, code) => {
    const client = stage.make({ memory: server.connect, reconnect: () => 0 });
    const { peer } = await logIn(client, server);
    const failed = nextEvent(client, 'failed');
    await peer.sends(
      `<stream:error><${condition} xmlns="urn:ietf:params:xml:ns:xmpp-streams"/></stream:error></stream:stream>`,
    );
    expect((await failed).error).toMatchObject({ code, phase: 'linked.online' });
    expect([stateOf(client), stage.clock.timers()]).toEqual(['failed.terminal', []]);
    client.start();
    await logIn(client, server);
  });

  it('by a closing tag is followed by another', async () => {
    const client = stage.make({ memory: server.connect, reconnect: () => 0 });
    const { peer } = await logIn(client, server);
    const lost = nextEvent(client, 'reconnecting');
    await peer.sends('</stream:stream>').receives('</stream:stream>').closed();
    expect((await lost).error).toMatchObject({
      code: 'transport/connection-closed',
      message: 'The server closed the stream',
    });
    stage.clock.increment(0);
    await logIn(client, server);
  });
});
