import { describe, expect, it } from 'vitest';
import { element } from '../../src/xml/index.ts';
import { message, runOutbox } from './outbox-run.ts';

const INACTIVE = element('{urn:xmpp:csi:0}inactive');

describe('what is no stanza', () => {
  it('goes out at once, and does not count (XEP-0198 §4)', () => {
    const { actor, ledger, send, open, sent } = runOutbox();
    ledger.open();
    open();
    actor.send({ type: 'nonza.send', nonza: INACTIVE });
    expect(ledger.size).toBe(0);
    send(message('1'));
    expect(ledger.size).toBe(1);
    expect(sent).toEqual(['<inactive/>', '1']);
  });

  it('does not wait for a session, nor for one that was lost', () => {
    const { actor, send, open, resume, sent } = runOutbox();
    actor.send({ type: 'nonza.send', nonza: INACTIVE });
    send(message('1'));
    open();
    actor.send({ type: 'outbox.pause' });
    actor.send({ type: 'nonza.send', nonza: INACTIVE });
    resume(0);
    actor.send({ type: 'outbox.close' });
    actor.send({ type: 'nonza.send', nonza: INACTIVE });
    open();
    expect(sent).toEqual(['1']);
  });

  it('does not wait behind stanzas for which there is no room', () => {
    const { actor, send, open, room, sent } = runOutbox();
    room.left = 1;
    open();
    send(message('1'), message('2'));
    actor.send({ type: 'nonza.send', nonza: INACTIVE });
    expect(sent).toEqual(['1', '<inactive/>']);
  });
});
