import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createActor, waitFor } from 'xstate';
import type { RecordedElement, RecordedEvent, Recording } from '../../src/errors/index.ts';
import { QueueFullError } from '../../src/errors/index.ts';
import { type Client, clientFor, clientInput, clientMachine, DEFAULT_TIMEOUTS, XmppError } from '../../src/node.ts';
import { messageProtocol } from '../../src/subprotocols/message.ts';
import { presenceProtocol } from '../../src/subprotocols/presence.ts';
import { type Server, startServer } from '../../src/testing/index.ts';
import { formsOf } from '../machines/witness.ts';
import { stageClients } from '../support/client-stage.ts';
import { messageWith } from '../support/stanzas.ts';
import { ONLINE, rejectionOf, whenIn } from '../support/when.ts';

const SECRET = 'correct-horse-battery-staple';
const JULIET = 'juliet@capulet.example';

const stage = stageClients();
let server: Server;
beforeEach(async () => {
  const accounts = { juliet: SECRET, romeo: SECRET };
  server = await startServer({ domain: 'capulet.example', accounts, listen: false, streamManagement: true });
});
afterEach(() => server.stop());

describe('a recording', () => {
  it('tells each event of the chart, where it led, and when', async () => {
    const client = make();
    stage.clock.increment(1000);
    client.start();
    await client.online();
    stage.clock.increment(500);
    await client.stop();
    expect(eventsOf(client).map(({ at, event, state }) => [at, event, state])).toEqual([
      [1000, 'start', 'resolving.recalling'],
      [1000, 'xstate.done.actor.recall', 'resolving.asking'],
      [1000, 'xstate.done.actor.resolve', 'linked.connecting'],
      [1000, 'transport.connected', 'linked.opening.awaitingHeader'],
      [1000, 'stream.opened', 'linked.opening.awaitingFeatures'],
      [1000, 'features.received', 'linked.authenticating'],
      [1000, 'sasl.challenged', 'linked.authenticating'],
      [1000, 'sasl.succeeded', 'linked.authenticating'],
      [1000, 'xstate.done.actor.authentication', 'linked.restarting.awaitingHeader'],
      [1000, 'stream.opened', 'linked.restarting.awaitingFeatures'],
      [1000, 'features.received', 'linked.binding'],
      [1000, 'stanza.received', 'linked.establishing.awaitingManagement'],
      [1000, 'management.answered', ONLINE],
      [1500, 'stop', 'linked.closing'],
      [1500, 'stream.closed', 'offline'],
    ]);
    expect(client.recording()?.base).toMatchObject({ state: 'offline', value: 'offline', since: { offline: 0 } });
  });

  it('has the outside of stanzas, among the events where they belong', async () => {
    const client = make();
    const presence = client.use(presenceProtocol());
    client.start();
    await client.online();
    presence.available({ status: 'on the balcony' });
    const { entries } = recordingOf(client);
    const bound = entries.findIndex((entry) => entry.kind === 'stanza' && entry.type === 'result');
    expect(
      entries.slice(bound - 1, bound + 2).map((entry) => (entry.kind === 'event' ? entry.event : entry.name)),
    ).toEqual(['iq', 'iq', 'stanza.received']);
    expect(elementsOf(client).map(({ direction, name, payload }) => `${direction} ${name} ${payload}`)).toEqual([
      'SEND iq {urn:ietf:params:xml:ns:xmpp-bind}bind',
      'RECV iq {urn:ietf:params:xml:ns:xmpp-bind}bind',
      'SEND presence {jabber:client}status',
    ]);
  });

  it('is plain JSON', async () => {
    const client = make();
    client.start();
    await client.online();
    const recording = recordingOf(client);
    expect(JSON.parse(JSON.stringify(recording))).toEqual(recording);
  });

  it('counts time from the moment that it began, since 1970', async () => {
    const before = Date.now();
    const { startedAt } = recordingOf(make());
    expect(startedAt).toBeGreaterThanOrEqual(before - 1);
    expect(startedAt).toBeLessThanOrEqual(Date.now() + 1);
  });

  it('is bounded: the older half goes, and the rest says how much that was and where the client was then', async () => {
    const client = make({ reconnect: () => 1000 });
    client.start();
    await client.online();
    for (let round = 0; round < 500; round += 1) client.actor.send({ type: 'app.active' });
    const { dropped, entries, base } = recordingOf(client);
    const events = entries.filter(({ kind }) => kind === 'event');
    expect(dropped + events.length).toBe(513);
    expect(events.length).toBeGreaterThanOrEqual(64);
    expect(events.length).toBeLessThanOrEqual(128);
    expect(base.state).toBe(ONLINE);
    expect(base.since).toMatchObject({ linked: 0, 'linked.online': 0, 'linked.online.liveness.fresh': 0 });
  });

  it('keeps as many stanzas, however many come', async () => {
    const client = make();
    const messages = client.use(messageProtocol());
    client.start();
    await client.online();
    const deliveries = Array.from({ length: 500 }, (_, index) => messages.send({ to: JULIET, body: `${index}` }));
    await Promise.all(deliveries.map((delivery) => delivery.written()));
    expect(elementsOf(client)).toHaveLength(64);
  });

  it('is told by a client that a machine of the application invoked', async () => {
    const memory = server.connect;
    const actor = createActor(clientMachine, { input: clientInput({ jid: JULIET, password: SECRET, memory }) }).start();
    await waitFor(actor, (snapshot) => snapshot.hasTag('online'));
    const [first] = recordingOf(clientFor(actor)).entries;
    expect(first).toMatchObject({ event: 'xstate.done.actor.recall', state: 'resolving.asking' });
    await clientFor(actor).stop();
    actor.stop();
  });

  it('begins anew with each client that is made of the same input', async () => {
    const input = clientInput({ jid: JULIET, password: SECRET, memory: server.connect, startsAtOnce: false });
    const first = createActor(clientMachine, { input }).start();
    first.send({ type: 'network.offline' });
    first.stop();
    const second = createActor(clientMachine, { input }).start();
    second.send({ type: 'app.active' });
    expect(recordingOf(clientFor(second)).entries.map((entry) => entry.kind === 'event' && entry.event)).toEqual([
      'app.active',
    ]);
    second.stop();
  });

  it('leaves out what an application sent that is no event, and the client goes on', async () => {
    const client = make();
    client.actor.send(JSON.parse('{ "type": "transport.secured" }'));
    client.start();
    await client.online();
    expect(eventsOf(client)[0]).toMatchObject({ event: 'start' });
  });

  it('is not made where nobody wants one', async () => {
    const client = make({ recorder: false });
    const error = await rejectionOf(offlineRequest(client));
    expect(client.recording()).toBeUndefined();
    expect(error).toBeInstanceOf(XmppError);
    expect(error).toMatchObject({ recording: undefined, explanation: undefined });
  });
});

