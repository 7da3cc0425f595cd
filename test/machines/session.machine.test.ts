import { describe, expect, it, vi } from 'vitest';
import { createMachine } from 'xstate';
import type { SubprotocolInput } from '../../machines/index.ts';
import { SessionEndedError } from '../../src/errors/index.ts';
import { parseJid } from '../../src/jid/index.ts';
import { element } from '../../src/xml/index.ts';
import { runSession, subprotocol } from './session-run.ts';

const JID = parseJid('juliet@example.org/balcony');
const LOST = new SessionEndedError('gone', { condition: 'lost' });
const STOPPED = new SessionEndedError('stopped', { condition: 'stopped' });

describe('when a session begins', () => {
  it('the queue goes out, subprotocols hear of the session, and then of stanzas', () => {
    const { session, begin } = create('a', 'b');
    begin();
    expect(session.news()).toEqual([
      'iq: iq.open juliet@example.org/balcony',
      'outbox: outbox.open',
      'transport: transport.attach',
      'a: made',
      'b: made',
      'router: routes.replace [a,b]',
      'a: session.started juliet@example.org/balcony',
      'b: session.started juliet@example.org/balcony',
      'router: router.open',
    ]);
  });

  it('each subprotocol is given the address of the session, the outbox and the tracker', () => {
    const inputs: SubprotocolInput[] = [];
    const session = runSession(subprotocol('a', () => session.log, { input: (input) => inputs.push(input) }));
    session.actor.send({ type: 'session.begin', jid: JID, transport: session.transport, enabled: [], features: [] });
    const { outbox, iq } = session.actor.getSnapshot().context;
    expect(inputs).toEqual([{ jid: JID, outbox, iq }]);
  });

  it('each subprotocol hears what was enabled along with the login (XEP-0386 §3.2), and what the server offers', () => {
    const heard: unknown[] = [];
    const session = runSession(subprotocol('a', () => session.log, { hear: (event) => heard.push(event) }));
    const [enabled, features] = [['urn:xmpp:carbons:2'], ['urn:xmpp:csi:0']];
    session.actor.send({ type: 'session.begin', jid: JID, transport: session.transport, enabled, features });
    expect(heard).toEqual([
      { type: 'session.started', jid: JID, resumed: false, isNewStream: true, enabled, features, app: 'active' },
    ]);
  });

  it('a second time, nothing happens', () => {
    const { session, begin } = create('a');
    begin();
    session.news();
    begin();
    expect(session.news()).toEqual([]);
  });
});

describe('when a session ends', () => {
  it('subprotocols hear the reason first, then the requests that wait fail with it', () => {
    const { session, begin } = create('a', 'b');
    begin();
    session.news();
    session.actor.send({ type: 'session.end', reason: LOST });
    expect(session.news()).toEqual([
      'outbox: ack.send',
      'router: router.close',
      'outbox: outbox.pause',
      'a: session.ended session/lost',
      'a: stopped',
      'b: session.ended session/lost',
      'b: stopped',
      'router: routes.replace []',
      'iq: iq.abandon session/lost',
      'outbox: outbox.close',
    ]);
    expect([session.actor.getSnapshot().value, session.names()]).toEqual(['absent', []]);
  });

  it('that never began, what was held for it is forgotten', () => {
    const { session } = create('a');
    session.actor.send({ type: 'stanza.hold', stanza: element('message') });
    session.actor.send({ type: 'session.end', reason: LOST });
    expect(session.news()).toEqual(['router: stanza.hold', 'router: router.close']);
  });

  it('the next one has actors of its own', () => {
    const { session, begin } = create('a');
    begin();
    session.actor.send({ type: 'session.end', reason: LOST });
    session.news();
    begin();
    expect(session.news().filter((entry) => entry.startsWith('a:'))).toEqual([
      'a: made',
      'a: session.started juliet@example.org/balcony',
    ]);
  });

  it('for good, what waits fails too: requests alone, or stanzas as well', () => {
    const { session } = create();
    session.actor.send({ type: 'requests.abandon', reason: LOST });
    expect(session.news()).toEqual(['iq: iq.abandon session/lost', 'outbox: outbox.close']);
    session.actor.send({ type: 'session.abandon', reason: STOPPED });
    expect(session.news()).toEqual([
      'iq: iq.abandon session/stopped',
      'outbox: outbox.abandon session/stopped',
      'router: router.close',
    ]);
  });
});

