import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Client, CreateClientOptions } from '../../src/node.ts';
import { type ScriptedServer, type Server, startScriptedServer, startServer } from '../../src/testing/index.ts';
import { openSockets, stageClients, stateOf, WAYS, wayTo } from '../support/client-stage.ts';
import { negotiationSteps, type Script } from '../support/negotiation-steps.ts';
import { rejectionOf, whenIn } from '../support/when.ts';

const FOOTER = '</stream:stream>';
const HANDSHAKING = 'linked.securing.handshaking';

const stage = stageClients();
let server: Server;
let scripted: ScriptedServer;
beforeAll(async () => {
  scripted = await startScriptedServer({ domain: 'capulet.example' });
  server = await startServer({ domain: 'capulet.example', accounts: { juliet: 'secret' } });
});
afterAll(() => Promise.all([server.stop(), scripted.stop()]));

describe.each(WAYS)('over %s, a client that is stopped', (way) => {
  const online = { title: 'linked.online', state: 'linked.online', reach: (peer: Script) => peer.login() };
  const steps = [...negotiationSteps(way), online];
  // In the handshake nobody can say anything: its bytes are none of the stream.
  const speaking = steps.filter(({ state }) => state !== HANDSHAKING);
  const handshaking = steps.filter(({ state }) => state === HANDSHAKING);

  it.each(speaking)('in $title closes the stream, and is offline when the server has closed it too', async (step) => {
    const { client, script } = await lead(step);
    const stopped = client.stop();
    expect(stateOf(client)).toBe('linked.closing');
    expect(await script.receives(FOOTER).close().closed()).toEqual([]);
    expect(await stopped).toBeUndefined();
    expect([stateOf(client), stage.clock.now()]).toEqual(['offline', 0]);
  });

  it.each(speaking)('in $title waits no longer than the close timeout for a server that says nothing', async (step) => {
    const { client, script } = await lead(step);
    const stopped = client.stop();
    stage.clock.increment(1_999);
    expect(stateOf(client)).toBe('linked.closing');
    stage.clock.increment(1);
    expect(stateOf(client)).toBe('offline');
    expect(await stopped).toBeUndefined();
    expect(await script.closed()).toEqual([FOOTER]);
  });

  it.each(handshaking)('in $title is offline at once: there is no stream to close', async (step) => {
    const { client } = await lead(step);
    const stopped = client.stop();
    expect(stateOf(client)).toBe('offline');
    expect(await stopped).toBeUndefined();
    // What TLS may take to say goodbye.
    stage.clock.increment(1_000);
  });

  async function lead({ state, reach }: (typeof steps)[number]) {
    const client = stage.make(wayTo(scripted, way));
    client.start();
    const script = reach(await scripted.connection());
    await script;
    await whenIn(client, state);
    return { client, script };
  }
});

describe('a client that is stopped', () => {
  it.each<[string, (client: Client) => Promise<unknown>]>([
    ['offline', async () => {}],
    ['linked.connecting', (client) => begin(client, 'linked.connecting')],
    ['reconnecting.backingOff', (client) => begin(client, 'reconnecting.backingOff')],
    [
      'reconnecting.awaitingNetwork',
      async (client) => {
        await begin(client, 'reconnecting');
        client.actor.send({ type: 'network.offline' });
      },
    ],
  ])('in %s is offline, where nobody is to be told', async (state, lead) => {
    const { port, stop } = await startScriptedServer({ domain: 'capulet.example', tls: false });
    await stop();
    const client = stage.make({ host: '127.0.0.1', port, reconnect: () => 60_000 });
    await lead(client);
    expect(stateOf(client)).toBe(state);
    const stopped = client.stop();
    expect(stateOf(client)).toBe('offline');
    expect(await stopped).toBeUndefined();
  });

  it('while it asks for the service records of its domain asks no more', async () => {
    const client = stage.make({});
    client.start();
    await whenIn(client, 'resolving.asking');
    expect(stateOf(client)).toBe('resolving.asking');
    await client.stop();
    expect(stateOf(client)).toBe('offline');
  });

  it.each<[string, Partial<CreateClientOptions>]>([
    ['failed.needsCredentials', { password: 'wrong' }],
    ['failed.terminal', { mechanisms: ['EXTERNAL'] }],
    ['failed.gaveUp', { host: 'nowhere.invalid' }],
  ])('in %s is offline', async (state, options) => {
    const client = stage.make({ ...(options.host ? {} : wayTo(server)), ...options });
    client.start();
    await rejectionOf(client.online());
    expect(stateOf(client)).toBe(state);
    await client.stop();
    expect(stateOf(client)).toBe('offline');
  });

  it('and stopped again closes its stream once, and both hear when it is offline', async () => {
    const client = stage.make(wayTo(scripted, 'STARTTLS'));
    client.start();
    const script = (await scripted.connection()).login();
    await client.online();
    const stopped = [client.stop(), client.stop()];
    expect(await script.receives(FOOTER).close().closed()).toEqual([]);
    expect(await Promise.all([...stopped, client.stop()])).toEqual([undefined, undefined, undefined]);
    expect(stateOf(client)).toBe('offline');
  });

  it.each(WAYS)('over %s can start again', async (way) => {
    const client = stage.make({ ...wayTo(server, way), jid: 'juliet@capulet.example/balcony' });
    for (let round = 0; round < 3; round += 1) {
      client.start();
      expect((await client.online()).full).toBe('juliet@capulet.example/balcony');
      expect(server.sessions()).toEqual(['juliet@capulet.example/balcony']);
      await client.stop();
      await expect.poll(() => server.sessions(), { interval: 1 }).toEqual([]);
    }
    await expect.poll(openSockets, { interval: 1 }).toEqual([]);
  });

  it('tells whoever waits for it to be online', async () => {
    const client = stage.make(wayTo(scripted));
    client.start();
    const failure = rejectionOf(client.online());
    await (await scripted.connection()).header();
    await Promise.all([client.stop(), stage.clock.increment(2_000)]);
    expect(await failure).toMatchObject({
      name: 'SessionEndedError',
      code: 'session/stopped',
      message: 'The client was stopped',
      hint: '`start()` logs in again.',
    });
  });

  it('lets its process end by itself', async () => {
    const entry = new URL('../../dist/src/node.js', import.meta.url);
    const program = `
      import { createClient } from ${JSON.stringify(entry)};
      const client = createClient({
        jid: 'juliet@capulet.example', password: 'secret', host: '127.0.0.1', port: ${server.port},
        tls: { ca: ${JSON.stringify(server.ca)} },
      });
      client.start();
      console.log((await client.online()).bare);
      await client.stop();`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], { timeout: 15_000 });
    const told: string[] = [];
    child.stdout.on('data', (text) => told.push(String(text)));
    child.stderr.on('data', (text) => told.push(String(text)));
    const [code, signal] = await once(child, 'close');
    expect([told, code, signal]).toEqual([['juliet@capulet.example\n'], 0, null]);
  });

  async function begin(client: Client, state: string): Promise<void> {
    client.start();
    await whenIn(client, state);
  }
});
