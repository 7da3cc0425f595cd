import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createActor, setup } from 'xstate';
import { clientFor, clientInput, clientMachine, type Delivery, type XmppError } from '../../src/node.ts';
import { stageClients } from '../support/client-stage.ts';
import { createTestClock } from '../support/clock.ts';
import { nextEvent } from '../support/next-event.ts';
import { messageWith } from '../support/stanzas.ts';
import { rejectionOf } from '../support/when.ts';
import { couple, say } from './resume-couple.ts';

const stage = stageClients();
const NOBODY = { memory: () => ({ write: () => {}, end: () => {} }) };

describe('the delivery of a stanza', () => {
  it('on a managed stream ends when the server has it', async () => {
    const { juliet, traffic } = await couple(stage);
    const delivery = say(juliet, 'm1');
    const states = statesOf(delivery);
    await Promise.all([delivery.queued(), delivery.written()]);
    expect(delivery.state).toBe('written');
    stage.clock.increment(250);
    expect(await delivery.settled()).toBe('acknowledged');
    expect(states).toEqual(['acknowledged']);
    await Promise.all([delivery.queued(), delivery.written()]);
    expect(traffic).toContain('<r xmlns="urn:xmpp:sm:3"/>');
  });

  it('on another stream ends when it is written: nobody will ever say more', async () => {
    const { juliet } = await couple(stage, { streamManagement: false });
    const delivery = say(juliet, 'm1');
    expect(await delivery.settled()).toBe('written');
    expect([delivery.state, delivery.error]).toEqual(['written', undefined]);
  });

  it('without a session begins in the queue', async () => {
    const { juliet } = await couple(stage);
    await juliet.stop();
    const delivery = say(juliet, 'm1');
    const states = statesOf(delivery);
    await delivery.queued();
    expect(delivery.state).toBe('queued');
    juliet.start();
    await delivery.written();
    stage.clock.increment(250);
    expect(await delivery.settled()).toBe('acknowledged');
    expect(states).toEqual(['written', 'acknowledged']);
  });

  it('for which the queue has no room begins before it, and tells a producer when to go on', async () => {
    const client = stage.make({ ...NOBODY, limits: { maxQueuedStanzas: 1 } });
    const [first, second] = ['1', '2'].map((id) => client.send(messageWith(id), { whenFull: 'wait', expires: 1000 }));
    const third = client.send(messageWith('3'), { whenFull: 'wait' });
    expect([first, second, third].map((each) => each?.state)).toEqual(['queued', 'waiting', 'waiting']);
    const next = third.queued();
    stage.clock.increment(1000);
    await next;
    expect([first, second, third].map((each) => each?.state)).toEqual(['failed', 'failed', 'queued']);
  });

  it('that fails says why to whoever asks, before and after', async () => {
    const client = stage.make(NOBODY);
    const delivery = client.send(messageWith('1'), { expires: 10 });
    const before = [delivery.written(), delivery.settled()].map(rejectionOf);
    const states = statesOf(delivery);
    stage.clock.increment(10);
    const after = [delivery.queued(), delivery.written(), delivery.settled()].map(rejectionOf);
    const { error } = delivery;
    expect(error).toMatchObject({
      code: 'delivery/expired',
      message: 'The stanza could not be written within 10 ms',
      hint: 'Send it anew if it still means something, or give it more time with `expires`.',
    });
    expect(await Promise.all([...before, ...after])).toEqual(Array(5).fill(error));
    expect(states).toEqual(['failed']);
  });

  it('that fails ends no process, whether somebody asked and does not wait or nobody did', async () => {
    const unhandled: unknown[] = [];
    const listener = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', listener);
    onTestFinished(() => void process.off('unhandledRejection', listener));
    const client = stage.make(NOBODY);
    const delivery = client.send(messageWith('1'));
    void delivery.settled();
    void delivery.written();
    await client.stop();
    void delivery.queued();
    // Node looks for them when the microtasks of a turn are done.
    await new Promise((resolve) => setImmediate(resolve));
    expect([delivery.state, unhandled]).toEqual(['failed', []]);
  });
});