describe('a subprotocol', () => {
  it('that is used late is brought up to date, and the others hear nothing of it', () => {
    const { session, begin } = create('a');
    begin();
    session.news();
    session.actor.send({ type: 'subprotocol.use', subprotocol: subprotocol('late', () => session.log) });
    expect(session.news()).toEqual([
      'late: made',
      'router: routes.replace [a,late]',
      'late: session.started juliet@example.org/balcony',
    ]);
  });

  it('that is used before a session waits for it', () => {
    const { session, begin } = create();
    session.actor.send({ type: 'subprotocol.use', subprotocol: subprotocol('a', () => session.log) });
    expect(session.news()).toEqual([]);
    begin();
    expect(session.names()).toEqual(['a']);
  });

  it('hears what its door tells it, while there is a session', () => {
    const { session, begin } = create('a');
    session.actor.send({ type: 'subprotocol.tell', name: 'a', event: { type: 'early' } });
    begin();
    session.news();
    session.actor.send({ type: 'subprotocol.tell', name: 'a', event: { type: 'now' } });
    session.actor.send({ type: 'subprotocol.tell', name: 'unknown', event: { type: 'now' } });
    session.actor.send({ type: 'session.end', reason: LOST });
    session.actor.send({ type: 'subprotocol.tell', name: 'a', event: { type: 'late' } });
    expect(session.news().filter((entry) => entry.startsWith('a:'))).toEqual([
      'a: now',
      'a: session.ended session/lost',
      'a: stopped',
    ]);
  });

  it('tells the application by what it emits', () => {
    const { session, begin } = create('a');
    begin();
    session.news();
    session.actor.send({ type: 'subprotocol.tell', name: 'a', event: { type: 'speak' } });
    expect(session.news()).toEqual(['a: speak', 'router: publish a.spoke']);
  });

  it('that crashes is isolated, reported, and started again', () => {
    const { session, begin, explode } = create('a', 'b');
    begin();
    session.news();
    explode('a');
    expect(session.news()).toEqual([
      "router: publish error The actor 'a' failed",
      'a: made',
      'router: routes.replace [a,b]',
      'a: session.started juliet@example.org/balcony',
    ]);
    expect(session.actor.getSnapshot().value).toBe('live');
  });

  it('that keeps crashing stays down until the next session', () => {
    const { session, begin, explode } = create('a', 'b');
    begin();
    for (let i = 0; i < 5; i += 1) explode('a');
    expect(session.news().filter((entry) => entry === 'a: made')).toHaveLength(3);
    expect(session.names()).toEqual(['b']);
    session.actor.send({ type: 'session.end', reason: LOST });
    begin();
    expect(session.names()).toEqual(['a', 'b']);
  });

  it('that cannot even be made breaks nothing', () => {
    // XState warns of events that come too late: those to the stillborn.
    vi.spyOn(console, 'warn').mockReturnValue();
    const session = runSession(
      subprotocol('broken', () => session.log, { stillborn: true }),
      subprotocol('b', () => session.log),
    );
    session.actor.send({ type: 'session.begin', jid: JID, transport: session.transport, enabled: [], features: [] });
    const news = session.news();
    expect(news.filter((entry) => entry === 'broken: made')).toHaveLength(3);
    expect(news.filter((entry) => entry.startsWith('router: publish'))).toEqual([
      "router: publish error The actor 'broken' failed",
      "router: publish error The actor 'broken' failed",
      "router: publish error The actor 'broken' failed",
    ]);
    expect([session.names(), session.actor.getSnapshot().value]).toEqual([['b'], 'live']);
  });

  it('that has done its work is not started again', () => {
    const once = createMachine({
      initial: 'busy',
      states: { busy: { on: { finish: 'done' } }, done: { type: 'final' } },
    });
    const session = runSession({ name: 'once', features: [], routes: [{ kind: 'message' }], logic: once });
    session.actor.send({ type: 'session.begin', jid: JID, transport: session.transport, enabled: [], features: [] });
    session.news();
    session.actor.send({ type: 'subprotocol.tell', name: 'once', event: { type: 'finish' } });
    expect([session.news(), session.names()]).toEqual([['router: routes.replace []'], []]);
  });
});

describe('an actor that no session can do without', () => {
  it.each(['router', 'iq', 'outbox'] as const)('%s ends it when it fails, and says why', (name) => {
    const { session, begin } = create('a');
    begin();
    session.actor.getSnapshot().context[name].send(JSON.parse('{"type":"explode"}'));
    const { status, value, output } = session.actor.getSnapshot();
    expect([status, value, output?.error?.message]).toEqual(['done', 'broken', `The actor '${name}' failed`]);
  });
});

describe('stanzas', () => {
  it('pass to the outbox and to the router, with or without a session', () => {
    const { session, begin } = create();
    const stanza = element('message');
    session.actor.send({ type: 'stanza.send', stanza });
    session.actor.send({ type: 'stanza.hold', stanza });
    begin();
    session.news();
    session.actor.send({ type: 'stanza.send', stanza });
    session.actor.send({ type: 'publish', event: { type: 'online' } });
    expect(session.news()).toEqual(['outbox: stanza.send', 'router: publish online']);
  });
});

function create(...names: readonly string[]) {
  const session: ReturnType<typeof runSession> = runSession(
    ...names.map((name) => subprotocol(name, () => session.log)),
  );
  return {
    session,
    begin: () =>
      session.actor.send({ type: 'session.begin', jid: JID, transport: session.transport, enabled: [], features: [] }),
    explode: (name: string) => session.actor.send({ type: 'subprotocol.tell', name, event: { type: 'explode' } }),
  };
}
