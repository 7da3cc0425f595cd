import { describe, expect, it, onTestFinished } from 'vitest';
import { type Client, element } from '../../src/node.ts';
import { messageProtocol } from '../../src/subprotocols/message.ts';
import { startServer } from '../../src/testing/index.ts';
import { stageClients, stateOf } from '../support/client-stage.ts';
import { nextEvent } from '../support/next-event.ts';
import { pingRequest } from '../support/stanzas.ts';
import { ONLINE, whenIn } from '../support/when.ts';
import { createMemoryNetwork, makeReturning, witness } from './resume-stage.ts';

const stage = stageClients();
const LOGINS = [
  { login: 'SASL', sasl2: false },
  { login: 'SASL2', sasl2: true },
];

/** More than a login takes, in bytes both ways. */
const LONGEST_LOGIN = 4500;
/** A prime, so that the points lie anywhere in what is said. */
const STRIDE = 61;

describe.each(LOGINS)('with $login, a connection that is cut while a session is resumed', ({ sasl2 }) => {
  const points = Array.from({ length: Math.ceil(LONGEST_LOGIN / STRIDE) }, (_, index) => index * STRIDE);

  it('loses and doubles nothing, wherever that happens', async () => {
    const states = new Set<string>();
    for (const point of points) {
      const { network, juliet, heard, story, server } = await start(sasl2);
      const request = juliet.request(pingRequest());
      say(juliet, 'j1');
      server.send(juliet.jid.full, message('r1'));
      network.cut();
      await nextEvent(juliet, 'reconnecting');
      network.cutAfter(point);
      juliet.on('reconnecting', ({ error }) => states.add(error?.phase ?? 'nowhere'));
      say(juliet, 'j2');
      server.send(juliet.jid.full, message('r2'));
      await juliet.online();
      say(juliet, 'j3');
      await request;
      await juliet.request(pingRequest());
      expect([point, heard.server, heard.juliet]).toEqual([point, ['j0', 'j1', 'j2', 'j3'], ['r1', 'r2']]);
      expect(new Set(story)).toEqual(new Set(['made', 'started', 'suspended: session/lost', 'resumed']));
      await juliet.stop();
    }
    // It happened in every state from the first byte to the session.
    const passed = sasl2
      ? [
          'linked.opening.awaitingHeader',
          'linked.opening.awaitingFeatures',
          'linked.loggingIn.exchanging',
          'linked.online',
        ]
      : [
          'linked.opening.awaitingHeader',
          'linked.opening.awaitingFeatures',
          'linked.authenticating',
          'linked.restarting.awaitingHeader',
          'linked.restarting.awaitingFeatures',
          'linked.resuming',
          'linked.online',
        ];
    expect([...states].sort()).toEqual(expect.arrayContaining(passed.sort()));
  }, 60_000);
});

describe.each(LOGINS)('with $login, a connection that is cut while a session begins', ({ sasl2 }) => {
  const points = Array.from({ length: Math.ceil(LONGEST_LOGIN / STRIDE) }, (_, index) => index * STRIDE);

  it('leaves nothing behind that the next one could take for its own', async () => {
    for (const point of points) {
      const { juliet, heard, story, server } = await start(sasl2, point);
      say(juliet, 'j1');
      server.send(juliet.jid.full, message('r1'));
      await juliet.request(pingRequest());
      expect([point, heard.server, heard.juliet]).toEqual([point, ['j0', 'j1'], ['r1']]);
      expect([stateOf(juliet), story.at(0), story.at(1)]).toEqual([ONLINE, 'made', 'started']);
      await juliet.stop();
    }
  }, 60_000);
});

describe('a client that waits to connect again', () => {
  it('keeps what it is given meanwhile, behind what it could not deliver', async () => {
    const { network, juliet, heard } = await start(false, undefined, () => 5_000);
    say(juliet, 'j1');
    network.cut();
    await whenIn(juliet, 'reconnecting.backingOff');
    const waiting = [say(juliet, 'j2'), say(juliet, 'j3')];
    stage.clock.increment(4_999);
    expect([stateOf(juliet), waiting.map(({ state }) => state)]).toEqual([
      'reconnecting.backingOff',
      ['queued', 'queued'],
    ]);
    stage.clock.increment(1);
    await juliet.online();
    await juliet.request(pingRequest());
    expect(heard.server).toEqual(['j0', 'j1', 'j2', 'j3']);
  });
});

async function start(sasl2: boolean, firstCut = Number.POSITIVE_INFINITY, reconnect: () => number = () => 0) {
  const heard: Record<'server' | 'juliet', string[]> = { server: [], juliet: [] };
  const story: string[] = [];
  const server = await startServer({
    domain: 'capulet.example',
    accounts: { juliet: 'secret' },
    streamManagement: true,
    sasl2,
    listen: false,
    intercept: ({ name, attributes }) => {
      if (name === 'message') heard.server.push(attributes.id ?? '');
      return name === 'message';
    },
  });
  onTestFinished(() => server.stop());
  const network = createMemoryNetwork(() => server.connect);
  network.cutAfter(firstCut);
  const juliet = makeReturning(stage, { ...network.options, reconnect });
  juliet.use(messageProtocol());
  juliet.use(witness((line) => story.push(line)));
  juliet.on('message', ({ message: { id } }) => heard.juliet.push(id ?? ''));
  say(juliet, 'j0');
  juliet.start();
  await juliet.online();
  return { server, network, juliet, heard, story };
}

function say(client: Client, id: string) {
  return client.send(message(id));
}

function message(id: string) {
  return element('{jabber:client}message', { id, to: 'romeo@montague.example' });
}
