import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Client, element, QueueFullError, SessionEndedError } from '../../src/node.ts';
import { presenceProtocol } from '../../src/subprotocols/presence.ts';
import { type ScriptedServer, startScriptedServer } from '../../src/testing/index.ts';
import { stageClients, stateOf } from '../support/client-stage.ts';
import { greeter } from '../support/greeter.ts';
import { nextEvent } from '../support/next-event.ts';
import { logIn } from '../support/scripted-login.ts';
import { messageWith, messageXml, pingRequest } from '../support/stanzas.ts';
import { rejectionOf } from '../support/when.ts';

const stage = stageClients();
let server: ScriptedServer;
beforeEach(async () => {
  server = await startScriptedServer({ domain: 'capulet.example', listen: false });
});
afterEach(() => server.stop());

describe('stanzas that are sent while there is no session', () => {
  it('go out in order when there is one, before subprotocols hear of it', async () => {
    const client = make();
    client.use(greeter('greeter'));
    const deliveries = ['one', 'two', 'three'].map((body) => client.send(messageWith(body)));
    expect(deliveries.map(({ state }) => state)).toEqual(['queued', 'queued', 'queued']);
    client.start();
    await (await server.connection())
      .login({ mechanism: 'PLAIN' })
      .receives(messageXml('one'))
      .receives(messageXml('two'))
      .receives(messageXml('three'))
      .receives(messageXml('greeter: started'));
    await Promise.all(deliveries.map((delivery) => delivery.settled()));
    expect(deliveries.map(({ state, error }) => [state, error])).toEqual(Array(3).fill(['written', undefined]));
  });

  it('keep their order with presence that is announced on reaching online, directed presence among them', async () => {
    const client = make();
    const presence = client.use(presenceProtocol());
    presence.available({ status: 'here' });
    presence.direct('romeo@montague.example');
    client.send(messageWith('one'));
    client.start();
    await (await server.connection())
      .login({ mechanism: 'PLAIN' })
      .receives('<presence to="romeo@montague.example"/>')
      .receives(messageXml('one'))
      .receives('<presence><status>here</status></presence>');
  });

  it('are refused beyond the limit, at once, and those before them stay', async () => {
    const client = make({ limits: { maxQueuedStanzas: 2 } });
    client.send(messageWith('one'));
    client.send(messageWith('two'));
    expect(() => client.send(messageWith('three'))).toThrow(QueueFullError);
    expect(() => client.send(messageWith('three'))).toThrow(
      expect.objectContaining({
        code: 'queue/full',
        message: '2 stanzas wait to be sent already',
        hint: 'Wait until the client is online, send less, or raise `limits.maxQueuedStanzas`.',
      }),
    );
    client.start();
    const peer = (await server.connection()).login({ mechanism: 'PLAIN' });
    await peer.receives(messageXml('one')).receives(messageXml('two'));
    await client.send(messageWith('four')).settled();
    await peer.receives(messageXml('four'));
  });

  it('are refused beyond the limit of their length, which says so', () => {
    const client = make({ limits: { maxQueuedCharacters: 100 } });
    client.send(messageWith('one'));
    const refusal = (body: string) => () => client.send(messageWith(body));
    expect(refusal('two')).toThrow(
      expect.objectContaining({
        code: 'queue/full',
        message: `Stanzas of ${messageXml('one').length} characters wait to be sent already`,
        hint: 'Wait until the client is online, send less, or raise `limits.maxQueuedCharacters`.',
      }),
    );
    const long = '&'.repeat(20);
    expect(refusal(long)).toThrow(
      expect.objectContaining({
        code: 'queue/full',
        message: `A stanza of ${messageXml('&amp;'.repeat(20)).length} characters is more than may wait to be sent, 100`,
        hint: 'Send it when the client is online, send it in parts, or raise `limits.maxQueuedCharacters`.',
      }),
    );
  });

  it('wait for room where that was asked for, and go out in the order in which they were sent', async () => {
    const client = make({ limits: { maxQueuedStanzas: 1 } });
    const bodies = ['one', 'two', 'three'];
    const deliveries = bodies.map((body) => client.send(messageWith(body), { whenFull: 'wait' }));
    expect(deliveries.map(({ state }) => state)).toEqual(['queued', 'waiting', 'waiting']);
    client.start();
    const peer = (await server.connection()).login({ mechanism: 'PLAIN' });
    for (const body of bodies) peer.receives(messageXml(body));
    await peer;
    expect(await Promise.all(deliveries.map((delivery) => delivery.settled()))).toEqual(Array(3).fill('written'));
  });

  it('make way for newer ones of their kind where that was asked for', async () => {
    const client = make({ limits: { maxQueuedStanzas: 3 } });
    client.send(messageWith('one'));
    const statuses = ['here', 'away', 'back'].map((status) => {
      const presence = element('{jabber:client}presence', {}, element('status', {}, status));
      return client.send(presence, { whenFull: 'drop-oldest' });
    });
    client.start();
    await (await server.connection())
      .login({ mechanism: 'PLAIN' })
      .receives(messageXml('one'))
      .receives('<presence><status>away</status></presence>')
      .receives('<presence><status>back</status></presence>');
    expect(statuses.map(({ state, error }) => [state, error?.code])).toEqual([
      ['failed', 'delivery/dropped'],
      ['written', undefined],
      ['written', undefined],
    ]);
  });

  it('fail when the client is stopped instead', async () => {
    const client = make();
    const delivery = client.send(messageWith('one'));
    await client.stop();
    const error = await rejectionOf(delivery.settled());
    expect(error).toBeInstanceOf(SessionEndedError);
    expect(delivery).toMatchObject({ state: 'failed', error });
    expect(error).toMatchObject({ code: 'session/stopped', message: 'The client was stopped' });
  });

  it('fail when the client is stopped while it logs in, once it is offline', async () => {
    const client = make();
    const outcomes = [client.send(messageWith('one')).settled(), client.request(pingRequest())].map(rejectionOf);
    client.start();
    const script = (await server.connection()).header();
    await script;
    const stopped = client.stop();
    await script.receives('</stream:stream>').close();
    await stopped;
    const ended = { code: 'session/stopped', message: 'The client was stopped' };
    expect(await Promise.all(outcomes)).toMatchObject([ended, ended]);
  });

  it('after a loss go out on the next session, once', async () => {
    const client = make({ reconnect: () => 1_000 });
    const { peer: first } = await logIn(client, server);
    const lost = nextEvent(client, 'reconnecting');
    await first.end();
    await lost;
    const delivery = client.send(messageWith('after the loss'));
    expect([stateOf(client), delivery.state]).toEqual(['reconnecting.backingOff', 'queued']);
    stage.clock.increment(1_000);
    const second = (await server.connection()).login({ mechanism: 'PLAIN' }).receives(messageXml('after the loss'));
    await second;
    await delivery.settled();
    client.send(messageWith('last'));
    await second.receives(messageXml('last'));
  });
});

function make(options: Parameters<typeof stage.make>[0] = {}): Client {
  return stage.make({ memory: server.connect, ...options });
}
