import { expect, it } from 'vitest';
import { createActor } from 'xstate';
import type { SessionRecord } from '../../machines/session-record.ts';
import { outboxLogic } from '../../src/actors/outbox.ts';
import { clientInput } from '../../src/client/client-input.ts';
import { memorySessionStore } from '../../src/node.ts';
import { StreamLedger } from '../../src/stream/index.ts';
import { createTestClock } from '../support/clock.ts';
import { message, runManaged, runOutbox } from './outbox-run.ts';
import { recorder, turn } from './recorder.ts';

const JULIET = 'juliet@example.org';

it('an outbox that ends tells all who wait, once, and leaves the record and no timer', async () => {
  const clock = createTestClock();
  const sessions = memorySessionStore();
  const settings = clientInput({ jid: JULIET, password: 'x', clock, sessions });
  const ledger = new StreamLedger<never>();
  const actor = createActor(outboxLogic, { input: { settings, ledger } }).start();
  const transport = recorder<{ type: string; report?: { written(length: number): void } }>(({ report }) =>
    report?.written(10),
  );
  const story: string[] = [];
  const send = (id: string) => {
    const tell = (news: string) => void story.push(`${id} ${news}`);
    const report = {
      written: (isLast: boolean) => tell(isLast ? 'written, the end' : 'written'),
      failed: ({ code }: { code: string }) => tell(code),
    };
    actor.send({ type: 'stanza.send', stanza: message(id), report });
  };
  ledger.open();
  actor.send({ type: 'outbox.restore', restored: undefined });
  actor.send({ type: 'outbox.open', transport: transport.actor });
  send('1');
  await turn();
  actor.send({ type: 'outbox.pause' });
  send('2');
  actor.send({ type: 'stanza.send', stanza: message('3') });
  await turn();
  const kept = await sessions.load(JULIET);
  actor.stop();
  await turn();
  expect(story).toEqual(['1 written', '1 written, the end', '2 session/stopped']);
  expect([clock.timers(), ledger.isOpen]).toEqual([[], false]);
  expect(await sessions.load(JULIET)).toEqual(kept);
  expect((kept as SessionRecord).outgoing.length).toBe(3);
});

it('a session that is over on our own wish is nothing to report, whatever the server says it has', () => {
  const { actor, send, story } = runManaged();
  send(message('1'), message('2'));
  actor.send({ type: 'outbox.close', h: 1, isWanted: true });
  expect(story).toEqual(['1 written', '2 written', '1 written, the end', '2 written, the end']);
});

it('a session that cannot be resumed, and is not there yet, is asked for nothing', () => {
  const { actor, ledger, news } = runOutbox();
  ledger.open();
  for (const type of ['ack.probe', 'ack.request', 'ack.send'] as const) actor.send({ type });
  expect(news()).toEqual([]);
});
