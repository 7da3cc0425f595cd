import { describe, expect, it, vi } from 'vitest';
import { type Client, type Delivery, element, type SendOptions } from '../../src/node.ts';
import { stageClients } from '../support/client-stage.ts';
import { nextEvent } from '../support/next-event.ts';
import { pingRequest } from '../support/stanzas.ts';
import { couple, idsOf } from './resume-couple.ts';

const stage = stageClients();
const POLL = { interval: 1 };
const IDS = Array.from({ length: 20 }, (_, index) => `m${index}`);
const LOGINS = [
  { login: 'SASL', sasl2: false },
  { login: 'SASL2', sasl2: true },
];

describe.each(LOGINS)('with $login, stanzas of a session that goes on', ({ sasl2 }) => {
  it('are acknowledged, each once, and the server handles each once', async () => {
    const { juliet, network, handled } = await couple(stage, { sasl2 });
    const { stories, deliveries } = sendAll(juliet, IDS.slice(0, 10));
    const online = nextEvent(juliet, 'online');
    network.cut();
    const later = sendAll(juliet, IDS.slice(10));
    expect((await online).resumed).toBe(true);
    await acknowledged([...deliveries, ...later.deliveries]);
    expect([...stories, ...later.stories].map((story) => story.at(-1))).toEqual(Array(20).fill('acknowledged'));
    expect(stories.flat().filter((state) => state === 'acknowledged')).toHaveLength(10);
    expect(handled).toEqual(IDS);
  });

  it('that are worth something at one moment only are not sent again, and the count stays right (XEP-0198 §5)', async () => {
    const { juliet, network, handled } = await couple(stage, { sasl2 });
    // The server hears nothing of what is sent until the line is cut.
    network.cutAfter(0);
    const kept = sendAll(juliet, ['m1', 'm3']);
    const passing = sendAll(juliet, ['m2', 'm4'], { keep: false });
    expect((await nextEvent(juliet, 'online')).resumed).toBe(true);
    kept.deliveries.push(...sendAll(juliet, ['m5']).deliveries);
    await acknowledged(kept.deliveries);
    expect(passing.deliveries.map(({ state, error }) => [state, error?.code])).toEqual(
      Array(2).fill(['failed', 'delivery/not-kept']),
    );
    expect(handled).toEqual(['m1', 'm3', 'm5']);
  });
});

