import { describe, expect, it, onTestFinished } from 'vitest';
import { buildIq, type Client, type Delivery, type Element, element, withClient } from '../../src/node.ts';
import { presenceProtocol } from '../../src/subprotocols/presence.ts';
import { type Server, type ServerOptions, startServer } from '../../src/testing/index.ts';
import { stageClients, stateOf } from '../support/client-stage.ts';
import { nextEvent } from '../support/next-event.ts';
import { rejectionOf, whenIn } from '../support/when.ts';
import { createMemoryNetwork, makeReturning, witness } from './resume-stage.ts';

const stage = stageClients();
const LOGINS = [
  { login: 'SASL', sasl2: false },
  { login: 'SASL2', sasl2: true },
];

describe.each(LOGINS)('with $login, a session that the server has forgotten', ({ sasl2 }) => {
  it('is followed by another: what was not acknowledged is reported, each once', async () => {
    const { juliet, network, traffic, move } = await couple({ sasl2 });
    const deliveries = [say(juliet, 'm1'), say(juliet, 'm2')];
    await move();
    const online = nextEvent(juliet, 'online');
    const lost = nextEvent(juliet, 'reconnecting');
    network.cut();
    await lost;
    const waiting = say(juliet, 'm3');
    expect((await online).resumed).toBe(false);
    await juliet.request(ping());
    expect(deliveries.map(({ state, error }) => [state, error?.code])).toEqual(
      Array(2).fill(['failed', 'session/lost']),
    );
    expect(deliveries[0]?.error).toMatchObject({
      message: 'The session ended before the server confirmed the stanza',
      hint: 'It may have arrived or not: send it again, with the same id.',
    });
    expect(waiting.state).toBe('written');
    expect(idsOf('message', traffic)).toEqual(['m1', 'm2', 'm3']);
  });

  it('says how much of it it handled, and that is not reported as lost (XEP-0198 §5)', async () => {
    const { juliet, network, server, connection } = await couple({ sasl2, resumptionTime: 0.005 });
    const deliveries = [say(juliet, 'm1'), say(juliet, 'm2')];
    await expect.poll(() => connection.handled, POLL).toEqual(['m1', 'm2']);
    connection.isUp = false;
    const lost = nextEvent(juliet, 'reconnecting');
    network.cut();
    await lost;
    deliveries.push(say(juliet, 'm3'));
    await expect.poll(() => server.sessions(), POLL).toEqual([]);
    connection.isUp = true;
    expect((await nextEvent(juliet, 'online')).resumed).toBe(false);
    await juliet.request(ping());
    expect(deliveries.map(({ state }) => state)).toEqual(['acknowledged', 'acknowledged', 'written']);
  });

  it('is another one for those who look at it: they are told once what changed meanwhile', async () => {
    const { juliet, network, move, traffic } = await couple({ sasl2 });
    const presence = juliet.use(presenceProtocol());
    presence.available();
    await move();
    const lost = nextEvent(juliet, 'reconnecting');
    const online = nextEvent(juliet, 'online');
    network.cut();
    await lost;
    presence.available({ status: 'gone for a moment' });
    presence.available({ status: 'back' });
    await online;
    await juliet.request(ping());
    const told = traffic.filter((text) => text.startsWith('<presence'));
    expect(told).toEqual(['<presence/>', '<presence><status>back</status></presence>']);
  });

  it('is another one for those who live in it', async () => {
    const { juliet, network, move, story, traffic } = await couple({ sasl2 });
    juliet.use(presenceProtocol()).available();
    const asked = rejectionOf(juliet.request(element('{jabber:client}iq', { type: 'get', id: 'q' }, SLOW)));
    await expect.poll(() => idsOf('iq', traffic), POLL).toContain('q');
    await move();
    const online = nextEvent(juliet, 'online');
    network.cut();
    await online;
    await juliet.request(ping());
    expect(story).toEqual([
      'made',
      'started',
      'suspended: session/lost',
      'ended: session/lost',
      'gone',
      'made',
      'started',
    ]);
    expect(await asked).toMatchObject({ code: 'session/lost' });
    expect(traffic.filter((text) => text.startsWith('<presence'))).toHaveLength(2);
  });
});

