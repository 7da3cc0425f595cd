import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Client } from '../../src/node.ts';
import type { Presence } from '../../src/payloads/index.ts';
import { presenceProtocol } from '../../src/subprotocols/presence.ts';
import { type ScriptedServer, type Server, startScriptedServer, startServer } from '../../src/testing/index.ts';
import { stageClients } from '../support/client-stage.ts';
import { nextEvent } from '../support/next-event.ts';
import { logIn } from '../support/scripted-login.ts';
import { messageWith, messageXml } from '../support/stanzas.ts';

const stage = stageClients();

describe('presence between two clients', () => {
  let server: Server;
  let juliet: Client;
  let romeo: Client;
  beforeEach(async () => {
    server = await startServer({
      domain: 'capulet.example',
      accounts: { juliet: 'secret', romeo: 'secret' },
      listen: false,
    });
    juliet = stage.make({ memory: server.connect, jid: 'juliet@capulet.example/balcony' });
    romeo = stage.make({ memory: server.connect, jid: 'romeo@capulet.example/orchard' });
    for (const client of [juliet, romeo]) client.start();
    await Promise.all([juliet.online(), romeo.online()]);
  });
  afterEach(() => server.stop());

  it('is available with show, status and priority, and later unavailable', async () => {
    const [presence] = [juliet.use(presenceProtocol()), romeo.use(presenceProtocol()).available()];
    const available = from(romeo, juliet);
    presence.available({ show: 'away', status: 'in the garden', priority: 7, lang: 'en' });
    expect(summary((await available).presence)).toEqual({
      from: 'juliet@capulet.example/balcony',
      type: undefined,
      show: 'away',
      status: 'in the garden',
      priority: 7,
      lang: 'en',
    });
    const unavailable = from(romeo, juliet);
    presence.unavailable({ status: 'gone to bed' });
    expect(summary((await unavailable).presence)).toEqual({
      from: 'juliet@capulet.example/balcony',
      type: 'unavailable',
      show: undefined,
      status: 'gone to bed',
      priority: 0,
      lang: undefined,
    });
  });

  it('ends with the session', async () => {
    juliet.use(presenceProtocol()).available();
    romeo.use(presenceProtocol()).available();
    await from(romeo, juliet);
    const gone = from(romeo, juliet);
    await juliet.stop();
    expect((await gone).presence.type).toBe('unavailable');
  });

  it('is answered when it is probed, and asked for when somebody subscribes', async () => {
    const presence = juliet.use(presenceProtocol());
    romeo.use(presenceProtocol()).available({ status: 'below' });
    await from(romeo, romeo);
    const probed = from(juliet, romeo);
    presence.probe('romeo@capulet.example');
    expect((await probed).presence.status).toBe('below');
    const asked = nextEvent(romeo, 'presence', ({ presence: { type } }) => type === 'subscribe');
    const answered = nextEvent(juliet, 'presence', ({ presence: { type } }) => type === 'subscribed');
    presence.subscribe('romeo@capulet.example');
    expect((await asked).presence.from?.full).toBe('juliet@capulet.example');
    expect((await answered).presence.from?.full).toBe('romeo@capulet.example');
  });

  function from(client: Client, sender: Client) {
    return nextEvent(client, 'presence', ({ presence }) => presence.from?.full === sender.jid.full);
  }

  function summary({ from, type, show, status, priority, lang }: Presence) {
    return { from: from?.full, type, show, status, priority, lang };
  }
});

describe('on the wire, presence', () => {
  let server: ScriptedServer;
  beforeEach(async () => {
    server = await startScriptedServer({ domain: 'capulet.example', listen: false });
  });
  afterEach(() => server.stop());

  it('is what the functions say (RFC 6121 §3, §4)', async () => {
    const client = stage.make({ memory: server.connect });
    const presence = client.use(presenceProtocol());
    const { peer } = await logIn(client, server);
    presence.available();
    presence.available({ show: 'dnd', status: 'busy', priority: -1, lang: 'en' });
    presence.direct('romeo@montague.example', { show: 'chat' });
    presence.direct('romeo@montague.example', { type: 'unavailable' });
    for (const ask of ['probe', 'subscribe', 'approve', 'unsubscribe', 'cancel'] as const)
      presence[ask]('nurse@capulet.example');
    presence.unavailable();
    await peer
      .receives(/^<presence\/>$/)
      .receives(/^<presence xml:lang="en"><show>dnd<\/show><status>busy<\/status><priority>-1<\/priority><\/presence>$/)
      .receives(/^<presence to="romeo@montague.example"><show>chat<\/show><\/presence>$/)
      .receives('<presence type="unavailable" to="romeo@montague.example"/>')
      .receives('<presence type="probe" to="nurse@capulet.example"/>')
      .receives('<presence type="subscribe" to="nurse@capulet.example"/>')
      .receives('<presence type="subscribed" to="nurse@capulet.example"/>')
      .receives('<presence type="unsubscribe" to="nurse@capulet.example"/>')
      .receives('<presence type="unsubscribed" to="nurse@capulet.example"/>')
      .receives(/^<presence type="unavailable"\/>$/);
  });

  it('is told on each session, as it was said last', async () => {
    const client = stage.make({ memory: server.connect, reconnect: () => 0 });
    const presence = client.use(presenceProtocol());
    presence.available({ status: 'first' });
    presence.available({ status: 'second' });
    const { peer } = await logIn(client, server);
    const lost = nextEvent(client, 'reconnecting');
    await peer.receives('<presence><status>second</status></presence>').end();
    await lost;
    presence.available({ status: 'third' });
    stage.clock.increment(0);
    const { peer: next } = await logIn(client, server);
    client.send(messageWith('after'));
    await next.receives('<presence><status>third</status></presence>').receives(messageXml('after'));
  });

  it('is told on no further session after it was unavailable', async () => {
    const client = stage.make({ memory: server.connect, reconnect: () => 0 });
    const presence = client.use(presenceProtocol());
    const { peer } = await logIn(client, server);
    presence.available();
    presence.unavailable();
    const lost = nextEvent(client, 'reconnecting');
    await peer.receives('<presence/>').receives('<presence type="unavailable"/>').end();
    await lost;
    stage.clock.increment(0);
    const { peer: next } = await logIn(client, server);
    client.send(messageWith('first'));
    await next.receives(messageXml('first'));
  });

  it('with a priority that is none is refused, and nothing is told', async () => {
    const client = stage.make({ memory: server.connect });
    const presence = client.use(presenceProtocol());
    expect(() => presence.available({ priority: 128 })).toThrow(
      'Expected a priority that is a whole number from -128 to 127, got 128',
    );
    expect(() => presence.direct('@')).toThrow(expect.objectContaining({ code: expect.stringMatching(/^jid\//) }));
    const { peer } = await logIn(client, server);
    client.send(messageWith('first'));
    await peer.receives(messageXml('first'));
  });

  it('that nobody can read is an event all the same', async () => {
    const client = stage.make({ memory: server.connect });
    client.use(presenceProtocol());
    const { peer } = await logIn(client, server);
    const heard = nextEvent(client, 'presence');
    await peer.sends('<presence from="@" type="odd"><priority>many</priority></presence>');
    const { from, fromText, type, priority } = (await heard).presence;
    expect({ from, fromText, type, priority }).toEqual({
      from: undefined,
      fromText: '@',
      type: 'unknown',
      priority: 0,
    });
  });
});