describe('whoever listens to a delivery', () => {
  it('hears each change, until he has heard enough', async () => {
    const { juliet, network } = await couple(stage, {}, { reconnect: () => undefined });
    const delivery = juliet.send(messageWith('1'), { resend: true });
    const all = statesOf(delivery);
    const one: string[] = [];
    const stop = delivery.subscribe(({ state }) => {
      one.push(state);
      stop();
    });
    const failed = nextEvent(juliet, 'failed');
    network.cut();
    await failed;
    juliet.start();
    await juliet.online();
    stage.clock.increment(250);
    await delivery.settled();
    expect([one, all]).toEqual([['queued'], ['queued', 'written', 'acknowledged']]);
  });

  it('and throws harms nobody: the client says so and goes on', async () => {
    const { juliet } = await couple(stage);
    const errors: XmppError[] = [];
    juliet.on('error', ({ error }) => errors.push(error));
    const alas = new Error('Alas');
    const [first, second] = [say(juliet, 'm1'), say(juliet, 'm2')];
    first.subscribe(() => {
      throw alas;
    });
    const states = [first, second].map(statesOf);
    stage.clock.increment(250);
    expect(await Promise.all([first.settled(), second.settled()])).toEqual(['acknowledged', 'acknowledged']);
    expect(states).toEqual([['acknowledged'], ['acknowledged']]);
    expect(errors).toEqual([
      expect.objectContaining({ code: 'option/invalid', message: 'A listener for a delivery failed', cause: alas }),
    ]);
  });

  it('can send another stanza, which goes out after those that were sent before', async () => {
    const { juliet, handled } = await couple(stage);
    say(juliet, 'm1').subscribe(() => say(juliet, 'm4'));
    for (const id of ['m2', 'm3']) say(juliet, id);
    stage.clock.increment(250);
    await vi.waitUntil(() => handled.length === 4);
    expect(handled).toEqual(['m1', 'm2', 'm3', 'm4']);
  });
});

describe('a client that is gone', () => {
  it('has said all that it will ever say: of what is not acknowledged it is known that it was written', async () => {
    const { juliet } = await couple(stage);
    const delivery = say(juliet, 'm1');
    const settled = delivery.settled();
    await juliet.stop();
    expect([await settled, delivery.state]).toEqual(['written', 'written']);
  });

  it('since its machine left the state that it was in, says so too', async () => {
    const { server } = await couple(stage);
    const clock = createTestClock();
    const options = { jid: 'juliet@capulet.example', password: 'secret', memory: server.connect, clock };
    const app = createActor(host, { input: clientInput(options) }).start();
    const actor = app.getSnapshot().children.xmpp;
    if (!actor) throw new Error('Expected a client');
    const client = clientFor(actor);
    await client.online();
    const written = client.send(messageWith('1'));
    const expiring = client.send(messageWith('2'), { expires: 1000 });
    client.actor.send({ type: 'network.offline' });
    app.send({ type: 'leave' });
    expect(await Promise.all([written.settled(), expiring.settled()])).toEqual(['written', 'written']);
    expect(clock.timers()).toEqual([]);
  });

  it('since its machine left the state, fails what waits, whatever it waits for', async () => {
    const clock = createTestClock();
    const limits = { maxQueuedStanzas: 1 };
    const input = clientInput({
      jid: 'a@capulet.example',
      password: 'x',
      startsAtOnce: false,
      clock,
      limits,
      ...NOBODY,
    });
    const app = createActor(host, { input }).start();
    const actor = app.getSnapshot().children.xmpp;
    if (!actor) throw new Error('Expected a client');
    const client = clientFor(actor);
    const deliveries = ['1', '2'].map((id) => client.send(messageWith(id), { whenFull: 'wait', expires: 1000 }));
    expect(deliveries.map(({ state }) => state)).toEqual(['queued', 'waiting']);
    app.send({ type: 'leave' });
    const stopped = { code: 'session/stopped' };
    expect(deliveries).toMatchObject(Array(2).fill({ state: 'failed', error: stopped }));
    expect(clock.timers()).toEqual([]);
  });
});

/** An application that has a client in one of its states. */
const host = setup({
  types: {} as { context: { input: ReturnType<typeof clientInput> }; input: ReturnType<typeof clientInput> },
  actors: { xmpp: clientMachine },
}).createMachine({
  context: ({ input }) => ({ input }),
  initial: 'connected',
  states: {
    connected: {
      invoke: { id: 'xmpp', src: 'xmpp', input: ({ context }) => context.input },
      on: { leave: 'gone' },
    },
    gone: {},
  },
});

/** The states of a delivery from now on. */
function statesOf(delivery: Delivery): string[] {
  const states: string[] = [];
  delivery.subscribe(({ state }) => states.push(state));
  return states;
}
