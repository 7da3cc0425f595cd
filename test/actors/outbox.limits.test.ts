import { describe, expect, it } from 'vitest';
import { lengthOf } from '../../src/actors/stanza-length.ts';
import { clientStopped } from '../../src/errors/index.ts';
import { message, messageWith, runManaged, runOutbox } from './outbox-run.ts';

/** Of messages with an id of one character and no body. */
const LENGTH = lengthOf(message('1'));

describe('what is not acknowledged', () => {
  it('is bounded by length: more waits, and goes out in order when there is room', () => {
    const { ack, send, story, stanzas } = runManaged({ limits: { maxUnacknowledgedCharacters: 3 * LENGTH } });
    send(message('1'), message('2'), message('3'), message('4'), message('5'));
    expect([stanzas(), story.slice(-2)]).toEqual([
      ['1', '2', '3'],
      ['4 queued', '5 queued'],
    ]);
    ack(2);
    expect(stanzas()).toEqual(['4', '5']);
  });

  it('is not exceeded by one that is too long for what is left; another does not overtake it', () => {
    const { ack, send, stanzas } = runManaged({ limits: { maxUnacknowledgedCharacters: 3 * LENGTH } });
    send(message('1'), messageWith('2', 'x'.repeat(2 * LENGTH)), message('3'));
    expect(stanzas()).toEqual(['1']);
    ack(1);
    expect(stanzas()).toEqual(['2']);
    ack(2);
    expect(stanzas()).toEqual(['3']);
  });

  it('may be one stanza of any length, alone, or it would never go out', () => {
    const { ack, send, stanzas } = runManaged({ limits: { maxUnacknowledgedCharacters: 10 } });
    send(messageWith('1', 'x'.repeat(1000)), message('2'));
    expect(stanzas()).toEqual(['1']);
    ack(1);
    expect(stanzas()).toEqual(['2']);
  });

  it('may be one stanza even where none is allowed', () => {
    const { ack, send, stanzas } = runManaged({ limits: { maxUnacknowledged: 0 } });
    send(message('1'), message('2'));
    ack(1);
    expect(stanzas()).toEqual(['1', '2']);
  });

  it('is less by what is not sent again after a resumption', () => {
    const { actor, resume, send, sendWith, stanzas } = runManaged({
      limits: { maxUnacknowledgedCharacters: 2 * LENGTH },
    });
    send(message('1'));
    sendWith({ keep: false }, message('2'));
    actor.send({ type: 'outbox.pause' });
    stanzas();
    resume(0);
    send(message('3'), message('4'));
    expect(stanzas()).toEqual(['1', '3']);
  });

  it('is nothing at the beginning of the next session', () => {
    const { actor, ledger, open, send, stanzas } = runManaged({ limits: { maxUnacknowledgedCharacters: 2 * LENGTH } });
    send(message('1'), message('2'));
    actor.send({ type: 'outbox.close' });
    ledger.open();
    open();
    send(message('3'), message('4'));
    expect(stanzas()).toEqual(['1', '2', '3', '4']);
  });
});

describe('what waits', () => {
  it('is bounded by its length as it will be written', () => {
    const { open, send, reports, news } = runOutbox({ limits: { maxQueuedCharacters: 2 * LENGTH + 4 } });
    send(message('1'), message('2'), message('3'));
    expect(reports).toEqual(['3 queue/full']);
    open();
    expect(news()).toEqual(['1', '2']);
  });

  it('counts what must be escaped', () => {
    const { send, story } = runOutbox({ limits: { maxQueuedCharacters: lengthOf(messageWith('1', '&&&&')) } });
    send(messageWith('1', '&&&&&'), messageWith('2', 'aaaaa'));
    expect(story).toEqual(['1 queue/full', '2 queued']);
  });

  it('is no matter for a stanza that can go out at once', () => {
    const { open, send, news } = runOutbox({ limits: { maxQueuedCharacters: 1, maxQueuedStanzas: 0 } });
    open();
    send(message('1'));
    expect(news()).toEqual(['1']);
  });

  it('is let in one by one as the session begins, and each hears of it', () => {
    const { open, sendWith, story, news } = runOutbox({ limits: { maxQueuedStanzas: 1 } });
    sendWith({ whenFull: 'wait' }, message('1'), message('2'), message('3'));
    expect(story).toEqual(['1 queued', '2 waiting', '3 waiting']);
    open();
    expect(news()).toEqual(['1', '2', '3']);
    expect(story.slice(3).filter((line) => line.endsWith('queued'))).toEqual(['2 queued', '3 queued']);
  });

  it('is let in when others expire', () => {
    const { clock, sendWith, story } = runOutbox({ limits: { maxQueuedStanzas: 1 } });
    sendWith({ expires: 10 }, message('1'));
    sendWith({ whenFull: 'wait' }, message('2'));
    clock.increment(10);
    expect(story).toEqual(['1 queued', '2 waiting', '2 queued', '1 delivery/expired']);
  });

  it('fails with the rest when it is abandoned', () => {
    const { actor, sendWith, story } = runOutbox({ limits: { maxQueuedStanzas: 1 } });
    sendWith({ whenFull: 'wait' }, message('1'), message('2'));
    actor.send({ type: 'outbox.abandon', reason: clientStopped() });
    expect(story.slice(2)).toEqual(['1 session/stopped', '2 session/stopped']);
  });
});

