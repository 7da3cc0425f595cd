import { expect, it } from 'vitest';
import { memorySessionStore } from '../../src/node.ts';
import { stageClients } from '../support/client-stage.ts';
import { nextEvent } from '../support/next-event.ts';
import { pingRequest } from '../support/stanzas.ts';
import { couple, say } from './resume-couple.ts';
import { makeReturning } from './resume-stage.ts';

const stage = stageClients();

it('a process that wants no stream managed begins a session of its own, whatever the record of an earlier one says', async () => {
  const sessions = memorySessionStore();
  const { juliet, network, handled } = await couple(stage, {}, { sessions });
  say(juliet, 'm1');
  await expect.poll(() => handled.length, { interval: 1 }).toBe(1);
  network.cut();
  juliet.actor.stop();
  const next = makeReturning(stage, { ...network.options, sessions, streamManagement: false });
  next.start();
  expect((await nextEvent(next, 'online')).resumed).toBe(false);
  const delivery = say(next, 'm2');
  await next.request(pingRequest());
  expect([delivery.state, next.actor.getSnapshot().children.session?.getSnapshot().value]).toEqual(['written', 'live']);
});
