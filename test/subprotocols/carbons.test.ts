import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createActor, type EventObject } from 'xstate';
import type { IqCommand, OutboxCommand, SubprotocolInput } from '../../machines/contracts.ts';
import type { SessionLifecycleEvent } from '../../machines/events.ts';
import { parseJid } from '../../src/jid/index.ts';
import type { Client } from '../../src/node.ts';
import { StanzaError } from '../../src/node.ts';
import { carbonsProtocol } from '../../src/subprotocols/carbons.ts';
import { messageProtocol } from '../../src/subprotocols/message.ts';
import { type ScriptedServer, startScriptedServer } from '../../src/testing/index.ts';
import { firstChildOf, type parseElement } from '../../src/xml/index.ts';
import { recorder } from '../actors/recorder.ts';
import { stageClients, stateOf } from '../support/client-stage.ts';
import { nextEvent } from '../support/next-event.ts';
import { logIn } from '../support/scripted-login.ts';
import { messageWith, messageXml } from '../support/stanzas.ts';
import { ONLINE, whenIn } from '../support/when.ts';

const CARBONS = 'urn:xmpp:carbons:2';
const ENABLE = `<iq type="set"><enable xmlns="${CARBONS}"/></iq>`;
const ANON = '<message from="nurse@capulet.example"><body>Anon</body></message>';
const DISABLE = `<iq type="set"><disable xmlns="${CARBONS}"/></iq>`;

const stage = stageClients();
let server: ScriptedServer;
beforeEach(async () => {
  server = await startScriptedServer({ domain: 'capulet.example', listen: false });
});
afterEach(() => server.stop());

describe('copies of messages', () => {
  it('are asked for when the session begins (XEP-0280 §4)', async () => {
    const client = stage.make({ memory: server.connect });
    client.use(carbonsProtocol());
    const { peer } = await logIn(client, server);
    await peer.receives(/^<iq type="set" id="[\w-]{22}"><enable xmlns="urn:xmpp:carbons:2"\/><\/iq>$/).sends(result);
    client.send(messageWith('after'));
    await peer.receives(messageXml('after'));
  });

  it('are asked for by a client that is online already', async () => {
    const client = stage.make({ memory: server.connect });
    const { peer } = await logIn(client, server);
    client.use(carbonsProtocol());
    await peer.receives(ENABLE).sends(result);
  });

  it('are not asked for once more where they were enabled along with the login (XEP-0386 §3.2)', async () => {
    const sent: string[] = [];
    const client = stage.make({
      memory: server.connect,
      onTraffic: ({ direction, text }) => direction === 'SEND' && sent.push(text),
    });
    client.use(carbonsProtocol());
    client.start();
    const peer = (await server.connection()).sasl2({ inline: { bind: [CARBONS] } });
    await Promise.all([peer, client.online()]);
    client.send(messageWith('first'));
    await peer.receives(messageXml('first'));
    const enables = sent.filter((text) => text.includes(`<enable xmlns="${CARBONS}"/>`));
    expect(enables).toEqual([
      expect.stringMatching(/^<authenticate .*<bind xmlns="urn:xmpp:bind:0"><enable .*<\/bind>/),
    ]);
  });

  it('are asked for where they could not be enabled along with the login', async () => {
    const client = stage.make({ memory: server.connect });
    client.use(carbonsProtocol());
    client.start();
    const peer = (await server.connection()).sasl2({ inline: { bind: ['urn:xmpp:csi:0'] } });
    await Promise.all([peer, client.online()]);
    await peer.receives(ENABLE).sends(result);
  });

  it('are asked for in each session', async () => {
    const client = stage.make({ memory: server.connect, reconnect: () => 0 });
    client.use(carbonsProtocol());
    const { peer } = await logIn(client, server);
    const lost = nextEvent(client, 'reconnecting');
    await peer.receives(ENABLE).sends(result).end();
    await lost;
    stage.clock.increment(0);
    const { peer: next } = await logIn(client, server);
    await next.receives(ENABLE).sends(result);
  });

  it('are no longer wanted when the user says so, until the user says otherwise (XEP-0280 §5)', async () => {
    const client = stage.make({ memory: server.connect, reconnect: () => 0 });
    const copies = client.use(carbonsProtocol());
    const { peer } = await logIn(client, server);
    await peer.receives(ENABLE).sends(result);
    copies.disable();
    const lost = nextEvent(client, 'reconnecting');
    await peer.receives(DISABLE).sends(result).end();
    await lost;
    stage.clock.increment(0);
    const { peer: next } = await logIn(client, server);
    client.send(messageWith('first'));
    await next.receives(messageXml('first'));
    copies.enable();
    await next.receives(ENABLE).sends(result);
  });

  it('that the server refuses are reported, and the client goes on (XEP-0280 §4.1)', async () => {
    const client = stage.make({ memory: server.connect });
    client.use(carbonsProtocol());
    const failed = nextEvent(client, 'error');
    const { peer } = await logIn(client, server);
    const forbidden = '<error type="auth"><forbidden xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error>';
    await peer
      .receives(ENABLE)
      .sends(({ attributes: { id } }) => `<iq type="error" id="${id}" from="juliet@capulet.example">${forbidden}</iq>`);
    const { error } = await failed;
    expect(error).toMatchObject({ name: 'CarbonsError', code: 'carbons/forbidden', cause: expect.any(StanzaError) });
    expect(error.message).toMatch(/^The server did not enable carbons: Stanza error forbidden/);
    expect(stateOf(client)).toBe(ONLINE);
  });

  it('that the server says nothing about are reported when the time is over', async () => {
    const client = stage.make({ memory: server.connect });
    client.use(carbonsProtocol());
    const failed = nextEvent(client, 'error');
    const { peer } = await logIn(client, server);
    await peer.receives(ENABLE);
    stage.clock.increment(30_000);
    expect((await failed).error).toMatchObject({ code: 'carbons/timeout', cause: { code: 'request/timeout' } });
  });

  it('that the connection was lost over are not reported: the next session asks again', async () => {
    const client = stage.make({ memory: server.connect });
    client.use(carbonsProtocol());
    const errors: unknown[] = [];
    client.on('error', ({ error }) => errors.push(error));
    const { peer } = await logIn(client, server);
    await peer.receives(ENABLE).end();
    await whenIn(client, 'failed');
    expect(errors).toEqual([]);
  });
});