describe('the question whether the server is there', () => {
  it('is the question for what it has (XEP-0198 §4)', () => {
    const { actor, news, clock } = runManaged();
    actor.send({ type: 'ack.probe' });
    expect([news(), clock.timers()]).toEqual([['<r/>'], []]);
  });

  it('is not asked while another one is not answered', () => {
    const { actor, ack, send, news } = runManaged();
    send(message('1'));
    actor.send({ type: 'ack.probe' });
    actor.send({ type: 'ack.probe' });
    expect(news()).toEqual(['1', '<r/>']);
    ack(1);
    actor.send({ type: 'ack.probe' });
    expect(news()).toEqual(['<r/>']);
  });

  it('is asked although the transport takes no more stanzas', () => {
    const { actor, news } = runManaged();
    actor.send({ type: 'transport.blocked' });
    actor.send({ type: 'ack.probe' });
    expect(news()).toEqual(['<r/>']);
  });

  it('is not asked where nobody could answer', () => {
    const { actor, news } = runOutbox();
    actor.send({ type: 'ack.probe' });
    expect(news()).toEqual([]);
    const suspended = runManaged();
    suspended.actor.send({ type: 'outbox.pause' });
    suspended.actor.send({ type: 'ack.probe' });
    suspended.resume(0);
    suspended.actor.send({ type: 'ack.probe' });
    expect(suspended.news()).toEqual(['<r/>']);
  });
});

describe('an author of stanzas who makes mistakes', () => {
  it('is told what is wrong with the options', () => {
    const { actor, published } = runOutbox();
    const options = JSON.parse('{"expires":"soon"}');
    actor.send({ type: 'stanza.send', stanza: message('1'), options });
    expect(published()).toEqual(['error option/invalid']);
  });

  it('and whose report throws harms nobody else, and the application is told', () => {
    const { actor, ledger, ack, send, story, published } = runManaged();
    const alas = (): never => {
      throw new Error('Alas');
    };
    const report = { queued: alas, written: alas, acknowledged: alas, failed: alas };
    send(message('1'));
    actor.send({ type: 'stanza.send', stanza: message('2'), report });
    send(message('3'));
    ack(3);
    actor.send({ type: 'outbox.pause' });
    actor.send({ type: 'stanza.send', stanza: message('4'), report });
    actor.send({ type: 'stanza.send', stanza: message('5'), report, options: { keep: false } });
    expect(story).toEqual(['1 written', '3 written', '1 acknowledged', '3 acknowledged']);
    expect([ledger.sent, published(), actor.getSnapshot().status]).toEqual([
      3,
      ['error option/invalid', 'error option/invalid', 'error option/invalid', 'error option/invalid'],
      'active',
    ]);
  });

  it('and changed a stanza into what no XML can express is told when it should be sent again, and the count stays right', () => {
    const { actor, resume, ack, send, reports, ledger, news } = runManaged();
    const attributes = { id: '2' };
    send(message('1'), { ...message('2'), attributes }, message('3'));
    actor.send({ type: 'outbox.pause' });
    attributes.id = 'bad';
    news();
    resume(1);
    // The report was made when the stanza still had its id.
    expect([news(), reports, ledger.sent]).toEqual([['3'], ['1 acknowledged', '2 option/invalid'], 2]);
    send(message('4'));
    ack(3);
    expect(reports.slice(2)).toEqual(['3 acknowledged', '4 acknowledged']);
  });
});
