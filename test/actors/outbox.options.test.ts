import { afterEach, describe, expect, it, vi } from 'vitest';
import type { TransportCommand } from '../../machines/contracts.ts';
import { SessionEndedError } from '../../src/errors/index.ts';
import { buildDelay, parseDelay } from '../../src/payloads/index.ts';
import { iq, message, runManaged, runOutbox } from './outbox-run.ts';
import { recorder } from './recorder.ts';

const PASSING = { keep: false };
const AGAIN = { resend: true };
const TWO = { limits: { maxUnacknowledged: 2 } };

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a stanza that is worth something at this moment only', () => {
  it('fails at once where there is no session', () => {
    const { open, sendWith, story, news } = runOutbox();
    sendWith(PASSING, message('1'));
    expect(story).toEqual(['1 delivery/not-kept']);
    open();
    expect(news()).toEqual([]);
  });

  it('fails at once while the session is suspended, and when it is over', () => {
    const { actor, sendWith, story } = runManaged();
    actor.send({ type: 'outbox.pause' });
    sendWith(PASSING, message('1'));
    actor.send({ type: 'outbox.close' });
    sendWith(PASSING, message('2'));
    expect(story).toEqual(['1 delivery/not-kept', '2 delivery/not-kept']);
  });

  it('waits a moment where the transport takes no more, or too much is not acknowledged', () => {
    const { actor, ack, send, sendWith, story, stanzas } = runManaged(TWO);
    actor.send({ type: 'transport.blocked' });
    sendWith(PASSING, message('1'));
    expect([story, stanzas()]).toEqual([['1 queued'], []]);
    actor.send({ type: 'transport.drained' });
    send(message('2'));
    sendWith(PASSING, message('3'));
    expect(stanzas()).toEqual(['1', '2']);
    ack(1);
    expect(stanzas()).toEqual(['3']);
  });

  it.each(['outbox.pause', 'outbox.close'] as const)(
    'fails when the connection is lost before it went out: %s',
    (type) => {
      const { actor, open, send, sendWith, story, news } = runOutbox();
      open();
      actor.send({ type: 'transport.blocked' });
      send(message('1'));
      sendWith(PASSING, message('2'));
      actor.send({ type });
      expect(story).toEqual(['1 queued', '2 queued', '2 delivery/not-kept']);
      open();
      expect(news()).toEqual(['1']);
    },
  );

  it('fails when the stream was closed before it was written; another waits for the next', () => {
    const { actor, open, send, sendWith, story, news } = runOutbox();
    actor.send({ type: 'outbox.open', transport: closedTransport().actor });
    sendWith(PASSING, message('1'));
    actor.send({ type: 'outbox.open', transport: closedTransport().actor });
    send(message('2'));
    expect(story).toEqual(['1 delivery/not-kept', '2 queued']);
    open();
    expect(news()).toEqual(['2']);
  });

  it('is not sent again when the session goes on, and does not count (XEP-0198 §5)', () => {
    const { actor, resume, ack, send, sendWith, ledger, reports, news } = runManaged();
    send(message('1'));
    sendWith(PASSING, message('2'));
    send(message('3'));
    sendWith(PASSING, message('4'));
    news();
    actor.send({ type: 'outbox.pause' });
    resume(1);
    expect([news(), ledger.sent]).toEqual([['3'], 2]);
    expect(reports).toEqual(['1 acknowledged', '2 delivery/not-kept', '4 delivery/not-kept']);
    send(message('5'));
    ack(3);
    expect(reports.slice(3)).toEqual(['3 acknowledged', '5 acknowledged']);
  });

  it('that arrived is acknowledged like any other', () => {
    const { actor, resume, sendWith, ledger, reports } = runManaged();
    sendWith(PASSING, message('1'));
    actor.send({ type: 'outbox.pause' });
    resume(1);
    expect([reports, ledger.sent]).toEqual([['1 acknowledged'], 1]);
  });

  it('may have arrived, if the session ended after it was written', () => {
    const { actor, sendWith, reports } = runManaged();
    sendWith(PASSING, message('1'));
    actor.send({ type: 'outbox.close' });
    expect(reports).toEqual(['1 session/lost']);
  });

  it('troubles nobody who did not ask for a report', () => {
    const { actor, published } = runOutbox();
    actor.send({ type: 'stanza.send', stanza: message('1'), options: PASSING });
    expect(published()).toEqual([]);
  });
});