describe('a message that says it is a copy', () => {
  it.each([
    ['somebody else', 'from="tybalt@capulet.example/home"'],
    ['another client of the account', 'from="juliet@capulet.example/chamber"'],
    ['the client itself', 'from="juliet@capulet.example/balcony"'],
    ['the server', 'from="capulet.example"'],
    ['an account of the same name elsewhere', 'from="juliet@capulet.example.org"'],
    ['nobody', ''],
    ['no address', 'from="@"'],
  ])('and comes from %s is dropped and reported (XEP-0280 §11)', async (_, from) => {
    const { client, peer, heard } = await listen();
    const next = nextEvent(client, 'message');
    await peer.sends(copy(from, `<received xmlns="${CARBONS}">${forwarded('Thou shall meet me tonite')}</received>`));
    await peer.sends(ANON);
    await next;
    expect(heard).toEqual([
      ['stanza.dropped', 'foreign-carbon'],
      ['message', 'Anon'],
    ]);
  });

  it('is no message of its own, whatever else it has', async () => {
    const { client, peer, heard } = await listen();
    const next = nextEvent(client, 'message');
    const body = '<body>Trust me</body>';
    await peer.sends(
      copy('from="tybalt@capulet.example"', `${body}<sent xmlns="${CARBONS}">${forwarded('No')}</sent>`),
    );
    await peer.sends(ANON);
    await next;
    expect(heard).toEqual([
      ['stanza.dropped', 'foreign-carbon'],
      ['message', 'Anon'],
    ]);
  });

  it('and has none inside is dropped and reported', async () => {
    const { client, peer, heard } = await listen();
    const dropped = nextEvent(client, 'stanza.dropped');
    await peer.sends(copy('from="juliet@capulet.example"', `<received xmlns="${CARBONS}"><forwarded/></received>`));
    expect((await dropped).stanza.attributes.from).toBe('juliet@capulet.example');
    expect(heard).toEqual([['stanza.dropped', 'unreadable-carbon']]);
  });
});

