import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type Client, element } from '../../src/node.ts';
import { messageProtocol } from '../../src/subprotocols/message.ts';
import { presenceProtocol } from '../../src/subprotocols/presence.ts';
import { type Server, startServer } from '../../src/testing/index.ts';
import { stageClients } from '../support/client-stage.ts';
import { nextEvent } from '../support/next-event.ts';
import { pingRequest } from '../support/stanzas.ts';
import { createNetwork, makeReturning, type Network, ROADS, witness } from './resume-stage.ts';

const stage = stageClients();

const PLACES = ROADS.flatMap((road) => [
  { road, login: 'SASL', sasl2: false },
  { road, login: 'SASL2', sasl2: true },
]);

describe.each(PLACES)('over $road with $login, a session that lost its connection', ({ road, sasl2 }) => {
  let server: Server;
  let network: Network;
  /** What the server received from juliet. */
  let received: string[];

  beforeEach(async () => {
    received = [];
    server = await startServer({
      domain: 'capulet.example',
      accounts: { juliet: 'secret', romeo: 'secret' },
      streamManagement: true,
      sasl2,
      listen: road !== 'memory',
      websocket: true,
      onTraffic: ({ direction, text, jid }) => {
        if (direction === 'received' && jid?.startsWith('juliet')) received.push(text);
      },
    });
    onTestFinished(() => server.stop());
    network = await createNetwork(server, road);
  });

  it('goes on: nothing is lost, doubled or out of order, on either side', async () => {
    const { juliet, romeo, heard } = await couple();
    const deliveries = [say(juliet, romeo, 'j1'), say(juliet, romeo, 'j2')];
    say(romeo, juliet, 'r1');
    await expect.poll(() => heard.length, { interval: 1 }).toBe(3);
    say(romeo, juliet, 'r2');
    deliveries.push(say(juliet, romeo, 'j3'));
    const online = nextEvent(juliet, 'online');
    network.cut();
    deliveries.push(say(juliet, romeo, 'j4'));
    say(romeo, juliet, 'r3');
    expect(await online).toEqual({ type: 'online', jid: juliet.jid, resumed: true });
    deliveries.push(say(juliet, romeo, 'j5'));
    say(romeo, juliet, 'r4');
    await expect.poll(() => heard.length, { interval: 1 }).toBe(9);
    expect(heard.filter((line) => line.startsWith('j'))).toEqual(['j1', 'j2', 'j3', 'j4', 'j5']);
    expect(heard.filter((line) => line.startsWith('r'))).toEqual(['r1', 'r2', 'r3', 'r4']);
    stage.clock.increment(250);
    const states = () => deliveries.map(({ state }) => state);
    await expect.poll(states, { interval: 1 }).toEqual(Array(5).fill('acknowledged'));
  });

  it('is the same session for those who live in it, and for those who look at it', async () => {
    const story: string[] = [];
    const { juliet, romeo } = await couple();
    const seen: string[] = [];
    romeo.on('presence', ({ presence: { from, type } }) => {
      if (from?.localpart === 'juliet') seen.push(type ?? 'available');
    });
    juliet.use(witness((line) => story.push(line)));
    juliet.use(presenceProtocol()).available();
    await expect.poll(() => seen, { interval: 1 }).toEqual(['available']);
    const online = nextEvent(juliet, 'online');
    network.cut();
    await online;
    await juliet.request(pingRequest());
    expect(story).toEqual(['made', 'started', 'suspended: session/lost', 'resumed']);
    expect(received.filter((text) => text.startsWith('<presence'))).toHaveLength(1);
    expect(seen).toEqual(['available']);
    await juliet.stop();
    expect(story.slice(4)).toEqual(['ended: session/stopped', 'gone']);
  });

  it('is told what changed meanwhile, and nothing else', async () => {
    const { juliet } = await couple();
    const presence = juliet.use(presenceProtocol());
    presence.available();
    const lost = nextEvent(juliet, 'reconnecting');
    const online = nextEvent(juliet, 'online');
    network.cut();
    await lost;
    presence.available({ status: 'gone for a moment' });
    presence.available({ status: 'back' });
    await online;
    await juliet.request(pingRequest());
    const told = received.filter((text) => text.startsWith('<presence'));
    expect(told.at(-1)).toBe('<presence><status>back</status></presence>');
    expect(new Set(told)).toEqual(new Set(['<presence/>', '<presence><status>back</status></presence>']));
  });

  it('keeps the requests that wait, sent or not, and they get their answers', async () => {
    const { juliet } = await couple();
    const asked = juliet.request(pingRequest());
    const online = nextEvent(juliet, 'online');
    network.cut();
    const late = juliet.request(pingRequest());
    expect((await online).resumed).toBe(true);
    expect((await Promise.all([asked, late])).map(({ attributes }) => attributes.type)).toEqual(['result', 'result']);
  });

  async function couple() {
    const heard: string[] = [];
    const juliet = makeReturning(stage, network.options);
    const romeo = makeReturning(stage, { jid: 'romeo@capulet.example/orchard', memory: server.connect });
    romeo.use(presenceProtocol()).available();
    for (const client of [juliet, romeo]) {
      client.use(messageProtocol());
      client.on('message', ({ message }) => heard.push(message.body ?? ''));
      client.start();
    }
    await Promise.all([juliet.online(), romeo.online()]);
    return { juliet, romeo, heard };
  }
});

function say(from: Client, to: Client, body: string) {
  const attributes = { to: to.jid.full, type: 'chat', id: body };
  return from.send(element('{jabber:client}message', attributes, element('body', {}, body)));
}