describe('what a recording does not have', () => {
  it.each([false, true])('is a password, in whatever form, with SASL2: %s', async (sasl2) => {
    const own = await startServer({ domain: 'capulet.example', accounts: { juliet: SECRET }, listen: false, sasl2 });
    for (const mechanism of ['SCRAM-SHA-256', 'PLAIN']) {
      const client = make({ memory: own.connect, mechanisms: [mechanism] });
      client.start();
      await client.online();
      const text = JSON.stringify(client.recording());
      expect(text).toContain('features.received');
      for (const form of formsOf(SECRET)) expect(text).not.toContain(form);
      expect(text).not.toMatch(/biws|cj1|bixu|dj0/);
    }
    await own.stop();
  });

  it('is the id of a session that can be resumed (XEP-0198 §5)', async () => {
    const client = make({ reconnect: () => 0 });
    client.start();
    await client.online();
    const { management } = client.actor.getSnapshot().context;
    server.drop(JULIET);
    await whenIn(client, 'reconnecting');
    stage.clock.increment(0);
    await client.online();
    const text = JSON.stringify(client.recording());
    expect(management?.id).toMatch(/.{8}/);
    expect(text).not.toContain(management?.id);
    // The same wherever it stands, or a replay would not see that it is the session that was asked for.
    expect(text.match(/session-\d/g)?.length).toBeGreaterThanOrEqual(2);
    expect(new Set(text.match(/session-\d/g))).toEqual(new Set(['session-1']));
  });

  it('is what people say, nor what an application tells its subprotocols', async () => {
    const client = make();
    const messages = client.use(messageProtocol());
    messages.send({ to: 'romeo@capulet.example', body: 'wherefore art thou Romeo' });
    client.start();
    await client.online();
    client.actor.send({ type: 'subprotocol.tell', name: 'message', event: { type: 'deny thy father' } });
    await messages.send({ to: JULIET, body: 'wherefore art thou Romeo' }).written();
    const text = JSON.stringify(client.recording());
    expect(text).toContain('"message"');
    expect(text).not.toContain('wherefore');
    expect(text).not.toContain('deny thy father');
  });
});

