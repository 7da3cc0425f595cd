import { describe, expect, it } from 'vitest';
import { createActor } from 'xstate';
import type { OutboxCommand } from '../../machines/contracts.ts';
import { iqLogic } from '../../src/actors/iq.ts';
import { clientInput } from '../../src/client/client-input.ts';
import { SessionEndedError } from '../../src/errors/index.ts';
import { element } from '../../src/xml/index.ts';
import { createTestClock } from '../support/clock.ts';
import { pending, track } from './iq-track.ts';
import { recorder } from './recorder.ts';

const ROMEO = 'romeo@example.net/orchard';

describe('a request', () => {
  it('goes to the outbox as it is', () => {
    const { request, sent } = track();
    request('q1', { to: ROMEO });
    expect(sent()).toEqual([
      '<iq type="get" id="q1" to="romeo@example.net/orchard"><ping xmlns="urn:xmpp:ping"/></iq>',
    ]);
  });

  it('fails when nobody answered in its time, and its answer then means nothing', () => {
    const { clock, request, receive, outcomes, dropped } = track();
    request('q1', { timeout: 100 });
    request('q2', { timeout: 50 });
    clock.increment(99);
    expect(outcomes).toEqual(['q2 request/timeout']);
    clock.increment(1);
    expect(outcomes).toEqual(['q2 request/timeout', 'q1 request/timeout']);
    expect(clock.timers()).toEqual([]);
    receive('result', 'q1');
    expect(dropped()).toEqual(['unknown-answer']);
  });

  it('that was answered leaves no timer behind', () => {
    const { clock, request, receive } = track();
    request('q1');
    receive('result', 'q1');
    expect(clock.timers()).toEqual([]);
  });

  it('that was cancelled hears nothing any more', () => {
    const { clock, actor, request, receive, outcomes, dropped } = track();
    request('q1');
    actor.send({ type: 'iq.cancel', id: 'q1' });
    actor.send({ type: 'iq.cancel', id: 'unknown' });
    receive('result', 'q1');
    clock.increment(1_000_000);
    expect([outcomes, dropped(), clock.timers()]).toEqual([[], ['unknown-answer'], []]);
  });

  it('fails with the session, with its reason', () => {
    const { clock, actor, request, outcomes } = track();
    request('q1');
    request('q2');
    actor.send({ type: 'iq.abandon', reason: new SessionEndedError('gone', { condition: 'lost' }) });
    actor.send({ type: 'iq.abandon', reason: new SessionEndedError('gone', { condition: 'stopped' }) });
    expect(outcomes).toEqual(['q1 session/lost', 'q2 session/lost']);
    expect(clock.timers()).toEqual([]);
  });

  it('fails when it cannot be sent', () => {
    const { clock, outbox, request, outcomes } = track();
    request('q1');
    const [command] = outbox.heard;
    if (command?.type === 'stanza.send') command.report?.failed(new SessionEndedError('no', { condition: 'aborted' }));
    expect([outcomes, clock.timers()]).toEqual([['q1 session/aborted'], []]);
  });

  it('has an id, or fails at once', () => {
    const { actor, outcomes, sent } = track();
    const stanza = element('{jabber:client}iq', { type: 'get' });
    actor.send({ type: 'iq.request', request: pending(stanza, 100, 'none', outcomes) });
    expect([outcomes, sent()]).toEqual([['none option/invalid'], []]);
  });

  it('has an id of its own: a second one with the same id fails, and the first one is not touched', () => {
    const { clock, request, receive, outcomes, sent } = track();
    request('q1', { timeout: 100 });
    request('q1', { timeout: 50 });
    expect(outcomes).toEqual(['q1 option/invalid']);
    receive('result', 'q1');
    expect([outcomes, sent().length, clock.timers()]).toEqual([['q1 option/invalid', 'q1 result'], 1, []]);
  });

  it('fails when too many wait', () => {
    const { request, receive, outcomes, sent } = track({ limits: { maxPendingRequests: 2 } });
    request('q1');
    request('q2');
    request('q3');
    expect([outcomes, sent().length]).toEqual([['q3 queue/full'], 2]);
    receive('result', 'q1');
    request('q4');
    expect(sent()).toHaveLength(3);
  });

  it('may follow another one at once, from within its failure', () => {
    const { clock, request, outcomes } = track();
    request('q1', { timeout: 100, afterwards: () => request('q2', { timeout: 1000 }) });
    request('q3', { timeout: 150 });
    clock.increment(100);
    clock.increment(50);
    expect(outcomes).toEqual(['q1 request/timeout', 'q3 request/timeout']);
  });

  it('leaves nothing behind when the client is gone', () => {
    const clock = createTestClock();
    const settings = clientInput({ jid: 'juliet@example.org', password: 'x', clock });
    const outbox = recorder<OutboxCommand>();
    const actor = createActor(iqLogic, { input: { settings, outbox: outbox.actor } }).start();
    actor.send({ type: 'iq.request', request: pending(element('iq', { id: 'q1' }), 100, 'q1', []) });
    expect(clock.timers()).toEqual([100]);
    actor.stop();
    expect(clock.timers()).toEqual([]);
  });
});
