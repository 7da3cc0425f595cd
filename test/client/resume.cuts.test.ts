import { describe, expect, it, onTestFinished } from 'vitest';
import { type Client, type Delivery, element } from '../../src/node.ts';
import { messageProtocol } from '../../src/subprotocols/message.ts';
import { startServer } from '../../src/testing/index.ts';
import { stageClients } from '../support/client-stage.ts';
import { createNetwork, makeReturning, type Network, ROADS, type Road, randomFrom } from './resume-stage.ts';

const stage = stageClients();

/** Messages each way. */
const TOTAL = 300;
const WAIT = { interval: 5, timeout: 30_000 };

/** The seed decides about all but the time that the machine takes. */
const RUNS = ROADS.flatMap((road, index) => [
  { road, login: 'SASL', sasl2: false, seed: 1000 + index },
  { road, login: 'SASL2', sasl2: true, seed: 2000 + index },
]);

describe.each(RUNS)('over $road with $login, on a network that is cut at random (seed $seed)', (run) => {
  it(`all of ${TOTAL} messages each way arrive, once and in order`, async () => {
    const { network, juliet, romeo, heard, sessions } = await couple(run.road, run.sasl2);
    const { deliveries, cuts } = await converse(juliet, romeo, network, randomFrom(run.seed));
    await expect.poll(() => heard.juliet.length >= TOTAL && heard.romeo.length >= TOTAL, WAIT).toBe(true);
    const all = Array.from({ length: TOTAL }, (_, index) => `${index}`);
    expect(heard).toEqual({ juliet: all, romeo: all });
    // Each session but the first went on, and there were enough of them to prove something.
    expect(sessions).toEqual([false, ...Array(sessions.length - 1).fill(true)]);
    expect([cuts > 20, sessions.length > 10]).toEqual([true, true]);
    const open = () => {
      if (juliet.actor.getSnapshot().hasTag('online')) stage.clock.increment(250);
      return deliveries.filter(({ state }) => state !== 'acknowledged').length;
    };
    await expect.poll(open, WAIT).toBe(0);
  }, 60_000);
});

/** Both send all that they have to say, while their network is cut. */
async function converse(juliet: Client, romeo: Client, network: Network, random: () => number) {
  const deliveries: Delivery[] = [];
  let cuts = 0;
  while (deliveries.length < 2 * TOTAL) {
    for (let burst = Math.ceil(random() * 8); burst > 0 && deliveries.length < 2 * TOTAL; burst -= 1) {
      const [from, to] = deliveries.length % 2 === 0 ? [juliet, romeo] : [romeo, juliet];
      deliveries.push(say(from, to, `${Math.floor(deliveries.length / 2)}`));
    }
    if (random() < 0.3) {
      cuts += 1;
      // Anywhere: in a stanza, in the handshake, in the login, in the answer to the request for the session.
      if (random() < 0.7) network.cutAfter(Math.floor(random() * 8000));
      else network.cut();
    }
    // Half of the time the next cut waits until there is something to cut.
    if (random() < 0.5) await juliet.online();
    for (let turns = Math.floor(random() * 10); turns > 0; turns -= 1) await turn();
    stage.clock.increment(5);
  }
  network.cutAfter(Number.POSITIVE_INFINITY);
  return { deliveries, cuts };
}

async function couple(road: Road, sasl2: boolean) {
  const accounts = { juliet: 'secret', romeo: 'secret' };
  const listen = road !== 'memory';
  const common = { domain: 'capulet.example', accounts, streamManagement: true };
  const server = await startServer({ ...common, sasl2, listen, websocket: true });
  onTestFinished(() => server.stop());
  const network = await createNetwork(server, road);
  const heard: Record<'juliet' | 'romeo', string[]> = { juliet: [], romeo: [] };
  const sessions: boolean[] = [];
  const juliet = listener(makeReturning(stage, network.options), heard.juliet);
  const romeo = listener(makeReturning(stage, { jid: ROMEO, memory: server.connect }), heard.romeo);
  juliet.on('online', ({ resumed }) => sessions.push(resumed));
  await Promise.all([juliet.online(), romeo.online()]);
  return { network, juliet, romeo, heard, sessions };
}

const ROMEO = 'romeo@capulet.example/orchard';

/** Starts a client that writes down what it is told. */
function listener(client: Client, heard: string[]): Client {
  client.use(messageProtocol());
  client.on('message', ({ message }) => heard.push(message.body ?? ''));
  client.start();
  return client;
}

function say(from: Client, to: Client, body: string): Delivery {
  const attributes = { to: to.jid.full, type: 'chat', id: body };
  return from.send(element('{jabber:client}message', attributes, element('body', {}, body)));
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