describe('a session that cannot be resumed', () => {
  it('since the server keeps none, ends with its connection', async () => {
    const { juliet, network, story, traffic } = await couple({ resumptionTime: 0 });
    const delivery = say(juliet, 'm1');
    const online = nextEvent(juliet, 'online');
    network.cut();
    expect((await online).resumed).toBe(false);
    expect([delivery.state, story.slice(2, 4)]).toEqual(['failed', ['ended: session/lost', 'gone']]);
    expect(traffic.filter((text) => text.startsWith('<resume'))).toEqual([]);
  });

  it('since its time is over, is not asked for (XEP-0198 §5)', async () => {
    const { juliet, network, traffic, story } = await couple({ resumptionTime: 60 }, { reconnect: () => 60_000 });
    const delivery = say(juliet, 'm1');
    const lost = nextEvent(juliet, 'reconnecting');
    network.cut();
    await lost;
    stage.clock.increment(59_999);
    expect(delivery.state).toBe('written');
    stage.clock.increment(1);
    const { jid } = juliet;
    expect(await nextEvent(juliet, 'online')).toMatchObject({ resumed: false });
    expect([delivery.state, jid.full === juliet.jid.full]).toEqual(['failed', false]);
    expect(story).toContain('ended: session/lost');
    expect(traffic.filter((text) => text.startsWith('<resume'))).toEqual([]);
  });

  it('since the client gave up, is reported once', async () => {
    const { juliet, network, story } = await couple({}, { reconnect: () => undefined });
    const delivery = say(juliet, 'm1');
    const failed = nextEvent(juliet, 'failed');
    network.cut();
    expect((await failed).error.code).toBe('transport/connection-closed');
    expect([stateOf(juliet), delivery.state]).toEqual(['failed.gaveUp', 'failed']);
    expect(story).toEqual(['made', 'started', 'suspended: session/lost', 'ended: session/lost', 'gone']);
  });

  it('since the server ended its stream with an error, is not asked for (RFC 6120 §4.9.1.1)', async () => {
    const { juliet, server, story, traffic, move } = await couple({});
    const delivery = say(juliet, 'm1');
    await move();
    const online = nextEvent(juliet, 'online');
    await server.stop();
    expect((await online).resumed).toBe(false);
    expect([delivery.state, story.slice(2)]).toEqual(['failed', ['ended: session/lost', 'gone', 'made', 'started']]);
    expect(traffic.filter((text) => text.startsWith('<resume'))).toEqual([]);
  });

  it('tells who waits for an answer why the connection was lost', async () => {
    const { server } = await couple({});
    const network = createMemoryNetwork(() => server.connect);
    const failed = withClient({ ...ACCOUNT, ...network.options }, async (client) => {
      const asked = client.request(element('{jabber:client}iq', { type: 'get', id: 'q' }, SLOW));
      network.cut();
      await asked;
    });
    expect(await rejectionOf(failed)).toMatchObject({ code: 'transport/connection-closed' });
  });
});

describe('a stream that is not managed', () => {
  it.each([
    ['since the server does not know how', { streamManagement: false }, {}],
    ['since the application wants none', {}, { streamManagement: false }],
    ['since the application wants none, with SASL2', { sasl2: true }, { streamManagement: false }],
  ])('%s, has nothing of it', async (_title, onServer, onClient) => {
    const { juliet, network, story, traffic } = await couple(onServer, onClient);
    const deliveries = Array.from({ length: 20 }, (_, index) => say(juliet, `m${index}`));
    await juliet.request(ping());
    stage.clock.increment(10_000);
    const online = nextEvent(juliet, 'online');
    network.cut();
    expect((await online).resumed).toBe(false);
    await juliet.stop();
    expect(deliveries.every(({ state }) => state === 'written')).toBe(true);
    expect(traffic.filter((text) => text.includes('urn:xmpp:sm'))).toEqual([]);
    expect(story).toEqual([
      'made',
      'started',
      'ended: session/lost',
      'gone',
      'made',
      'started',
      'ended: session/stopped',
      'gone',
    ]);
  });
});