describe('an error', () => {
  it('has a recording up to the moment when it happened, and tells where the client was', async () => {
    const client = make({ memory: server.connect, password: 'wrong' });
    client.start();
    const error = await rejectionOf(client.online());
    stage.clock.increment(10_000);
    client.start();
    await rejectionOf(client.online());
    expect(error).toBeInstanceOf(XmppError);
    const { recording, explanation } = error as XmppError;
    expect(recording?.entries.at(-1)).toMatchObject({
      event: 'xstate.done.actor.authentication',
      state: 'failed.needsCredentials',
      error: { code: 'sasl/not-authorized' },
    });
    expect(explanation).toMatchObject({ state: 'linked.authenticating', last: 'xstate.done.actor.authentication' });
  });

  it('has one wherever it comes to light: in a delivery, in an event, in a call that the client cannot answer any more', async () => {
    const client = make({ limits: { maxQueuedStanzas: 0 } });
    const messages = client.use(messageProtocol());
    const told: XmppError[] = [];
    client.on('error', ({ error }) => told.push(error));
    client.on('offline', () => {
      throw new Error('a listener that fails');
    });
    const { error: delivery } = client.send(messageWith('hello'), { keep: false });
    expect(() => messages.send({ to: JULIET, body: 'hello' })).toThrow(QueueFullError);
    client.start();
    const waiting = rejectionOf(client.online());
    await client.stop();
    const errors = [delivery, told[0], await waiting];
    expect(errors.map((error) => (error instanceof XmppError ? error.code : error))).toEqual([
      'delivery/not-kept',
      'option/invalid',
      'session/stopped',
    ]);
    for (const error of errors) {
      expect((error as XmppError).recording?.account).toBe(JULIET);
      expect((error as XmppError).explanation?.state).toBeDefined();
    }
  });

  it('shows neither to those who print it, for it would fill their logs', async () => {
    const error = await rejectionOf(offlineRequest(make()));
    expect(JSON.stringify(error)).not.toContain('recording');
    expect(Object.keys(Object(error))).not.toContain('recording');
  });
});

function make(options: Parameters<typeof stage.make>[0] = {}): Client {
  return stage.make({ password: SECRET, memory: server.connect, ...options });
}

/** It waits for a session that does not come. */
function offlineRequest(client: Client): Promise<unknown> {
  const refused = client.online();
  client.actor.send({ type: 'start' });
  void client.stop();
  stage.clock.increment(DEFAULT_TIMEOUTS.close);
  return refused;
}

function recordingOf(client: Client): Recording {
  const recording = client.recording();
  if (!recording) throw new Error('Expected a recording');
  return recording;
}

function eventsOf(client: Client): RecordedEvent[] {
  return recordingOf(client).entries.filter((entry) => entry.kind === 'event');
}

function elementsOf(client: Client): RecordedElement[] {
  return recordingOf(client).entries.filter((entry) => entry.kind === 'stanza');
}
