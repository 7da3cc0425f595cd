import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Client, type Delivery, TransportError } from '../../src/node.ts';
import type { Message, Presence } from '../../src/payloads/index.ts';
import { messageProtocol } from '../../src/subprotocols/message.ts';
import { pingProtocol } from '../../src/subprotocols/ping.ts';
import { presenceProtocol } from '../../src/subprotocols/presence.ts';
import { versionProtocol } from '../../src/subprotocols/version.ts';
import { nextEvent } from '../support/next-event.ts';
import type { XmppServer } from '../support/server.ts';
import { type Cable, layCable } from './cable.ts';
import { OUTCOME, type Table } from './report.ts';
import { POLL, stageVisitors, type Visitor } from './stage.ts';
import { portOf, WAYS } from './ways.ts';

/** Short waits between rounds: the server is back at once, and nobody wants to wait for it. */
const RECONNECT = (): number => 50;

const ROMEO = 'romeo@capulet.example/orchard';

/** Describes what two clients do once they are in. `resumption` is how a session is resumed: the element it is asked for in. */
export function describeSessions(
  getServer: () => XmppServer,
  { resumption, table }: { readonly resumption: 'resume' | 'authenticate'; readonly table: Table },
): void {
  const { make } = stageVisitors();
  let server: XmppServer;
  beforeAll(() => {
    server = getServer();
  });

  describe.each(WAYS)('over %s', (way) => {
    test('others hear that a client is available, and what it says', async () => {
      const { client: juliet } = make(server, way);
      const { client: romeo } = make(server, way, { jid: ROMEO });
      const presence = juliet.use(presenceProtocol());
      romeo.use(presenceProtocol()).available();
      const toRomeo = juliet.use(messageProtocol());
      romeo.use(messageProtocol());
      // Before it is started: kept, and sent when it is online.
      presence.available({ show: 'chat', status: 'on the balcony', priority: 5 });

      const echo = nextEvent(juliet, 'presence', ({ presence: { from } }) => from?.full === juliet.jid.full);
      juliet.start();
      romeo.start();
      expect((await juliet.online()).bare).toBe('juliet@capulet.example');
      expect((await romeo.online()).full).toBe(ROMEO);
      expect(summary((await echo).presence)).toEqual({ show: 'chat', status: 'on the balcony', priority: 5 });

      const seen = nextEvent(romeo, 'presence', ({ presence: { from } }) => from?.full === juliet.jid.full);
      presence.direct(romeo.jid, { status: 'at the window' });
      expect((await seen).presence.status).toBe('at the window');

      const heard = nextEvent(romeo, 'message');
      toRomeo.send({ to: romeo.jid, body: 'Art thou not Romeo <&> a Montague?', thread: 't1', lang: 'en' });
      expect(content((await heard).message)).toEqual({
        from: juliet.jid.full,
        type: 'chat',
        body: 'Art thou not Romeo <&> a Montague?',
        thread: 't1',
        lang: 'en',
      });
      table.note('presence and messages between two clients', way, OUTCOME, 'works');
    });

    test('clients and servers ask each other, and are told where there is no answer', async () => {
      const { client: juliet } = make(server, way);
      const { client: romeo } = make(server, way, { jid: ROMEO });
      romeo.use(versionProtocol({ answer: { name: 'orchard', version: '2' } }));
      juliet.start();
      romeo.start();
      const to = await romeo.online();
      const [version, ping] = [juliet.use(versionProtocol()), juliet.use(pingProtocol())];
      expect(await version.query(server.domain)).toMatchObject({ name: server.software });
      expect(await ping.ping()).toBeGreaterThan(0);
      expect(await version.query(to)).toEqual({ name: 'orchard', version: '2', os: undefined });
      await expect(ping.ping(to)).rejects.toMatchObject({ code: 'stanza/service-unavailable' });
      table.note('requests: ping, version', way, OUTCOME, 'works');
    });
  });

  describe.each(WAYS)('over %s', (way) => {
    let cable: Cable;
    afterEach(() => cable.remove());

    test('a connection is cut: the session is resumed, and every message arrives once', async () => {
      cable = await layCable(portOf(server, way));
      const visitor = make(server, way, { reconnect: RECONNECT }, cable.port);
      const juliet = await enter(visitor);
      const romeo = await enter(make(server, way, { jid: ROMEO }));
      const jid = juliet.client.jid.full;

      const deliveries = [juliet.say(ROMEO, 'a1'), romeo.say(jid, 'b1')];
      await expect.poll(() => statesOf(deliveries), POLL).toEqual(['acknowledged', 'acknowledged']);
      cable.freeze();
      deliveries.push(juliet.say(ROMEO, 'a2'), romeo.say(jid, 'b2'));
      // The server has what is meant for juliet; what she says gets nowhere.
      const frozen = ['acknowledged', 'acknowledged', 'written', 'acknowledged'];
      await expect.poll(() => statesOf(deliveries), POLL).toEqual(frozen);

      const lost = nextEvent(juliet.client, 'reconnecting');
      const back = nextEvent(juliet.client, 'online');
      cable.cut();
      expect((await lost).error).toBeInstanceOf(TransportError);
      deliveries.push(juliet.say(ROMEO, 'a3'), romeo.say(jid, 'b3'));
      expect((await back).jid.full).toBe(jid);
      deliveries.push(juliet.say(ROMEO, 'a4'), romeo.say(jid, 'b4'));

      await expect.poll(() => new Set(statesOf(deliveries)), POLL).toEqual(new Set(['acknowledged']));
      // Whatever came twice has come by the time that the server answers.
      await Promise.all([juliet, romeo].map(({ client }) => client.use(pingProtocol()).ping()));
      expect(juliet.heard).toEqual(['b1', 'b2', 'b3', 'b4']);
      expect(romeo.heard).toEqual(['a1', 'a2', 'a3', 'a4']);
      expect(howResumed(visitor)).toEqual([resumption]);
      table.note('the connection is cut', way, OUTCOME, 'resumed: nothing lost, nothing twice');
    });
  });

  test('the server is killed and started anew: clients come back, and are available again', async () => {
    const clients = WAYS.map((way) => {
      const { client } = make(server, way, { reconnect: RECONNECT });
      client.use(presenceProtocol()).available({ status: way });
      client.start();
      return { way, client };
    });
    await Promise.all(clients.map(({ client }) => client.online()));
    const lost = clients.map(({ client }) => nextEvent(client, 'reconnecting'));
    await server.kill();
    for (const { error } of await Promise.all(lost)) expect(error).toBeInstanceOf(TransportError);
    const back = clients.map(({ client }) => ownPresence(client));
    await server.restart();
    expect(await Promise.all(back)).toEqual(WAYS);
    for (const { way, client } of clients) {
      expect(client.actor.getSnapshot().hasTag('online')).toBe(true);
      table.note('the server is killed and started anew', way, OUTCOME, 'comes back');
    }
  });
}