describe('a client that is stopped', () => {
  it('while its session is suspended, leaves it, and reports nothing', async () => {
    const { juliet, network, story } = await couple({}, { reconnect: () => 60_000 });
    const written = say(juliet, 'm1');
    const lost = nextEvent(juliet, 'reconnecting');
    network.cut();
    await lost;
    const queued = say(juliet, 'm2');
    const asked = rejectionOf(juliet.request(ping()));
    await juliet.stop();
    expect([written, queued].map(({ state, error }) => [state, error?.code])).toEqual([
      ['written', undefined],
      ['failed', 'session/stopped'],
    ]);
    expect(await asked).toMatchObject({ code: 'session/stopped' });
    expect(story).toEqual(['made', 'started', 'suspended: session/lost', 'ended: session/stopped', 'gone']);
    juliet.start();
    await juliet.online();
    expect(story.slice(5)).toEqual(['made', 'started']);
  });

  it('while it asks for its session, ends that', async () => {
    const { juliet, network, server } = await couple({});
    network.cut();
    await whenIn(juliet, 'linked.resuming');
    await juliet.stop();
    await expect.poll(() => server.sessions(), POLL).toEqual([]);
  });

  it('says what it has before it closes its stream (XEP-0198 §4)', async () => {
    const { juliet, server, traffic } = await couple({});
    server.send(juliet.jid.full, element('{jabber:client}message', { id: 'r1' }));
    await juliet.request(ping());
    await juliet.stop();
    expect(traffic.slice(-2)).toEqual(['<a xmlns="urn:xmpp:sm:3" h="2"/>', '</stream:stream>']);
    expect(server.sessions()).toEqual([]);
  });
});

const POLL = { interval: 1 };
const ACCOUNT = { jid: 'juliet@capulet.example', password: 'secret' };
const SLOW = element('{urn:example:slow}slow');

/** Juliet on a network, and what it takes to be unkind to her. */
async function couple(onServer: Partial<ServerOptions>, onClient: Parameters<typeof stage.make>[0] = {}) {
  const traffic: string[] = [];
  const story: string[] = [];
  const handled: string[] = [];
  const connection = { isUp: true, handled };
  const create = () => start({ traffic, handled, options: onServer });
  const server = await create();
  let current = server;
  const network = createMemoryNetwork(() => (connection.isUp ? current.connect : DOWN));
  const juliet = makeReturning(stage, { ...network.options, ...onClient });
  juliet.use(witness((line) => story.push(line)));
  juliet.start();
  await juliet.online();
  return {
    juliet,
    server,
    network,
    traffic,
    story,
    connection,
    /** From now on the network leads to another server, which knows nothing of the first. */
    async move(): Promise<void> {
      current = await create();
    },
  };
}

/** A server that ends every connection at once. */
const DOWN: Server['connect'] = (client) => {
  queueMicrotask(() => client.end());
  return { write: () => {}, end: () => {} };
};

async function start({
  traffic,
  handled,
  options,
}: {
  traffic: string[];
  handled: string[];
  options: Partial<ServerOptions>;
}) {
  const server = await startServer({
    domain: 'capulet.example',
    accounts: { juliet: 'secret' },
    streamManagement: true,
    listen: false,
    onTraffic: ({ direction, text }) => direction === 'received' && traffic.push(text),
    // Messages go nowhere, and some questions are never answered.
    intercept: ({ name, attributes }) => {
      if (name === 'message') handled.push(attributes.id ?? '');
      return name === 'message' || attributes.id === 'q';
    },
    ...options,
  });
  onTestFinished(() => server.stop());
  return server;
}

function say(client: Client, id: string): Delivery {
  return client.send(element('{jabber:client}message', { id, to: 'romeo@montague.example' }));
}

function ping(): Element {
  return buildIq({ type: 'get', to: 'capulet.example' }, element('{urn:xmpp:ping}ping'));
}

/** The ids of the stanzas of a kind that the servers received. */
function idsOf(name: string, traffic: readonly string[]): string[] {
  return traffic.flatMap((text) => (text.startsWith(`<${name} `) ? [/ id="([^"]*)"/.exec(text)?.[1] ?? ''] : []));
}
