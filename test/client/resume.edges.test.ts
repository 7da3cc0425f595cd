import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { buildIq, element } from '../../src/node.ts';
import { messageProtocol } from '../../src/subprotocols/message.ts';
import { type ServerOptions, startScriptedServer, startServer } from '../../src/testing/index.ts';
import { stageClients, stateOf } from '../support/client-stage.ts';
import { nextEvent } from '../support/next-event.ts';
import { createMemoryNetwork, makeReturning, witness } from './resume-stage.ts';

const stage = stageClients();
const SM = 'xmlns="urn:xmpp:sm:3"';
const BIND = '<bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/>';
const OVERLOADED =
  '<stream:error><resource-constraint xmlns="urn:ietf:params:xml:ns:xmpp-streams"/></stream:error></stream:stream>';

describe('a session that can be resumed', () => {
  it('is not ended by a closing tag, where the peer alone said that it has no more to say (XEP-0198 §7)', async () => {
    const server = await start({ tls: false, startTls: 'none', listen: true });
    const { port, endNearSide } = await createHalfClosingProxy(server.port);
    const plain = { host: '127.0.0.1', port, insecure: true, mechanisms: ['PLAIN'] };
    const juliet = makeReturning(stage, plain);
    juliet.start();
    await juliet.online();
    const online = nextEvent(juliet, 'online');
    endNearSide();
    expect((await online).resumed).toBe(true);
  });

  it('outlives the stream error of a connection that has nothing to do with it', async () => {
    const server = await start({});
    const overloaded = await startScriptedServer({ domain: 'capulet.example', listen: false });
    onTestFinished(() => overloaded.stop());
    let current = server.connect;
    const network = createMemoryNetwork(() => current);
    const juliet = makeReturning(stage, network.options);
    juliet.start();
    await juliet.online();
    current = overloaded.connect;
    network.cut();
    const refused = (await overloaded.connection()).header();
    await refused;
    current = server.connect;
    const online = nextEvent(juliet, 'online');
    await refused.sends(OVERLOADED);
    expect((await online).resumed).toBe(true);
  });

  it('is over where the server answers the request for it with a stream error', async () => {
    const server = await startScriptedServer({ domain: 'capulet.example', listen: false });
    onTestFinished(() => server.stop());
    const juliet = makeReturning(stage, { memory: server.connect });
    await managed(server, juliet);
    const asked = (await server.connection()).authenticate('PLAIN').header().features(`<sm ${SM}/>${BIND}`);
    await asked.receives(`<resume ${SM} previd="s1"/>`).sends(OVERLOADED);
    const again = (await server.connection()).authenticate('PLAIN').header().features(`<sm ${SM}/>${BIND}`);
    await again.receives(`<iq type="set">${BIND}</iq>`);
  });

  it('is left without a closing tag where the server does not answer in time', async () => {
    const server = await startScriptedServer({ domain: 'capulet.example', listen: false });
    onTestFinished(() => server.stop());
    const juliet = makeReturning(stage, { memory: server.connect });
    await managed(server, juliet);
    const silent = await server.connection();
    await silent.authenticate('PLAIN').header().features(`<sm ${SM}/>${BIND}`).receives(`<resume ${SM}/>`);
    expect(stateOf(juliet)).toBe('linked.resuming');
    stage.clock.increment(15_000);
    expect(await silent.closed()).toEqual([]);
  });

  it('that was forgotten ends with what the server says about that', async () => {
    const [server, other] = [await start({}), await start({})];
    let current = server.connect;
    const network = createMemoryNetwork(() => current);
    const juliet = makeReturning(stage, network.options);
    const asked = juliet.request(element('{jabber:client}iq', { type: 'get', id: 'q' }, SLOW));
    const error = asked.catch((reason: unknown) => reason);
    juliet.start();
    await juliet.online();
    current = other.connect;
    network.cut();
    expect(await error).toMatchObject({ code: 'session/lost', cause: { code: 'stanza/item-not-found' } });
  });
});

describe('a server that demands the session of old', () => {
  it('and manages streams, counts as the client does: nothing is lost or doubled', async () => {
    const server = await start({ requireLegacySession: true });
    const network = createMemoryNetwork(() => server.connect);
    const juliet = makeReturning(stage, network.options);
    const story: string[] = [];
    const heard: (string | undefined)[] = [];
    juliet.use(witness((line) => story.push(line)));
    juliet.use(messageProtocol());
    juliet.on('message', ({ message }) => heard.push(message.id));
    juliet.start();
    await juliet.online();
    await juliet.request(ping());
    stage.clock.increment(250);
    await juliet.request(ping());
    server.send(juliet.jid.full, element('{jabber:client}message', { id: 'm' }));
    await juliet.request(ping());
    network.cut();
    await nextEvent(juliet, 'online');
    stage.clock.increment(250);
    await juliet.request(ping());
    expect([story, heard]).toEqual([['made', 'started', 'suspended: session/lost', 'resumed'], ['m']]);
  });
});

const SLOW = element('{urn:example:slow}slow');

async function start(options: Partial<ServerOptions>) {
  const server = await startServer({
    domain: 'capulet.example',
    accounts: { juliet: 'secret' },
    streamManagement: true,
    listen: false,
    intercept: ({ attributes }) => attributes.id === 'q',
    ...options,
  });
  onTestFinished(() => server.stop());
  return server;
}

/** The client is online in a managed session, and then its connection is cut. */
async function managed(
  server: Awaited<ReturnType<typeof startScriptedServer>>,
  client: ReturnType<typeof makeReturning>,
): Promise<void> {
  client.start();
  const peer = (await server.connection()).login({ mechanism: 'PLAIN', features: `<sm ${SM}/>` });
  const enabled = peer.receives(`<enable ${SM}/>`).sends(`<enabled ${SM} id="s1" resume="true"/>`);
  await Promise.all([enabled, client.online()]);
  await enabled.reset();
}

/** A proxy that can end its side of a connection and go on to pass what the client says. */
async function createHalfClosingProxy(target: number) {
  const sockets: Socket[] = [];
  let newest: Socket | undefined;
  const proxy = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ host: '127.0.0.1', port: target, allowHalfOpen: true });
    newest = near;
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.push(from);
      from.on('data', (bytes) => to.write(bytes));
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
    }
    near.on('end', () => near.destroy());
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  onTestFinished(() => {
    proxy.close();
    for (const socket of sockets) socket.destroy();
  });
  const { port } = proxy.address() as AddressInfo;
  return { port, endNearSide: () => newest?.end() };
}

function ping() {
  return buildIq({ type: 'get', to: 'capulet.example' }, element('{urn:xmpp:ping}ping'));
}