describe('a stanza that is to be sent again', () => {
  it('goes out in the next session, in order, before what waits and what is new', () => {
    const { actor, open, ack, ledger, send, sendWith, story, news } = runManaged();
    sendWith(AGAIN, message('1'), message('2'), message('3'));
    ack(1);
    actor.send({ type: 'outbox.pause' });
    send(message('4'));
    news();
    story.length = 0;
    actor.send({ type: 'outbox.close' });
    expect(story).toEqual(['2 queued', '3 queued']);
    ledger.open();
    open();
    send(message('5'));
    expect([news(), ledger.sent]).toEqual([['2', '3', '4', '5'], 4]);
    ack(2);
    expect(story.slice(2)).toEqual([
      '2 written',
      '3 written',
      '4 written',
      '5 written',
      '2 acknowledged',
      '3 acknowledged',
    ]);
  });

  it('tells each time when it was sent at first, unless somebody told that before (XEP-0203)', () => {
    const now = vi.spyOn(Date, 'now').mockReturnValue(Date.parse('2026-11-23T10:00:00Z'));
    const { actor, ledger, sendWith } = runOutbox();
    const heard: unknown[] = [];
    const open = (): void => {
      const transport = recorder<TransportCommand>((command) => {
        if (command.type !== 'stanza.send') return;
        heard.push([command.stanza.attributes.id, parseDelay(command.stanza)?.stamp.toISOString()]);
        command.report?.written(100);
      });
      ledger.open();
      actor.send({ type: 'outbox.open', transport: transport.actor });
    };
    open();
    const earlier = buildDelay({ stamp: new Date('2026-11-22T00:00:00Z'), from: undefined });
    sendWith(AGAIN, message('1'), { ...message('2'), children: [earlier] });
    for (let round = 0; round < 2; round += 1) {
      now.mockReturnValue(now() + 60_000);
      actor.send({ type: 'outbox.close' });
      open();
    }
    const told = ['2', '2026-11-22T00:00:00.000Z'];
    const stamped = ['1', '2026-11-23T10:00:00.000Z'];
    expect(heard).toEqual([['1', undefined], told, stamped, told, stamped, told]);
  });

  it('is sent again as often as its session ends', () => {
    const { actor, open, ack, ledger, sendWith, reports, news } = runManaged();
    sendWith(AGAIN, message('1'));
    for (let round = 0; round < 3; round += 1) {
      actor.send({ type: 'outbox.close' });
      ledger.open();
      open();
    }
    ack(1);
    expect([news(), reports]).toEqual([['1', '1', '1', '1'], ['1 acknowledged']]);
  });

  it('keeps its place among those that are not, and they fail, each once', () => {
    const { actor, open, send, sendWith, reports, news } = runManaged();
    send(message('1'));
    sendWith(AGAIN, message('2'));
    send(message('3'));
    sendWith(AGAIN, message('4'));
    news();
    actor.send({ type: 'outbox.close' });
    actor.send({ type: 'outbox.close' });
    expect(reports).toEqual(['1 session/lost', '3 session/lost']);
    open();
    expect(news()).toEqual(['2', '4']);
  });

  it('is not, if the server had it before it forgot the session', () => {
    const { actor, open, sendWith, reports, news } = runManaged();
    sendWith(AGAIN, message('1'), message('2'));
    news();
    actor.send({ type: 'outbox.pause' });
    actor.send({ type: 'outbox.close', h: 1 });
    open();
    expect([reports, news()]).toEqual([['1 acknowledged'], ['2']]);
  });

  it('is kept whatever the limit, and nothing new until there is room', () => {
    const { actor, send, sendWith, reports, story } = runManaged({ limits: { maxQueuedStanzas: 1 } });
    sendWith(AGAIN, message('1'), message('2'));
    actor.send({ type: 'outbox.close' });
    send(message('3'));
    expect([reports, story.slice(-3)]).toEqual([['3 queue/full'], ['1 queued', '2 queued', '3 queue/full']]);
  });

  it('and is a request fails with its session', () => {
    const { actor, sendWith, story } = runManaged();
    sendWith(AGAIN, iq('1', 'get'), iq('2', 'set'), iq('3', 'result'));
    story.length = 0;
    actor.send({ type: 'outbox.close' });
    expect(story).toEqual(['3 queued', '1 session/lost', '2 session/lost']);
  });

  it('is written and no more, where nobody confirms it', () => {
    const { actor, open, sendWith, story, news } = runOutbox();
    open();
    sendWith(AGAIN, message('1'));
    actor.send({ type: 'outbox.close' });
    open();
    expect([story, news()]).toEqual([['1 written, the end'], ['1']]);
  });

  it('is not, once nobody wants a session any more', () => {
    const { actor, open, sendWith, story, news } = runManaged();
    sendWith(AGAIN, message('1'));
    actor.send({ type: 'outbox.close', isWanted: true });
    open();
    expect([story, news()]).toEqual([['1 written', '1 written, the end'], ['1']]);
  });
});

describe('a stanza whose time is limited', () => {
  it('fails when that is over and it did not go out', () => {
    const { clock, open, sendWith, story, news } = runOutbox();
    sendWith({ expires: 1000 }, message('1'));
    clock.increment(999);
    expect(story).toEqual(['1 queued']);
    clock.increment(1);
    expect(story).toEqual(['1 queued', '1 delivery/expired']);
    open();
    expect(news()).toEqual([]);
  });

  it('has all the time there is once it was written, also when it is sent again', () => {
    const { actor, clock, ledger, open, resume, sendWith, reports, news } = runManaged();
    sendWith({ expires: 1000, ...AGAIN }, message('1'));
    clock.increment(2000);
    actor.send({ type: 'outbox.pause' });
    resume(0);
    clock.increment(2000);
    actor.send({ type: 'outbox.close' });
    clock.increment(2000);
    ledger.open();
    open();
    expect([news().filter((line) => line === '1'), reports]).toEqual([['1', '1', '1'], []]);
  });

  it('goes on counting if the stream was closed before it was written', () => {
    const { actor, clock, sendWith, story } = runOutbox();
    clock.increment(50);
    actor.send({ type: 'outbox.open', transport: closedTransport().actor });
    sendWith({ expires: 100 }, message('1'));
    clock.increment(100);
    expect(story).toEqual(['1 queued', '1 delivery/expired']);
  });

  it('leaves no timer behind, however it ends', () => {
    const { actor, clock, open, sendWith } = runOutbox();
    sendWith({ expires: 100 }, message('1'));
    open();
    expect(clock.timers()).toEqual([]);
    actor.send({ type: 'outbox.close' });
    sendWith({ expires: 100 }, message('2'));
    actor.send({ type: 'outbox.abandon', reason: new SessionEndedError('gone', { condition: 'stopped' }) });
    expect(clock.timers()).toEqual([]);
  });
});

/** A transport whose stream is closed. */
function closedTransport() {
  return recorder<TransportCommand>((command) => {
    if (command.type !== 'stanza.send') return;
    command.report?.failed(new SessionEndedError('The stream was closed', { condition: 'lost' }));
  });
}
