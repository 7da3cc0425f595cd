import { describe, expect, it } from 'vitest';
import { createActor } from 'xstate';
import {
  clientInput,
  clientMachine,
  DeliveryError,
  type Element,
  element,
  OptionError,
  QueueFullError,
  type SendOptions,
} from '../../src/node.ts';
import { messageProtocol } from '../../src/subprotocols/message.ts';
import { stageClients } from '../support/client-stage.ts';
import { createTestClock } from '../support/clock.ts';
import { messageWith } from '../support/stanzas.ts';
import { couple } from './resume-couple.ts';

const stage = stageClients();
const NOBODY = { memory: () => ({ write: () => {}, end: () => {} }) };

describe('options that nobody can work with are refused at the door', () => {
  it.each([
    ['null', 'options in an object, got null'],
    ['5', 'options in an object, got 5'],
    ['{"expires":"soon"}', '`expires`, a number of milliseconds from 0 to 2147483647, got soon'],
    ['{"expires":-1}', '`expires`, a number of milliseconds from 0 to 2147483647, got -1'],
    ['{"expires":2147483648}', '`expires`, a number of milliseconds from 0 to 2147483647, got 2147483648'],
    ['{"expires":null}', '`expires`, a number of milliseconds from 0 to 2147483647, got null'],
    ['{"keep":0}', '`keep`, true or false, got 0'],
    ['{"resend":"yes"}', '`resend`, true or false, got yes'],
    ['{"whenFull":"drop"}', '`whenFull`, reject, drop-oldest or wait, got drop'],
    ['{"whenFull":{}}', '`whenFull`, reject, drop-oldest or wait, got an object'],
    ['{"expire":5}', 'options named expires, keep, resend, whenFull, got expire'],
    ['{"__proto__":5}', 'options named expires, keep, resend, whenFull, got __proto__'],
    ['{"resend":true,"keep":false}', '`resend` or `keep: false`, got both'],
  ])('%s', (json, expected) => {
    const client = stage.make(NOBODY);
    const send = () => client.send(messageWith('1'), JSON.parse(json));
    expect(send).toThrow(OptionError);
    expect(send).toThrow(expect.objectContaining({ message: `Expected ${expected}`, hint: expect.any(String) }));
  });

  it('and those that are left open mean nothing', () => {
    const client = stage.make(NOBODY);
    const open: Record<string, undefined> = {
      expires: undefined,
      keep: undefined,
      resend: undefined,
      whenFull: undefined,
    };
    expect(client.send(messageWith('1'), Object(open)).state).toBe('queued');
    expect(client.send(messageWith('2'), undefined).state).toBe('queued');
  });
});

describe('what becomes of a stanza because of its options', () => {
  it('is told by its delivery, not thrown: it is what was asked for', async () => {
    const client = stage.make({ ...NOBODY, limits: { maxQueuedStanzas: 1 } });
    const passing = client.send(messageWith('1'), { keep: false });
    const older = client.send(messageWith('2'), { whenFull: 'drop-oldest' });
    const newer = client.send(messageWith('3'), { whenFull: 'drop-oldest', expires: 10 });
    stage.clock.increment(10);
    const errors = [passing, older, newer].map(({ error }) => error);
    expect(errors.every((error) => error instanceof DeliveryError)).toBe(true);
    expect(errors.map((error) => [error?.code, error?.message, error?.hint])).toEqual([
      [
        'delivery/not-kept',
        'There is no session to send the stanza in',
        'Without `keep: false` it would wait for the next one.',
      ],
      [
        'delivery/dropped',
        'The queue was full, and a newer stanza took the place of this one',
        "That is what `whenFull: 'drop-oldest'` asks for; raise `limits.maxQueuedStanzas` to keep more.",
      ],
      [
        'delivery/expired',
        'The stanza could not be written within 10 ms',
        'Send it anew if it still means something, or give it more time with `expires`.',
      ],
    ]);
  });

  it('is thrown where the caller must know at once: there is no room, and nobody to make some', () => {
    const client = stage.make({ ...NOBODY, limits: { maxQueuedStanzas: 1 } });
    client.send(messageWith('1'));
    for (const options of [undefined, { whenFull: 'reject' }, { whenFull: 'drop-oldest' }] as const) {
      expect(() => client.send(messageWith('2'), options)).toThrow(QueueFullError);
    }
  });
});

describe('options are taken', () => {
  it('by the door for messages', async () => {
    const { juliet, network, handled } = await couple(stage, {}, { reconnect: () => undefined });
    const messages = juliet.use(messageProtocol());
    network.cut();
    await expect.poll(() => juliet.actor.getSnapshot().hasTag('failed'), { interval: 1 }).toBe(true);
    const to = 'romeo@montague.example';
    const kept = messages.send({ to, body: 'kept', id: 'm1' }, { expires: 60_000 });
    const passing = messages.send({ to, body: 'passing', id: 'm2' }, { keep: false });
    expect([kept.state, passing.error?.code]).toEqual(['queued', 'delivery/not-kept']);
    juliet.start();
    await kept.written();
    await expect.poll(() => handled, { interval: 1 }).toEqual(['m1']);
  });

  it('by the scope that a subprotocol is given', () => {
    const client = stage.make(NOBODY);
    const send = client.use({
      name: 'sender',
      features: [],
      routes: [],
      logic: messageProtocol().logic,
      api: (scope) => (stanza: Element, options: SendOptions) => scope.send(stanza, options),
    });
    expect(send(messageWith('1'), { keep: false }).error?.code).toBe('delivery/not-kept');
  });

  it('along with the event by which a machine sends a stanza', () => {
    const clock = createTestClock();
    const input = clientInput({ jid: 'a@capulet.example', password: 'x', startsAtOnce: false, clock, ...NOBODY });
    const actor = createActor(clientMachine, { input }).start();
    const stanza = element('{jabber:client}message', { id: '1' });
    actor.send({ type: 'stanza.send', stanza, options: { expires: 1000 } });
    expect(clock.timers()).toEqual([1000]);
    actor.send({ type: 'stanza.send', stanza, options: { expires: 500, keep: false } });
    expect(clock.timers()).toEqual([1000]);
    actor.stop();
    expect(clock.timers()).toEqual([]);
  });
});
