import { describe, expect, it } from 'vitest';
import { withClient } from '../../src/node.ts';
import { presenceProtocol } from '../../src/subprotocols/presence.ts';
import { stageClients, stateOf } from '../support/client-stage.ts';
import { nextEvent } from '../support/next-event.ts';
import { pingRequest } from '../support/stanzas.ts';
import { rejectionOf } from '../support/when.ts';
import { couple, idsOf, say, UNANSWERED } from './resume-couple.ts';
import { createMemoryNetwork } from './resume-stage.ts';

const stage = stageClients();
const ACCOUNT = { jid: 'juliet@capulet.example', password: 'secret' };
const POLL = { interval: 1 };
const LOGINS = [
  { login: 'SASL', sasl2: false },
  { login: 'SASL2', sasl2: true },
];

describe.each(LOGINS)('with $login, a session that the server has forgotten', ({ sasl2 }) => {
  it('is followed by another: what was not acknowledged is reported, each once', async () => {
    const { juliet, network, traffic, move } = await couple(stage, { sasl2 });
    const deliveries = [say(juliet, 'm1'), say(juliet, 'm2')];
    await move();
    const online = nextEvent(juliet, 'online');
    const lost = nextEvent(juliet, 'reconnecting');
    network.cut();
    await lost;
    const waiting = say(juliet, 'm3');
    expect((await online).resumed).toBe(false);
    await juliet.request(pingRequest());
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
    const { juliet, network, server, connection, handled } = await couple(stage, { sasl2, resumptionTime: 0.005 });
    const deliveries = [say(juliet, 'm1'), say(juliet, 'm2')];
    await expect.poll(() => handled, POLL).toEqual(['m1', 'm2']);
    connection.isUp = false;
    const lost = nextEvent(juliet, 'reconnecting');
    network.cut();
    await lost;
    deliveries.push(say(juliet, 'm3'));
    await expect.poll(() => server.sessions(), POLL).toEqual([]);
    connection.isUp = true;
    expect((await nextEvent(juliet, 'online')).resumed).toBe(false);
    await juliet.request(pingRequest());
    expect(deliveries.map(({ state }) => state)).toEqual(['acknowledged', 'acknowledged', 'written']);
  });

  it('is another one for those who look at it: they are told once what changed meanwhile', async () => {
    const { juliet, network, move, traffic } = await couple(stage, { sasl2 });
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
    await juliet.request(pingRequest());
    const told = traffic.filter((text) => text.startsWith('<presence'));
    expect(told).toEqual(['<presence/>', '<presence><status>back</status></presence>']);
  });

  it('is another one for those who live in it', async () => {
    const { juliet, network, move, story, traffic } = await couple(stage, { sasl2 });
    juliet.use(presenceProtocol()).available();
    const asked = rejectionOf(juliet.request(UNANSWERED));
    await expect.poll(() => idsOf('iq', traffic), POLL).toContain('q');
    await move();
    const online = nextEvent(juliet, 'online');
    network.cut();
    await online;
    await juliet.request(pingRequest());
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
    const { juliet, network, story, traffic } = await couple(stage, { resumptionTime: 0 });
    const delivery = say(juliet, 'm1');
    const online = nextEvent(juliet, 'online');
    network.cut();
    expect((await online).resumed).toBe(false);
    expect([delivery.state, story.slice(2, 4)]).toEqual(['failed', ['ended: session/lost', 'gone']]);
    expect(traffic.filter((text) => text.startsWith('<resume'))).toEqual([]);
  });

  it('since its time is over, is not asked for (XEP-0198 §5)', async () => {
    const { juliet, network, traffic, story } = await couple(
      stage,
      { resumptionTime: 60 },
      { reconnect: () => 60_000 },
    );
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
    const { juliet, network, story } = await couple(stage, {}, { reconnect: () => undefined });
    const delivery = say(juliet, 'm1');
    const failed = nextEvent(juliet, 'failed');
    network.cut();
    expect((await failed).error.code).toBe('transport/connection-closed');
    expect([stateOf(juliet), delivery.state]).toEqual(['failed.gaveUp', 'failed']);
    expect(story).toEqual(['made', 'started', 'suspended: session/lost', 'ended: session/lost', 'gone']);
  });

  it('since the server ended its stream with an error, is not asked for (RFC 6120 §4.9.1.1)', async () => {
    const { juliet, server, story, traffic, move } = await couple(stage, {});
    const delivery = say(juliet, 'm1');
    await move();
    const online = nextEvent(juliet, 'online');
    await server.stop();
    expect((await online).resumed).toBe(false);
    expect([delivery.state, story.slice(2)]).toEqual(['failed', ['ended: session/lost', 'gone', 'made', 'started']]);
    expect(traffic.filter((text) => text.startsWith('<resume'))).toEqual([]);
  });

  it('tells who waits for an answer why the connection was lost', async () => {
    const { server } = await couple(stage, {});
    const network = createMemoryNetwork(() => server.connect);
    const failed = withClient({ ...ACCOUNT, ...network.options }, async (client) => {
      const asked = client.request(UNANSWERED);
      network.cut();
      await asked;
    });
    expect(await rejectionOf(failed)).toMatchObject({ code: 'transport/connection-closed' });
  });
});