describe('a message of which no copies are wanted', () => {
  it('is a message like others to who receives it (XEP-0280 §9)', async () => {
    const { client, peer, heard } = await listen();
    const heardMessage = nextEvent(client, 'message');
    await peer.sends(
      `<message from="romeo@montague.example"><body>Hist!</body><private xmlns="${CARBONS}"/></message>`,
    );
    await heardMessage;
    expect(heard).toEqual([['message', 'Hist!']]);
  });
});

describe('the actor', () => {
  const cases: readonly [
    title: string,
    wanted: boolean,
    session: Pick<Extract<SessionLifecycleEvent, { type: 'session.started' }>, 'resumed' | 'enabled'>,
    asks: string[],
  ][] = [
    ['asks in a session in which copies do not come', true, { resumed: false, enabled: ['urn:xmpp:sm:3'] }, ['enable']],
    ['asks nothing where they come already', true, { resumed: false, enabled: [CARBONS] }, []],
    ['asks nothing where nobody wants them', false, { resumed: false, enabled: [] }, []],
    [
      'takes back what the login asked for before it was no longer wanted',
      false,
      { resumed: false, enabled: [CARBONS] },
      ['disable'],
    ],
    ['asks nothing in a session that is resumed (XEP-0198 §5)', true, { resumed: true, enabled: [] }, []],
    ['asks nothing in one that is resumed where nobody wants them', false, { resumed: true, enabled: [CARBONS] }, []],
  ];
  it.each(cases)('%s', (_, wanted, session, asks) => {
    const { logic, asked, setWanted } = actor();
    setWanted(wanted);
    asked.length = 0;
    logic.send({ type: 'session.started', jid: JULIET, ...session });
    expect(asked).toEqual(asks);
    logic.stop();
  });
});

const JULIET = parseJid('juliet@capulet.example/balcony');

/** The actor alone, with an iq tracker that writes down what it is asked. */
function actor() {
  const asked: (string | undefined)[] = [];
  const iq = recorder<IqCommand>((command) => {
    if (command.type === 'iq.request') asked.push(firstChildOf(command.request.stanza)?.name);
  });
  const input: SubprotocolInput = { jid: JULIET, iq: iq.actor, outbox: recorder<OutboxCommand>().actor };
  const protocol = carbonsProtocol();
  const logic = createActor(protocol.logic, { input }).start();
  const api = protocol.api({
    jid: JULIET,
    now: () => 0,
    send: () => expect.unreachable(),
    request: () => expect.unreachable(),
    tell: (event: EventObject) => logic.send(event),
    command: () => expect.unreachable(),
  });
  return { logic, asked, setWanted: (wanted: boolean) => (wanted ? api.enable() : api.disable()) };
}

/** A client that wants copies and messages, and all that it tells of them. */
async function listen() {
  const client = stage.make({ memory: server.connect });
  client.use(messageProtocol());
  client.use(carbonsProtocol());
  const heard = eventsOf(client);
  const { peer } = await logIn(client, server, { resource: 'balcony' });
  await peer.receives(ENABLE).sends(result);
  return { client, peer, heard };
}

function eventsOf(client: Client): unknown[] {
  const heard: unknown[] = [];
  client.on('message', ({ type, message }) => heard.push([type, message.body]));
  client.on('carbon', ({ type, message }) => heard.push([type, message.body]));
  client.on('stanza.dropped', ({ type, reason }) => heard.push([type, reason]));
  return heard;
}

function result({ attributes: { id } }: ReturnType<typeof parseElement>): string {
  return `<iq type="result" id="${id}" from="juliet@capulet.example"/>`;
}

function copy(from: string, inner: string): string {
  return `<message ${from} to="juliet@capulet.example/balcony" type="chat">${inner}</message>`;
}

function forwarded(body: string): string {
  return `<forwarded xmlns="urn:xmpp:forward:0"><message xmlns="jabber:client" from="romeo@montague.example/orchard" to="juliet@capulet.example/chamber" type="chat"><body>${body}</body></message></forwarded>`;
}
