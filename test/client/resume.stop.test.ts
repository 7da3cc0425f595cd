import { describe, expect, it } from 'vitest';
import { element } from '../../src/node.ts';
import { stageClients } from '../support/client-stage.ts';
import { nextEvent } from '../support/next-event.ts';
import { pingRequest } from '../support/stanzas.ts';
import { rejectionOf, whenIn } from '../support/when.ts';
import { couple, say } from './resume-couple.ts';

const stage = stageClients();

describe('a stream that is not managed', () => {
  it.each([
    ['since the server does not know how', { streamManagement: false }, {}],
    ['since the application wants none', {}, { streamManagement: false }],
    ['since the application wants none, with SASL2', { sasl2: true }, { streamManagement: false }],
  ])('%s, has nothing of it', async (_title, onServer, onClient) => {
    const { juliet, network, story, traffic } = await couple(stage, onServer, onClient);
    const deliveries = Array.from({ length: 20 }, (_, index) => say(juliet, `m${index}`));
    await juliet.request(pingRequest());
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
    const { juliet, network, story } = await couple(stage, {}, { reconnect: () => 60_000 });
    const written = say(juliet, 'm1');
    const lost = nextEvent(juliet, 'reconnecting');
    network.cut();
    await lost;
    const queued = say(juliet, 'm2');
    const asked = rejectionOf(juliet.request(pingRequest()));
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
    const { juliet, network, server } = await couple(stage, {});
    network.cut();
    await whenIn(juliet, 'linked.resuming');
    await juliet.stop();
    await expect.poll(() => server.sessions(), { interval: 1 }).toEqual([]);
  });

  it('says what it has before it closes its stream (XEP-0198 §4)', async () => {
    const { juliet, server, traffic } = await couple(stage, {});
    server.send(juliet.jid.full, element('{jabber:client}message', { id: 'r1' }));
    await juliet.request(pingRequest());
    await juliet.stop();
    expect(traffic.slice(-2)).toEqual(['<a xmlns="urn:xmpp:sm:3" h="2"/>', '</stream:stream>']);
    expect(server.sessions()).toEqual([]);
  });
});