describe.each(LOGINS)('with $login, stanzas of a session that the server has forgotten', ({ sasl2 }) => {
  it('fail, each once, and none is sent again', async () => {
    const { juliet, network, traffic, move } = await couple(stage, { sasl2 });
    const { stories, deliveries } = sendAll(juliet, IDS);
    await move();
    const online = nextEvent(juliet, 'online');
    network.cut();
    expect((await online).resumed).toBe(false);
    await juliet.request(pingRequest());
    expect(stories).toEqual(IDS.map(() => ['failed']));
    expect(new Set(deliveries.map(({ error }) => error?.code))).toEqual(new Set(['session/lost']));
    expect(idsOf('message', traffic)).toEqual(IDS);
  });

  it('are sent again in the next one where that was asked for, in order, before what waits', async () => {
    const { juliet, network, handled, move } = await couple(stage, { sasl2 });
    await move();
    network.cutAfter(0);
    const lost = nextEvent(juliet, 'reconnecting');
    const again = sendAll(juliet, ['m1', 'm3'], { resend: true });
    const once = sendAll(juliet, ['m2']);
    await lost;
    const waiting = sendAll(juliet, ['m4']);
    expect((await nextEvent(juliet, 'online')).resumed).toBe(false);
    await acknowledged([...again.deliveries, ...waiting.deliveries]);
    expect(again.stories).toEqual(Array(2).fill(['queued', 'written', 'acknowledged']));
    expect([once.stories, once.deliveries[0]?.error?.code]).toEqual([[['failed']], 'session/lost']);
    expect(handled).toEqual(['m1', 'm3', 'm4']);
  });

  it('tell then when they were sent at first (XEP-0203)', async () => {
    const { juliet, network, traffic, move } = await couple(stage, { sasl2 });
    vi.spyOn(Date, 'now').mockReturnValue(Date.parse('2026-11-23T10:00:00.250Z'));
    await move();
    network.cutAfter(0);
    const { deliveries } = sendAll(juliet, ['m1'], { resend: true });
    vi.mocked(Date.now).mockReturnValue(Date.parse('2026-11-23T12:00:00Z'));
    await nextEvent(juliet, 'online');
    await acknowledged(deliveries);
    const stamp = '<delay xmlns="urn:xmpp:delay" from="juliet@capulet.example" stamp="2026-11-23T10:00:00.250Z"/>';
    const sent = traffic.filter((text) => text.startsWith('<message '));
    // What the network lost, the server never saw.
    expect(sent.map((text) => text.includes(stamp))).toEqual([true]);
  });

  it('may arrive twice then, with the same id', async () => {
    const { juliet, network, handled, move } = await couple(stage, { sasl2 });
    const { deliveries } = sendAll(juliet, ['m1'], { resend: true });
    await expect.poll(() => handled, POLL).toEqual(['m1']);
    await move();
    network.cut();
    await nextEvent(juliet, 'online');
    await acknowledged(deliveries);
    expect(handled).toEqual(['m1', 'm1']);
  });

  it('go out in another session even after the client gave up, or fail when it is stopped', async () => {
    const { juliet, network, handled } = await couple(stage, { sasl2 }, { reconnect: () => undefined });
    network.cutAfter(0);
    const { deliveries } = sendAll(juliet, ['m1', 'm2'], { resend: true });
    await nextEvent(juliet, 'failed');
    expect(deliveries.map(({ state }) => state)).toEqual(['queued', 'queued']);
    juliet.start();
    await juliet.online();
    await acknowledged(deliveries);
    expect(handled).toEqual(['m1', 'm2']);
    network.cutAfter(0);
    const last = sendAll(juliet, ['m3'], { resend: true }).deliveries[0];
    await nextEvent(juliet, 'failed');
    await juliet.stop();
    expect([last?.state, last?.error?.code]).toEqual(['failed', 'session/stopped']);
  });
});

describe('stanzas on a stream that is not managed', () => {
  it('are written and no more: nobody knows whether they arrived, and none is sent again', async () => {
    const { juliet, network, handled } = await couple(stage, { streamManagement: false });
    network.cutAfter(0);
    const { stories, deliveries } = sendAll(juliet, ['m1', 'm2'], { resend: true });
    expect(await Promise.all(deliveries.map((delivery) => delivery.settled()))).toEqual(['written', 'written']);
    await nextEvent(juliet, 'online');
    await juliet.request(pingRequest());
    expect([stories, handled]).toEqual([[[], []], []]);
  });

  it('that come when the connection is lost wait for the next one', async () => {
    const { juliet, network, handled } = await couple(stage, { streamManagement: false });
    const lost = nextEvent(juliet, 'reconnecting');
    network.cut();
    await lost;
    const { deliveries } = sendAll(juliet, ['m1'], { expires: 60_000 });
    const [passing] = sendAll(juliet, ['m2'], { keep: false }).deliveries;
    expect([deliveries[0]?.state, passing?.error?.code]).toEqual(['queued', 'delivery/not-kept']);
    expect(await deliveries[0]?.settled()).toBe('written');
    await expect.poll(() => handled, POLL).toEqual(['m1']);
  });
});

/** Sends messages; their stories are the states of each from then on. */
function sendAll(client: Client, ids: readonly string[], options?: SendOptions) {
  const stories: string[][] = [];
  const deliveries = ids.map((id) => {
    const delivery = client.send(element('{jabber:client}message', { id, to: 'romeo@montague.example' }), options);
    const story: string[] = [];
    delivery.subscribe(({ state }) => story.push(state));
    stories.push(story);
    return delivery;
  });
  return { stories, deliveries };
}

/** Resolves when the server has all of them; it is asked as time passes. */
async function acknowledged(deliveries: readonly Delivery[]): Promise<void> {
  const states = () => {
    stage.clock.increment(250);
    return new Set(deliveries.map(({ state }) => state));
  };
  await expect.poll(states, POLL).toEqual(new Set(['acknowledged']));
}
