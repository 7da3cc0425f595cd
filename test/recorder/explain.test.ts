import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createActor, createMachine } from 'xstate';
import { explain } from '../../src/client/index.ts';
import { DEFAULT_TIMEOUTS } from '../../src/node.ts';
import { type ScriptedServer, startScriptedServer } from '../../src/testing/index.ts';
import { stageClients } from '../support/client-stage.ts';
import { whenIn } from '../support/when.ts';

const stage = stageClients();
let server: ScriptedServer;
beforeEach(async () => {
  server = await startScriptedServer({ domain: 'capulet.example', listen: false });
});
afterEach(() => server.stop());

describe('the explanation of a client', () => {
  it('says, before anything happened, what the user can do', () => {
    const client = stage.make({ memory: server.connect });
    stage.clock.increment(2000);
    const { since, ...explanation } = explain(client.actor.getSnapshot());
    expect(explanation).toEqual({
      state: 'offline',
      sentence: 'The client is in offline, for 2.0 s: No connection, and none is wanted. `start` connects.',
      description: 'No connection, and none is wanted. `start` connects.',
      summary: 'No connection, and none is wanted. `start` connects.',
      waitsFor: ['start'],
      next: ['restoring', 'resolving'],
      advice: ['`start` connects.'],
    });
    expect(Math.abs(Date.now() - 2000 - (since ?? 0))).toBeLessThan(1000);
  });

  it('says what it waits for, since when, until when, and what follows then', async () => {
    const client = stage.make({ memory: server.connect });
    client.start();
    await whenIn(client, 'linked.opening.awaitingHeader');
    stage.clock.increment(3100);
    const { state, since = 0, waitsFor, until, last, next, advice, sentence } = explain(client.actor.getSnapshot());
    expect({ state, waitsFor, last, next, advice, sentence }).toEqual({
      state: 'linked.opening.awaitingHeader',
      waitsFor: ['stream.opened'],
      last: 'transport.connected',
      next: ['linked.opening.awaitingFeatures'],
      advice: [],
      sentence:
        'The client is in linked.opening.awaitingHeader, for 3.1 s: Our stream header is sent; waits for the header of the server. If nothing else comes, failing follows in 11.9 s.',
    });
    expect(until).toEqual({ at: since + DEFAULT_TIMEOUTS.open, next: 'failing' });
  });

  it('says what went wrong, and when it tries again', async () => {
    const client = stage.make({ memory: server.connect, reconnect: () => 5000 });
    client.start();
    await whenIn(client, 'linked.opening.awaitingHeader');
    stage.clock.increment(DEFAULT_TIMEOUTS.open);
    await whenIn(client, 'reconnecting.backingOff');
    stage.clock.increment(1000);
    const { until, advice, sentence } = explain(client.actor.getSnapshot());
    expect(until?.next).toBe('resolving');
    expect(advice).toEqual([
      'Check that an XMPP server answers there and that no firewall swallows the connection; `timeouts` sets the patience.',
      '`reconnect.now` tries again at once; `stop` gives up.',
    ]);
    expect(sentence).toBe(
      `The client is in reconnecting.backingOff, for 1.0 s: Waits as long as the policy says. The last error: No answer from capulet.example (memory) in time. If nothing else comes, resolving follows in 4.0 s. ${advice[0]}`,
    );
  });

  it('tells of any moment that it is asked for', () => {
    const snapshot = stage.make({ memory: server.connect }).actor.getSnapshot();
    const { since = 0 } = explain(snapshot);
    expect(explain(snapshot, since + 65_000).sentence).toContain('for 1 min 5 s');
  });
});

describe('the explanation of any other machine', () => {
  const lamp = createMachine({
    id: 'lamp',
    initial: 'off',
    states: {
      off: { description: 'It is dark.', on: { switch: 'on', break: 'broken' } },
      on: { description: 'It burns.', after: { 1000: 'off' }, on: { dim: {} } },
      broken: {},
    },
  });

  it('is read off its chart, without times', () => {
    const actor = createActor(lamp).start();
    expect(explain(actor.getSnapshot())).toEqual({
      state: 'off',
      sentence: 'The lamp is in off: It is dark.',
      description: 'It is dark.',
      summary: 'It is dark.',
      waitsFor: ['switch', 'break'],
      next: ['on', 'broken'],
      advice: [],
    });
    actor.stop();
  });

  it('is as short where there is nothing to wait for', () => {
    const actor = createActor(lamp).start();
    actor.send({ type: 'break' });
    expect(explain(actor.getSnapshot())).toEqual({
      state: 'broken',
      sentence: 'The lamp is in broken.',
      description: '',
      summary: '',
      waitsFor: [],
      next: [],
      advice: [],
    });
    actor.stop();
  });
});
