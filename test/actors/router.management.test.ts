import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { idsOf, reasonOf, route, waiting } from './router-run.ts';

const R = '<r xmlns="urn:xmpp:sm:3"/>';

describe('on a managed stream', () => {
  it('every stanza counts that came, whatever becomes of it (XEP-0198 §4)', () => {
    const { ledger, receive } = managed();
    const stanzas = [
      '<message/>',
      '<presence type="nonsense"/>',
      '<iq type="result" id="unknown"/>',
      '<iq type="get" id="1"><a xmlns="urn:a"/></iq>',
      '<iq type="get"/>',
      '<iq/>',
    ];
    for (const [index, xml] of stanzas.entries()) {
      receive(xml);
      expect(ledger.received).toBe(index + 1);
    }
  });

  it.each([
    '<a xmlns="urn:xmpp:sm:3" h="0"/>',
    R,
    '<message xmlns="jabber:server"/>',
    '<r xmlns="urn:xmpp:sm:2"/>',
    '<note xmlns="urn:example:note"/>',
  ])('what is no stanza does not: %s', (xml) => {
    const { ledger, receive } = managed();
    receive(xml);
    expect(ledger.received).toBe(0);
  });

  it('a stanza counts before the actors hear it that could answer', () => {
    const { actor, ledger, receive } = managed();
    const counts: number[] = [];
    actor.on('stanza.dropped', () => counts.push(ledger.received));
    receive('<iq/>');
    expect(counts).toEqual([1]);
  });

  it('whoever asks is answered by the outbox, once for each time', () => {
    const { receive, outbox, published } = managed();
    receive(R);
    receive(R);
    expect([outbox.heard, published]).toEqual([[{ type: 'ack.send' }, { type: 'ack.send' }], []]);
  });

  it('the server is told of ten stanzas and more, although it did not ask', async () => {
    const { receive, outbox } = managed();
    for (let count = 0; count < 9; count += 1) receive('<message/>');
    await setImmediate();
    expect(outbox.heard).toEqual([]);
    receive('<message/>');
    expect(outbox.heard).toEqual([]);
    await setImmediate();
    expect(outbox.heard).toEqual([{ type: 'ack.send' }]);
    for (let count = 0; count < 10; count += 1) receive('<message/>');
    await setImmediate();
    expect(outbox.heard).toEqual([{ type: 'ack.send' }, { type: 'ack.send' }]);
  });

  it('and of a burst once, in the first turn without a stanza', async () => {
    const { receive, outbox } = managed();
    for (let turn = 0; turn < 5; turn += 1) {
      for (let count = 0; count < 30; count += 1) receive('<message/>');
      await setImmediate();
      expect(outbox.heard).toEqual([]);
    }
    await setImmediate();
    expect(outbox.heard).toEqual([{ type: 'ack.send' }]);
  });

  it('the server is not told twice, and not when the session is over', async () => {
    const { actor, ledger, receive, outbox } = managed();
    for (let count = 0; count < 10; count += 1) receive('<message/>');
    receive(R);
    await setImmediate();
    expect(outbox.heard).toEqual([{ type: 'ack.send' }]);
    for (let count = 0; count < 10; count += 1) receive('<message/>');
    actor.send({ type: 'router.close' });
    ledger.close();
    await setImmediate();
    expect(outbox.heard).toEqual([{ type: 'ack.send' }]);
  });

  it.each([
    ['<a xmlns="urn:xmpp:sm:3" h="17"/>', 17],
    ['<a xmlns="urn:xmpp:sm:3" h="-1"/>', undefined],
    ['<a xmlns="urn:xmpp:sm:3"/>', undefined],
  ])('what is acknowledged is for the outbox to judge: %s', (xml, h) => {
    const { receive, outbox, published } = managed();
    receive(xml);
    expect([outbox.heard, published]).toEqual([[{ type: 'ack.received', h }], []]);
  });
});

describe('on a stream that is not managed', () => {
  it.each([R, '<a xmlns="urn:xmpp:sm:3" h="1"/>'])('nobody is asked or told: %s', (xml) => {
    const { receive, outbox, published } = route();
    receive(xml);
    expect([outbox.heard, published.map(reasonOf)]).toEqual([[], ['stanza.dropped unknown-kind']]);
  });

  it('nothing counts', () => {
    const { ledger, receive } = route();
    receive('<message/>');
    expect(ledger.received).toBe(0);
  });
});

describe('what came before the session began', () => {
  it('counts from where the server began to count, in the order of delivery', () => {
    const { actor, ledger, listener, hold, receive } = waiting();
    const messages = listener({ kind: 'message' });
    hold('<message id="1"/>', '<note xmlns="urn:example:note"/>', '<message id="2"/>');
    ledger.open();
    hold('<message id="3"/>', '<note xmlns="urn:example:note"/>');
    expect(ledger.received).toBe(0);
    actor.send({ type: 'router.open' });
    receive('<message id="4"/>');
    expect([ledger.received, idsOf(messages)]).toEqual([2, ['1', '2', '3', '4']]);
  });

  it('counts even where it is too much to keep', () => {
    const { actor, ledger, hold, receive } = waiting({ limits: { maxEarlyStanzas: 2 } });
    hold('<message id="1"/>');
    ledger.open();
    hold('<message id="2"/>', '<message id="3"/>', '<note xmlns="urn:example:note"/>');
    actor.send({ type: 'router.open' });
    expect(ledger.received).toBe(2);
    receive('<message id="4"/>');
    expect(ledger.received).toBe(3);
  });

  it('and is forgotten, does not count: the server sends it again', () => {
    const { actor, ledger, hold } = waiting({ limits: { maxEarlyStanzas: 1 } });
    ledger.open();
    hold('<message id="1"/>', '<message id="2"/>');
    actor.send({ type: 'router.close' });
    actor.send({ type: 'router.open' });
    expect(ledger.received).toBe(0);
  });

  it('asks for nothing until then', () => {
    const { actor, ledger, hold, outbox } = waiting();
    ledger.open();
    hold('<message/>', R);
    expect(outbox.heard).toEqual([]);
    actor.send({ type: 'router.open' });
    expect([outbox.heard, ledger.received]).toEqual([[{ type: 'ack.send' }], 1]);
  });
});

describe('when the session is over', () => {
  it('stanzas do not count, for nobody handles them', () => {
    const { actor, ledger, receive } = managed();
    actor.send({ type: 'router.close' });
    receive('<message/>');
    expect(ledger.received).toBe(0);
  });

  it('acknowledgements come too late, and nobody need know', () => {
    const { actor, outbox, published, receive } = managed();
    actor.send({ type: 'router.close' });
    receive(R);
    receive('<a xmlns="urn:xmpp:sm:3" h="1"/>');
    expect([outbox.heard, published]).toEqual([[], []]);
    receive('<note xmlns="urn:example:note"/>');
    expect(published.map(reasonOf)).toEqual(['stanza.dropped no-session']);
  });
});

/** A router in a managed session. */
function managed() {
  const run = route();
  run.ledger.open();
  return run;
}
