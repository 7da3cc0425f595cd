import { describe, expect, it } from 'vitest';
import { createActor, type EventObject } from 'xstate';
import type { IqCommand, OutboxCommand, PendingRequest } from '../../machines/contracts.ts';
import { iqLogic } from '../../src/actors/iq.ts';
import { type ClientOptions, clientInput } from '../../src/client/options.ts';
import { SessionEndedError } from '../../src/errors/index.ts';
import { parseJid } from '../../src/jid/index.ts';
import { type Element, element, serialize } from '../../src/xml/index.ts';
import { createTestClock } from '../support/clock.ts';
import { recorder } from './recorder.ts';

const ROMEO = 'romeo@example.net/orchard';

describe('an answer counts with the id of a request, from whom it was asked (RFC 6120 §8.1.2.1, §10.3.3)', () => {
  it.each<[to: string | undefined, from: string | undefined, counts: boolean]>([
    // The account itself: its server answers, without `from`, as the account, as the resource, or as the domain.
    [undefined, undefined, true],
    [undefined, 'juliet@example.org', true],
    [undefined, 'juliet@example.org/balcony', true],
    [undefined, 'example.org', true],
    [undefined, 'juliet@example.org/chamber', false],
    [undefined, 'example.net', false],
    [undefined, 'romeo@example.org', false],
    [undefined, 'nurse@example.org/balcony', false],
    [undefined, 'not a@jid@', false],
    ['juliet@example.org', undefined, true],
    ['juliet@example.org', 'juliet@example.org', true],
    ['juliet@example.org', 'example.org', true],
    ['juliet@example.org', ROMEO, false],
    ['JULIET@Example.ORG', 'juliet@example.org', true],
    // The server.
    ['example.org', 'example.org', true],
    ['example.org', 'EXAMPLE.org', true],
    ['example.org', undefined, false],
    ['example.org', 'juliet@example.org', false],
    ['example.org', 'upload.example.org', false],
    // Our other resources, and this one.
    ['juliet@example.org/chamber', 'juliet@example.org/chamber', true],
    ['juliet@example.org/chamber', 'juliet@example.org', false],
    ['juliet@example.org/chamber', undefined, false],
    ['juliet@example.org/balcony', 'juliet@example.org/balcony', true],
    // Everybody else.
    [ROMEO, ROMEO, true],
    [ROMEO, 'Romeo@EXAMPLE.net/orchard', true],
    [ROMEO, 'romeo@example.net/Orchard', false],
    [ROMEO, 'romeo@example.net', false],
    [ROMEO, 'example.net', false],
    [ROMEO, undefined, false],
    [ROMEO, 'juliet@example.org', false],
    ['conference.example.net', 'conference.example.net', true],
    ['conference.example.net', 'example.net', false],
  ])('asked %s, answered by %s: %s', (to, from, counts) => {
    const { request, receive, outcomes, dropped } = track();
    request('q1', { to });
    receive('result', 'q1', from);
    expect(outcomes).toEqual(counts ? ['q1 result'] : []);
    expect(dropped()).toEqual(counts ? [] : ['foreign-answer']);
  });

  it('whatever it says: a result, or an error', () => {
    const { request, receive, outcomes } = track();
    request('q1', { to: ROMEO });
    request('q2', { to: ROMEO });
    receive('error', 'q2', ROMEO);
    receive('result', 'q1', ROMEO);
    expect(outcomes).toEqual(['q2 stanza/item-not-found', 'q1 result']);
  });

  it('once: what comes again, or was never asked, is dropped', () => {
    const { request, receive, outcomes, dropped } = track();
    request('q1');
    receive('result', 'q1');
    receive('result', 'q1');
    receive('error', 'q1');
    receive('result', 'other');
    receive('result', undefined);
    expect(outcomes).toEqual(['q1 result']);
    expect(dropped()).toEqual(['unknown-answer', 'unknown-answer', 'unknown-answer', 'unknown-answer']);
  });

  it('still after somebody else tried to give it', () => {
    const { request, receive, outcomes, dropped } = track();
    request('q1', { to: ROMEO });
    receive('error', 'q1', 'mallory@example.com');
    receive('result', 'q1', ROMEO);
    expect(outcomes).toEqual(['q1 result']);
    expect(dropped()).toEqual(['foreign-answer']);
  });

  it('whatever its id is called', () => {
    const { request, receive, outcomes, dropped } = track();
    receive('result', '__proto__');
    receive('result', 'constructor');
    request('__proto__');
    receive('result', '__proto__');
    expect([outcomes, dropped()]).toEqual([['__proto__ result'], ['unknown-answer', 'unknown-answer']]);
  });
});

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
    request('q1', { timeout: 100, then: () => request('q2', { timeout: 1000 }) });
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

interface RequestOptions {
  readonly to?: string | undefined;
  readonly timeout?: number;
  readonly then?: () => void;
}

function track(options: Partial<ClientOptions> = {}) {
  const clock = createTestClock();
  const settings = clientInput({ jid: 'juliet@example.org', password: 'x', clock, ...options });
  const outbox = recorder<OutboxCommand>();
  const parent = recorder<EventObject>();
  const outcomes: string[] = [];
  const actor = createActor(iqLogic, { input: { settings, outbox: outbox.actor }, parent: parent.actor, id: 'iq' });
  actor.start();
  actor.send({ type: 'iq.open', jid: parseJid('juliet@example.org/balcony') });
  return {
    clock,
    actor,
    outbox,
    outcomes,
    request(id: string, { to, timeout = 1000, then }: RequestOptions = {}): void {
      const stanza = element('{jabber:client}iq', { type: 'get', id, to }, element('{urn:xmpp:ping}ping'));
      actor.send({ type: 'iq.request', request: pending(stanza, timeout, id, outcomes, then) });
    },
    receive(type: 'result' | 'error', id: string | undefined, from?: string): void {
      const error = element(
        'error',
        { type: 'cancel' },
        element('{urn:ietf:params:xml:ns:xmpp-stanzas}item-not-found'),
      );
      const stanza = element('{jabber:client}iq', { type, id, from }, type === 'error' ? error : undefined);
      actor.send({ type: 'iq.received', stanza } satisfies IqCommand);
    },
    sent: () =>
      outbox.heard.flatMap((event) => (event.type === 'stanza.send' ? [serialize(event.stanza, 'jabber:client')] : [])),
    dropped: () => parent.heard.map((event) => 'event' in event && Reflect.get(Object(event.event), 'reason')),
  };
}

function pending(
  stanza: Element,
  timeout: number,
  name: string,
  outcomes: string[],
  then: () => void = () => {},
): PendingRequest {
  return {
    stanza,
    timeout,
    resolve: ({ attributes }) => void outcomes.push(`${name} ${attributes.type}`),
    reject(error) {
      outcomes.push(`${name} ${error.code}`);
      then();
    },
  };
}
