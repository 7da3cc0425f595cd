import { describe, expect, it } from 'vitest';
import type { EventObject } from 'xstate';
import { recorder } from './recorder.ts';
import { idsOf, reasonOf, route, waiting } from './router-run.ts';

describe('a stanza', () => {
  it('reaches the actors that asked for it, each once, and nobody else', () => {
    const { listener, receive } = route();
    const all = listener({ kind: 'message' });
    const chat = listener({ kind: 'message', namespaces: ['urn:a', 'urn:b', 'urn:a'] });
    const both = listener({ kind: 'message' }, { kind: 'message', namespaces: ['urn:a'] }, { kind: 'presence' });
    const presence = listener({ kind: 'presence', namespaces: ['urn:a'] });
    receive('<message id="plain"><body>Hi</body></message>');
    receive('<message id="a"><x xmlns="urn:a"/><x xmlns="urn:a"/><x xmlns="urn:b"/></message>');
    receive('<message id="deep"><x><x xmlns="urn:a"/></x></message>');
    receive('<presence id="p"/>');
    receive('<presence id="pa"><x xmlns="urn:a"/></presence>');
    expect([all, chat, both, presence].map(idsOf)).toEqual([
      ['plain', 'a', 'deep'],
      ['a'],
      ['plain', 'a', 'deep', 'p', 'pa'],
      ['pa'],
    ]);
  });

  it('that is an answer reaches the tracker alone', () => {
    const { listener, receive, iq, answers } = route();
    const everything = listener(
      { kind: 'message' },
      { kind: 'presence' },
      { kind: 'iq', payload: '{urn:xmpp:ping}ping' },
    );
    receive('<iq type="result" id="r"><ping xmlns="urn:xmpp:ping"/></iq>');
    receive('<iq type="error" id="e"/>');
    expect(iq.heard.map((event) => event.type === 'iq.received' && event.stanza.attributes.id)).toEqual(['r', 'e']);
    expect([idsOf(everything), answers()]).toEqual([[], []]);
  });

  it.each([
    ['that is none', '<a xmlns="urn:example:a"/>', 'unknown-kind'],
    ['of another stream', '<message xmlns="jabber:server"/>', 'unknown-kind'],
    ['that asks for no answer it could get', '<iq type="get"><ping xmlns="urn:xmpp:ping"/></iq>', 'unreadable-iq'],
    ['of no known type', '<iq type="query" id="1"><ping xmlns="urn:xmpp:ping"/></iq>', 'unreadable-iq'],
    ['without a type', '<iq id="1"/>', 'unreadable-iq'],
  ])('%s is dropped and reported, and answered by nobody', (_title, xml, reason) => {
    const { receive, published, answers } = route();
    receive(xml);
    expect(published.map(reasonOf)).toEqual([`stanza.dropped ${reason}`]);
    expect(answers()).toEqual([]);
  });
});

describe('a request', () => {
  const ping = '<iq type="get" id="1" from="romeo@example.net"><ping xmlns="urn:xmpp:ping"/></iq>';

  it('reaches the one actor that answers its payload: the first that said so', () => {
    const { listener, receive, answers } = route();
    const first = listener({ kind: 'iq', payload: '{urn:xmpp:ping}ping' });
    const second = listener({ kind: 'iq', payload: '{urn:xmpp:ping}ping' }, { kind: 'iq', payload: '{urn:a}a' });
    receive(ping);
    receive('<iq type="set" id="2"><a xmlns="urn:a"/></iq>');
    expect([idsOf(first), idsOf(second), answers()]).toEqual([['1'], ['2'], []]);
  });

  it('that nobody answers is unavailable (RFC 6120 §8.4)', () => {
    const { listener, receive, answers } = route();
    listener({ kind: 'message' }, { kind: 'iq', payload: '{urn:xmpp:ping}pong' });
    receive(ping);
    expect(answers()).toEqual([
      '<iq type="error" id="1" to="romeo@example.net"><error type="cancel"><service-unavailable xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error></iq>',
    ]);
  });

  it('without a payload is a bad one (RFC 6120 §8.2.3)', () => {
    const { receive, answers } = route();
    receive('<iq type="set" id="1" from="a@b" to="c@d"> </iq>');
    expect(answers()).toEqual([
      '<iq type="error" id="1" to="a@b" from="c@d"><error type="modify"><bad-request xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error></iq>',
    ]);
  });
});

describe('the table', () => {
  it('is replaced as a whole', () => {
    const { listener, receive, replace } = route();
    const old = listener({ kind: 'message' });
    replace([]);
    receive('<message id="1"/>');
    expect(idsOf(old)).toEqual([]);
  });
});

describe('what came before the session began', () => {
  it('is delivered in order when it begins, as if it came then', () => {
    const { actor, listener, receive, hold, answers } = waiting();
    hold('<message id="1"/>', '<iq type="get" id="2"><a xmlns="urn:a"/></iq>', '<message id="3"/>');
    const messages = listener({ kind: 'message' });
    expect([idsOf(messages), answers()]).toEqual([[], []]);
    actor.send({ type: 'router.open' });
    receive('<message id="4"/>');
    actor.send({ type: 'router.open' });
    expect([idsOf(messages), answers().length]).toEqual([['1', '3', '4'], 1]);
  });

  it('is kept up to a limit, and dropped beyond it', () => {
    const { actor, listener, hold, published } = waiting({ limits: { maxEarlyStanzas: 2 } });
    const messages = listener({ kind: 'message' });
    hold('<message id="1"/>', '<message id="2"/>', '<message id="3"/>');
    expect(published.map(reasonOf)).toEqual(['stanza.dropped too-early']);
    actor.send({ type: 'router.open' });
    expect(idsOf(messages)).toEqual(['1', '2']);
  });

  it('is forgotten when there will be no session', () => {
    const { actor, listener, hold } = waiting();
    const messages = listener({ kind: 'message' });
    hold('<message id="1"/>');
    actor.send({ type: 'router.close' });
    actor.send({ type: 'router.open' });
    expect(idsOf(messages)).toEqual([]);
  });
});

describe('what comes when the session is over', () => {
  it('while the stream is closed, is dropped and reported, and answered by nobody', () => {
    const { actor, listener, receive, answers, published } = route();
    const messages = listener({ kind: 'message' });
    actor.send({ type: 'router.close' });
    receive('<message id="1"/>');
    receive('<iq type="get" id="2" from="romeo@example.net"><a xmlns="urn:a"/></iq>');
    expect(published.map(reasonOf)).toEqual(['stanza.dropped no-session', 'stanza.dropped no-session']);
    expect([idsOf(messages), answers()]).toEqual([[], []]);
  });
});

describe('what is published', () => {
  it('reaches the listeners, and the machine that embeds the client under a name of its own', () => {
    const audience = recorder<EventObject>();
    const { actor, published } = route({}, audience);
    actor.send({ type: 'publish', event: { type: 'offline' } });
    expect([published, audience.heard]).toEqual([[{ type: 'offline' }], [{ type: 'xmpp.offline', actorId: 'juliet' }]]);
  });
});
