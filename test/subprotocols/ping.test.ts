import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pingProtocol } from '../../src/subprotocols/ping.ts';
import { type ScriptedServer, type Server, startScriptedServer, startServer } from '../../src/testing/index.ts';
import { stageClients } from '../support/client-stage.ts';
import { logIn } from '../support/scripted-login.ts';
import { PING, pingResult } from '../support/stanzas.ts';
import { rejectionOf } from '../support/when.ts';

const stage = stageClients();
let server: Server;
let scripted: ScriptedServer;
beforeEach(async () => {
  scripted = await startScriptedServer({ domain: 'capulet.example', listen: false });
  server = await startServer({
    domain: 'capulet.example',
    accounts: { juliet: 'secret', romeo: 'secret' },
    listen: false,
  });
});
afterEach(() => Promise.all([server.stop(), scripted.stop()]));

describe('a ping', () => {
  it('asks the own server, and tells the milliseconds that the answer took', async () => {
    const client = stage.make({ memory: scripted.connect });
    const { ping } = client.use(pingProtocol());
    const { peer } = await logIn(client, scripted);
    const took = ping();
    const asked = peer.receives(PING);
    await asked;
    stage.clock.increment(37);
    await asked.sends(pingResult);
    expect(await took).toBe(37);
  });

  it('is answered by another client that is there', async () => {
    const [juliet, romeo] = [await online('juliet'), await online('romeo')];
    romeo.use(pingProtocol());
    expect(await juliet.use(pingProtocol()).ping(romeo.jid)).toBe(0);
    expect(await juliet.use({ ...pingProtocol(), name: 'another' }).ping(juliet.jid)).toBe(0);
  });

  it('is refused by another client that does not know it, or is not there', async () => {
    const [juliet, romeo] = [await online('juliet'), await online('romeo')];
    const { ping } = juliet.use(pingProtocol());
    for (const to of [romeo.jid, 'romeo@capulet.example/nowhere']) {
      expect(await rejectionOf(ping(to))).toMatchObject({ name: 'StanzaError', code: 'stanza/service-unavailable' });
    }
    expect(await rejectionOf(ping('montague.example'))).toMatchObject({ code: 'stanza/remote-server-not-found' });
  });

  it('that nobody answers fails when its time is over', async () => {
    const client = stage.make({ memory: scripted.connect });
    const { ping } = client.use(pingProtocol());
    const { peer } = await logIn(client, scripted);
    const failure = rejectionOf(ping('romeo@montague.example', { timeout: 250 }));
    await peer.receives('<iq type="get" to="romeo@montague.example"/>');
    stage.clock.increment(250);
    expect(await failure).toMatchObject({ code: 'request/timeout' });
  });

  it('to an address that is none is refused', async () => {
    const { ping } = (await online('juliet')).use(pingProtocol());
    expect(await rejectionOf(ping('@'))).toMatchObject({ name: 'JidError' });
  });
});

async function online(name: string) {
  const client = stage.make({ memory: server.connect, jid: `${name}@capulet.example/home` });
  client.start();
  await client.online();
  return client;
}
