import { describe, expect, it } from 'vitest';
import type { TransportCommand } from '../../machines/contracts.ts';
import { lengthOf } from '../../src/actors/stanza-length.ts';
import { SessionEndedError } from '../../src/errors/index.ts';
import { StreamError } from '../../src/stream/index.ts';
import { element } from '../../src/xml/index.ts';
import { iq, message, runManaged, runOutbox } from './outbox-run.ts';
import { recorder } from './recorder.ts';

describe('on a stream that is not managed', () => {
  it('nothing is kept, asked or told (XEP-0198 §3)', () => {
    const { actor, clock, ledger, send, open, news, reports, written } = runOutbox({
      limits: { maxUnacknowledged: 0 },
    });
    open();
    send(...Array.from({ length: 12 }, (_, i) => message(`${i}`)));
    actor.send({ type: 'ack.send' });
    actor.send({ type: 'ack.received', h: 12 });
    actor.send({ type: 'ack.request' });
    expect(news()).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11']);
    actor.send({ type: 'outbox.close' });
    expect([written.length, reports, ledger.size, clock.timers()]).toEqual([12, [], 0, []]);
  });
});

describe('on a managed stream', () => {
  it('what is written counts, and what cannot be does not', () => {
    const { ledger, send, reports, written } = runManaged();
    send(message('1'), message('bad'), message('2'));
    expect([ledger.sent, ledger.size, written, reports]).toEqual([2, 2, ['1', '2'], ['bad option/invalid']]);
  });

  it('each stanza is reported once when the server has it, in order', () => {
    const { ack, send, reports } = runManaged();
    send(message('1'), message('2'), message('3'));
    ack(2);
    expect(reports).toEqual(['1 acknowledged', '2 acknowledged']);
    ack(2);
    ack(3);
    expect(reports).toEqual(['1 acknowledged', '2 acknowledged', '3 acknowledged']);
  });

  it('the server is told how many stanzas were handled', () => {
    const { actor, ledger, news } = runManaged();
    ledger.countReceived();
    actor.send({ type: 'ack.send' });
    ledger.countReceived();
    actor.send({ type: 'ack.send' });
    expect(news()).toEqual(['<a 1/>', '<a 2/>']);
  });

  it('the server is asked for what it has as soon as a quarter of what may be open is, not before', () => {
    const { send, news } = runManaged({ limits: { maxUnacknowledged: 12 } });
    send(message('1'), message('2'), message('3'), message('4'));
    expect(news()).toEqual(['1', '2', '3', '<r/>', '4']);
  });

  it('or a quarter of its length is', () => {
    const { send, news } = runManaged({ limits: { maxUnacknowledgedCharacters: 12 * lengthOf(message('1')) } });
    send(message('1'), message('2'), message('3'), message('4'));
    expect(news()).toEqual(['1', '2', '3', '<r/>', '4']);
  });

  it('or after a quarter of a second', () => {
    const { clock, send, news } = runManaged();
    send(message('1'));
    clock.increment(249);
    expect(news()).toEqual(['1']);
    clock.increment(1);
    expect(news()).toEqual(['<r/>']);
  });

  it('stanzas wait while too many are not acknowledged, and go out in order when they are', () => {
    const { ack, send, stanzas, reports } = runManaged({ limits: { maxUnacknowledged: 2, maxQueuedStanzas: 3 } });
    send(...['1', '2', '3', '4', '5', '6'].map(message));
    expect([stanzas(), reports]).toEqual([['1', '2'], ['6 queue/full']]);
    ack(1);
    expect(stanzas()).toEqual(['3']);
    send(message('7'));
    ack(3);
    expect(stanzas()).toEqual(['4', '5']);
    ack(5);
    expect(stanzas()).toEqual(['7']);
  });

  it('it is stanzas that wait, not what is said about them', () => {
    const { actor, send, news } = runManaged({ limits: { maxUnacknowledged: 1 } });
    send(message('1'), message('2'));
    actor.send({ type: 'ack.send' });
    expect(news()).toEqual(['1', '<r/>', '<a 0/>']);
  });

  it('the server is asked at once, again, where more may go out only when it answered', () => {
    const { ack, send, news } = runManaged({ limits: { maxUnacknowledged: 2 } });
    send(message('1'), message('2'), message('3'), message('4'));
    expect(news()).toEqual(['1', '<r/>', '2']);
    ack(1);
    expect(news()).toEqual(['3', '<r/>']);
    ack(2);
    expect(news()).toEqual(['4', '<r/>']);
  });

  it('a server that asks and does not read is answered once, when it reads', () => {
    const { actor, ledger, news } = runManaged();
    actor.send({ type: 'transport.blocked' });
    for (let i = 0; i < 1000; i += 1) {
      ledger.countReceived();
      actor.send({ type: 'ack.send' });
    }
    expect(news()).toEqual([]);
    actor.send({ type: 'transport.drained' });
    expect(news()).toEqual(['<a 1000/>']);
    actor.send({ type: 'transport.drained' });
    expect(news()).toEqual([]);
  });

  it('an answer that is owed is given before the session ends', () => {
    const { actor, news } = runManaged();
    actor.send({ type: 'transport.blocked' });
    actor.send({ type: 'ack.send' });
    actor.send({ type: 'outbox.pause' });
    expect(news()).toEqual(['<a 0/>']);
  });
});

