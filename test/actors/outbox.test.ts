import { describe, expect, it } from 'vitest';
import { SessionEndedError } from '../../src/errors/index.ts';
import { type Element, element } from '../../src/xml/index.ts';
import { iq, message, runOutbox } from './outbox-run.ts';

const LOST = new SessionEndedError('gone', { condition: 'stopped' });

describe('what is sent', () => {
  it('waits for a session, and goes out in order when there is one', () => {
    const { send, open, sent } = runOutbox();
    send(message('1'), message('2'));
    expect(sent).toEqual([]);
    open();
    send(message('3'));
    expect(sent).toEqual(['1', '2', '3']);
  });

  it('waits for the next session after one ended, without what asked for an answer', () => {
    const { actor, send, open, sent, reports } = runOutbox();
    open();
    actor.send({ type: 'outbox.close' });
    send(message('1'), iq('2', 'get'), iq('3', 'set'), iq('4', 'result'), iq('5', 'error'));
    actor.send({ type: 'outbox.close' });
    expect(reports).toEqual(['2 session/lost', '3 session/lost']);
    open();
    expect(sent).toEqual(['1', '4', '5']);
  });

  it('is kept up to a limit, and refused beyond it', () => {
    const { send, open, sent, reports } = runOutbox({ limits: { maxQueuedStanzas: 2 } });
    send(message('1'), message('2'), message('3'));
    expect(reports).toEqual(['3 queue/full']);
    open();
    send(message('4'));
    expect(sent).toEqual(['1', '2', '4']);
  });

  it('fails when it is abandoned, and is never sent', () => {
    const { actor, send, open, sent, reports } = runOutbox();
    send(message('1'), message('2'));
    actor.send({ type: 'outbox.abandon', reason: LOST });
    open();
    expect([sent, reports]).toEqual([[], ['1 session/stopped', '2 session/stopped']]);
  });

  it('and cannot be written is refused at once, and the rest goes out', () => {
    const { send, open, sent, reports } = runOutbox();
    send(message('1'), element('{jabber:client}message', { id: 'bad' }, '\u0001'), message('2'));
    expect(reports).toEqual(['bad option/invalid']);
    open();
    expect(sent).toEqual(['1', '2']);
  });

  it('and is no element at all is refused, and breaks nothing', () => {
    const { actor, send, open, sent, reports } = runOutbox();
    const nonsense: Element = JSON.parse('{"attributes":{"id":"nonsense"}}');
    send(nonsense, message('1'));
    expect(reports).toEqual(['nonsense option/invalid']);
    open();
    expect([sent, actor.getSnapshot().status]).toEqual([['1'], 'active']);
  });

  it('without a report tells the application when it fails', () => {
    const { actor, published } = runOutbox({ limits: { maxQueuedStanzas: 0 } });
    actor.send({ type: 'stanza.send', stanza: message('1') });
    expect(published()).toEqual(['error queue/full']);
  });
});

describe('while the transport takes no more', () => {
  it('stanzas wait, bounded, and go out in order when it does', () => {
    const { actor, send, open, sent, reports } = runOutbox({ limits: { maxQueuedStanzas: 2 } });
    open();
    send(message('1'));
    actor.send({ type: 'transport.blocked' });
    send(message('2'), message('3'), message('4'));
    expect([sent, reports]).toEqual([['1'], ['4 queue/full']]);
    actor.send({ type: 'transport.drained' });
    send(message('5'));
    expect(sent).toEqual(['1', '2', '3', '5']);
  });

  it('what waited for the session goes on waiting, the rest of it', () => {
    const { actor, send, open, sent, room } = runOutbox();
    send(message('1'), message('2'), message('3'));
    room.left = 2;
    open();
    expect(sent).toEqual(['1', '2']);
    actor.send({ type: 'transport.drained' });
    expect(sent).toEqual(['1', '2', '3']);
  });

  it('a session ends, and the next one begins afresh', () => {
    const { actor, send, open, sent } = runOutbox();
    open();
    actor.send({ type: 'transport.blocked' });
    send(message('1'));
    actor.send({ type: 'outbox.close' });
    open();
    send(message('2'));
    expect(sent).toEqual(['1', '2']);
  });

  it('late news of it do not open a session that is over', () => {
    const { actor, send, open, sent } = runOutbox();
    open();
    actor.send({ type: 'outbox.close' });
    send(message('1'));
    actor.send({ type: 'transport.drained' });
    expect(sent).toEqual([]);
  });
});
