import { describe, expect, it, onTestFinished } from 'vitest';
import type { Client, CreateClientOptions } from '../../src/node.ts';
import { startServer } from '../../src/testing/index.ts';
import { stageClients, stateOf } from '../support/client-stage.ts';
import { nextEvent } from '../support/next-event.ts';
import { ONLINE } from '../support/when.ts';
import { say } from './resume-couple.ts';
import { createNetwork, makeReturning, ROADS, type Road } from './resume-stage.ts';

const stage = stageClients();
const PROBING = 'linked.online.stability.stable+liveness.probing';

describe.each(ROADS)('over %s, a connection that is dead without a word', (road) => {
  it('is noticed after interval and patience, and the session goes on over another', async () => {
    const { juliet, network, handled } = await meet(road, { streamManagement: true });
    network.freeze();
    const delivery = say(juliet, 'm1');
    await pass(59_999);
    expect(stateOf(juliet)).toContain('liveness.fresh');
    await pass(1);
    expect(stateOf(juliet)).toBe(PROBING);
    await pass(14_999);
    expect(stateOf(juliet)).toBe(PROBING);
    const lost = nextEvent(juliet, 'reconnecting');
    const online = nextEvent(juliet, 'online');
    await pass(1);
    expect((await lost).error).toMatchObject({
      code: 'transport/connection-dead',
      phase: 'linked.online',
      hint: expect.stringContaining('lost without a word'),
    });
    expect((await online).resumed).toBe(true);
    await expect.poll(() => handled).toEqual(['m1']);
    expect(delivery.error).toBe(undefined);
  });
});

describe('a server that is there', () => {
  it.each([
    ['that manages the stream is asked for an acknowledgement (XEP-0198 §4)', true, '<r xmlns="urn:xmpp:sm:3"/>'],
    ['that does not is asked with a ping (XEP-0199)', false, '<ping xmlns="urn:xmpp:ping"/>'],
  ])('%s, once in an interval, and any answer will do', async (_title, streamManagement, question) => {
    const { juliet, asked } = await meet('memory', { streamManagement });
    for (let interval = 1; interval <= 5; interval += 1) {
      await pass(60_000);
      await expect.poll(() => stateOf(juliet)).toContain('liveness.fresh');
      expect(asked(question)).toBe(interval);
    }
  });

  it('and says something now and then is not asked', async () => {
    const { juliet, server, asked } = await meet('memory', { streamManagement: true });
    for (let times = 0; times < 10; times += 1) {
      await pass(59_000);
      server.send(juliet.jid.full, { name: 'message', namespace: 'jabber:client', attributes: {}, children: [] });
      await turns();
    }
    expect([stateOf(juliet), asked('<r xmlns="urn:xmpp:sm:3"/>')]).toEqual([
      'linked.online.stability.stable+liveness.fresh',
      0,
    ]);
  });

  it.each(['network.online', 'network.offline'] as const)('is asked at once on %s', async (type) => {
    const { juliet, asked } = await meet('memory', { streamManagement: true });
    juliet.actor.send({ type });
    expect(stateOf(juliet)).toContain('liveness.probing');
    await expect.poll(() => stateOf(juliet)).toBe(ONLINE);
    expect(asked('<r xmlns="urn:xmpp:sm:3"/>')).toBe(1);
  });

  it('is asked at once when the machine slept: the timers did not notice, the wall clock did', async () => {
    const wall = { slept: 0 };
    const clock = () => ({
      now: () => stage.clock.now(),
      wallNow: () => stage.clock.now() + wall.slept,
      setTimeout: (handler: () => void, delay: number) => stage.clock.setTimeout(handler, delay),
      clearTimeout: (timer: Parameters<typeof stage.clock.clearTimeout>[0]) => stage.clock.clearTimeout(timer),
    });
    const { juliet, asked } = await meet('memory', { streamManagement: true }, { clock: clock() });
    wall.slept = 8 * 3_600_000;
    await pass(15_000);
    await expect.poll(() => stateOf(juliet)).toBe(ONLINE);
    expect(asked('<r xmlns="urn:xmpp:sm:3"/>')).toBe(1);
  });

  it('is never asked where the application wants no such thing', async () => {
    const { juliet, network } = await meet('memory', { streamManagement: true }, { liveness: false });
    network.freeze();
    await pass(1_000_000);
    juliet.actor.send({ type: 'network.online' });
    expect(stateOf(juliet)).toBe('linked.online.stability.stable+liveness.fresh');
  });
});

async function meet(
  road: Road,
  onServer: { readonly streamManagement: boolean },
  onClient: Partial<CreateClientOptions> = {},
) {
  const traffic: string[] = [];
  const handled: string[] = [];
  const server = await startServer({
    domain: 'capulet.example',
    accounts: { juliet: 'secret' },
    listen: road !== 'memory',
    websocket: true,
    onTraffic: ({ direction, text }) => direction === 'received' && traffic.push(text),
    intercept: ({ name, attributes }) => {
      if (name === 'message') handled.push(attributes.id ?? '');
      return name === 'message';
    },
    ...onServer,
  });
  onTestFinished(() => server.stop());
  const network = await createNetwork(server, road);
  const juliet: Client = makeReturning(stage, { ...network.options, ...onClient });
  juliet.start();
  await juliet.online();
  const asked = (question: string) => traffic.filter((text) => text.includes(question)).length;
  return { juliet, server, network, handled, asked };
}

/** Lets time pass in steps: a clock that jumps is that of a machine that slept. */
async function pass(milliseconds: number): Promise<void> {
  for (let left = milliseconds; left > 0; left -= STEP) {
    stage.clock.increment(Math.min(left, STEP));
    await turns();
  }
}

const STEP = 15_000;

async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