describe('a server that miscounts', () => {
  it.each([
    ['that it has more than there was', 2, 'undefined-condition'],
    ['something that is no number', undefined, 'bad-format'],
  ])('and says %s, ends its stream, once', (_title, h, condition) => {
    const { ack, send, news, reports } = runManaged();
    send(message('1'));
    ack(h);
    ack(h);
    expect(news()).toEqual(['1', `error ${condition}`]);
    send(message('2'));
    expect([news(), reports]).toEqual([[], []]);
  });

  it('is told so with the counts (XEP-0198 §6)', () => {
    const { actor, ack, ledger } = runOutbox();
    const transport = recorder<TransportCommand>();
    ledger.open();
    actor.send({ type: 'outbox.open', transport: transport.actor });
    ack(5);
    const [fail] = transport.heard;
    const error = fail?.type === 'stream.fail' ? fail.error : undefined;
    expect(error).toBeInstanceOf(StreamError);
    expect(error?.application).toEqual(element('{urn:xmpp:sm:3}handled-count-too-high', { h: '5', 'send-count': '0' }));
  });

  it('as it resumes a session, gets nothing of it', () => {
    const { resume, send, news, reports } = suspended('1');
    send(message('2'));
    resume(5);
    expect([news(), reports]).toEqual([['error undefined-condition'], []]);
  });

  it('as it forgets a session, changes nothing about what is lost', () => {
    const { actor, news, reports } = suspended('1');
    actor.send({ type: 'outbox.close', h: 7 });
    expect([news(), reports]).toEqual([[], ['1 session/lost']]);
  });
});