interface Talker {
  readonly client: Client;
  /** The messages that came, in order. */
  readonly heard: readonly string[];
  say(to: string, body: string): Delivery;
}

/** Logs in to talk. */
async function enter({ client, logIn }: Visitor): Promise<Talker> {
  const heard: string[] = [];
  const messages = client.use(messageProtocol());
  client.use(presenceProtocol()).available();
  client.on('message', ({ message: { body = '' } }) => heard.push(body));
  const available = ownPresence(client);
  expect(await logIn()).toBeUndefined();
  await available;
  return { client, heard, say: (to, body) => messages.send({ to, body }) };
}

/** Resolves with the status of a client's own presence, when it hears that from the server. */
async function ownPresence(client: Client): Promise<string | undefined> {
  const { presence } = await nextEvent(client, 'presence', ({ presence: { from } }) => from?.full === client.jid.full);
  return presence.status;
}

function statesOf(deliveries: readonly Delivery[]): Delivery['state'][] {
  return deliveries.map(({ state }) => state);
}

/** The elements that asked for a session to be resumed, and were answered with one. */
function howResumed({ traffic }: Visitor): (string | undefined)[] {
  const asked = traffic.filter(({ direction, text }) => direction === 'SEND' && text.includes('<resume '));
  const resumed = traffic.filter(({ direction, text }) => direction === 'RECV' && text.includes('<resumed '));
  expect(resumed.length).toBe(asked.length);
  return asked.map(({ text }) => /^<([a-z]+)/.exec(text)?.[1]);
}

function summary({ show, status, priority }: Presence) {
  return { show, status, priority };
}

function content({ from, type, body, thread, lang }: Message) {
  return { from: from?.full, type, body, thread: thread?.id, lang };
}