describe('a connection that is lost', () => {
  it('holds back what comes, and what was not acknowledged', () => {
    const { actor, clock, send, news, reports } = runManaged();
    send(message('1'));
    actor.send({ type: 'outbox.pause' });
    send(message('2'), iq('3', 'get'));
    clock.increment(60_000);
    expect([news(), reports, clock.timers()]).toEqual([['1'], [], []]);
  });

  it('and a session that is resumed: what was lost goes first, then what waits, then what is new', () => {
    const { resume, send, news, reports } = suspended('1', '2', '3');
    send(message('4'), iq('5', 'get'));
    resume(1);
    send(message('6'));
    expect([news(), reports]).toEqual([['2', '3', '4', '5', '6'], ['1 acknowledged']]);
  });

  it('again and again, loses and doubles nothing', () => {
    const { actor, resume, ack, send, news, reports, written } = suspended('1', '2');
    resume(0);
    actor.send({ type: 'outbox.pause' });
    send(message('3'));
    resume(1);
    ack(2);
    actor.send({ type: 'outbox.pause' });
    resume(3);
    expect(news()).toEqual(['1', '2', '2', '3']);
    expect(reports).toEqual(['1 acknowledged', '2 acknowledged', '3 acknowledged']);
    expect(written).toEqual(['1', '2', '3']);
  });

  it('is followed by the question what of it arrived', () => {
    const { clock, resume, news } = suspended('1', '2');
    resume(0);
    clock.increment(250);
    expect(news()).toEqual(['1', '2', '<r/>']);
  });

  it('is followed by nothing where all of it arrived', () => {
    const { clock, resume, news } = suspended('1', '2');
    resume(2);
    expect([news(), clock.timers()]).toEqual([[], []]);
  });

  it('more of it than may wait for acknowledgement goes out all the same, and nothing else until it arrived', () => {
    const { resume, ack, send, stanzas } = runManaged({ limits: { maxUnacknowledged: 2 } });
    send(message('1'), message('2'), message('3'));
    resume(0);
    expect(stanzas()).toEqual(['1', '2', '1', '2']);
    ack(1);
    expect(stanzas()).toEqual(['3']);
  });

  it('is no reason to report a stanza that came too late for it, or to change the order', () => {
    const { actor, ledger, resume, send, news, reports } = runOutbox();
    const closed = recorder<TransportCommand>((command) => {
      if (command.type !== 'stanza.send') return;
      command.report?.failed(new SessionEndedError('The stream was closed', { condition: 'lost' }));
    });
    ledger.open();
    actor.send({ type: 'outbox.open', transport: closed.actor });
    send(message('1'), message('2'));
    expect([closed.heard.length, reports, ledger.sent]).toEqual([1, [], 0]);
    actor.send({ type: 'outbox.pause' });
    resume(0);
    expect(news()).toEqual(['1', '2']);
  });
});

describe('a session that is over', () => {
  it('is the end of what was not acknowledged: each is reported once', () => {
    const { actor, send, reports, written } = runManaged();
    send(message('1'), message('2'), iq('3', 'get'));
    actor.send({ type: 'outbox.close' });
    actor.send({ type: 'outbox.close' });
    expect(reports).toEqual(['1 session/lost', '2 session/lost', '3 session/lost']);
    expect(written).toEqual(['1', '2', '3']);
  });

  it('is not the end of what the server had before it forgot it (XEP-0198 §5)', () => {
    const { actor, reports } = suspended('1', '2', '3');
    actor.send({ type: 'outbox.close', h: 2 });
    expect(reports).toEqual(['1 acknowledged', '2 acknowledged', '3 session/lost']);
  });

  it('on our own wish is nothing to report', () => {
    const { actor, send, reports } = runManaged();
    send(message('1'));
    actor.send({ type: 'outbox.close', isWanted: true });
    expect(reports).toEqual([]);
  });

  it('is not the end of what waits, but for requests', () => {
    const { actor, ledger, open, send, news, reports } = suspended('1');
    send(message('2'), iq('3', 'set'), iq('4', 'result'));
    actor.send({ type: 'outbox.close' });
    expect(reports).toEqual(['1 session/lost', '3 session/lost']);
    ledger.open();
    open();
    expect([news(), ledger.sent]).toEqual([['2', '4'], 2]);
  });

  it('tells the application of messages that nobody else would hear of, and of nothing else', () => {
    const { actor, published } = runManaged();
    for (const stanza of [message('1'), element('{jabber:client}presence', { id: '2' }), iq('3', 'result')]) {
      actor.send({ type: 'stanza.send', stanza });
    }
    actor.send({ type: 'outbox.close' });
    expect(published()).toEqual(['error session/lost']);
  });

  it('leaves no timer', () => {
    const { actor, clock, send } = runManaged();
    send(message('1'));
    expect(clock.timers()).toEqual([250]);
    actor.send({ type: 'outbox.close' });
    expect(clock.timers()).toEqual([]);
  });
});

/** One that sent messages and lost the connection. */
function suspended(...ids: readonly string[]) {
  const run = runManaged();
  run.send(...ids.map(message));
  run.actor.send({ type: 'outbox.pause' });
  run.news();
  return run;
}
