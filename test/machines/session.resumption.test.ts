import { describe, expect, it } from 'vitest';
import { SessionEndedError } from '../../src/errors/index.ts';
import { parseJid } from '../../src/jid/index.ts';
import { runSession, subprotocol } from './session-run.ts';

const JID = parseJid('juliet@example.org/balcony');
const LOST = new SessionEndedError('gone', { condition: 'lost' });
const STOPPED = new SessionEndedError('stopped', { condition: 'stopped' });
const MANAGEMENT = { id: 'm1', max: undefined, location: undefined };
const SUSPEND = { type: 'session.suspend', reason: LOST } as const;

describe('a session that is suspended (XEP-0198 §5)', () => {
  it('lives on without a connection: what is sent waits, and subprotocols hear of it', () => {
    const { session } = suspended('a', 'b');
    expect(session.news()).toEqual([
      'router: router.close',
      'outbox: outbox.pause',
      'a: session.suspended session/lost',
      'b: session.suspended session/lost',
    ]);
    expect([session.actor.getSnapshot().value, session.names()]).toEqual(['suspended', ['a', 'b']]);
    session.actor.send({ type: 'subprotocol.tell', name: 'a', event: { type: 'now' } });
    expect(session.news()).toEqual(['a: now']);
  });

  it('goes on: what the server did not get goes out first, then subprotocols hear of it, then stanzas flow', () => {
    const { session, resume } = suspended('a');
    session.news();
    resume();
    expect(session.news()).toEqual([
      'transport: transport.attach',
      'outbox: outbox.resume h=0',
      'a: session.started juliet@example.org/balcony again',
      'router: routes.replace [a]',
      'router: router.open',
    ]);
    expect(session.actor.getSnapshot().value).toBe('live');
  });

  it('says that it was resumed to those that lived through it, and that it started to those that did not', () => {
    const heard: unknown[] = [];
    const { session, resume } = suspended();
    const hear = (event: unknown) => heard.push(event);
    const started = { type: 'session.started', jid: JID, enabled: [], features: [], app: 'active' };
    session.actor.send({ type: 'subprotocol.use', subprotocol: subprotocol('late', () => session.log, { hear }) });
    expect(session.names()).toEqual([]);
    resume();
    session.actor.send(SUSPEND);
    resume();
    expect(heard).toEqual([
      { ...started, resumed: false, isNewStream: false },
      { type: 'session.suspended', reason: LOST },
      { ...started, resumed: true, isNewStream: false },
    ]);
  });

  it('stays suspended when another login fails half-way: what came with that is forgotten', () => {
    const { session } = suspended('a');
    session.news();
    session.actor.send(SUSPEND);
    expect(session.news()).toEqual(['router: router.close']);
    expect(session.actor.getSnapshot().value).toBe('suspended');
  });

  it('ends like any other where it cannot go on', () => {
    const { session } = suspended('a');
    session.news();
    session.actor.send({ type: 'session.end', reason: LOST, h: 3 });
    expect(session.news()).toEqual([
      'router: router.close',
      'a: session.ended session/lost',
      'a: stopped',
      'router: routes.replace []',
      'iq: iq.abandon session/lost',
      'outbox: outbox.close h=3',
    ]);
    expect([session.actor.getSnapshot().value, session.names()]).toEqual(['absent', []]);
  });

  it('ends with the client, and so does what waits, and nobody is told that it failed', () => {
    const { session } = suspended('a');
    session.news();
    session.actor.send({ type: 'session.abandon', reason: STOPPED });
    expect(session.news()).toEqual([
      'router: router.close',
      'a: session.ended session/stopped',
      'a: stopped',
      'router: routes.replace []',
      'iq: iq.abandon session/stopped',
      'outbox: outbox.close wanted',
      'outbox: outbox.abandon session/stopped',
    ]);
    expect(session.actor.getSnapshot().value).toBe('absent');
  });

  it('is followed by one that begins like any other', () => {
    const { session, begin } = suspended('a');
    session.actor.send({ type: 'session.end', reason: LOST });
    session.news();
    begin();
    expect(session.news().filter((entry) => entry.startsWith('a:'))).toEqual([
      'a: made',
      'a: session.started juliet@example.org/balcony',
    ]);
  });

  it('loses the actor that crashes in it, and has it again when it goes on', () => {
    const { session, resume } = suspended('a', 'b');
    session.news();
    session.actor.send({ type: 'subprotocol.tell', name: 'a', event: { type: 'explode' } });
    expect(session.news()).toEqual(["router: publish error The actor 'a' failed"]);
    expect(session.names()).toEqual(['b']);
    resume();
    expect(session.names().sort()).toEqual(['a', 'b']);
    expect(session.news()).toContain('a: made');
  });
});

describe('a session that is not there', () => {
  it('cannot be suspended or resumed', () => {
    const session = runSession(subprotocol('a', () => session.log));
    session.actor.send(SUSPEND);
    session.actor.send({ type: 'session.resume', transport: session.transport, h: 0 });
    expect([session.actor.getSnapshot().value, session.news()]).toEqual(['absent', []]);
  });

  it('counts nothing that came with a login that failed half-way', () => {
    const session = runSession();
    session.actor.send({ type: 'session.manage', management: MANAGEMENT });
    expect(session.actor.getSnapshot().context.ledger.isOpen).toBe(true);
    session.actor.send({ type: 'session.end', reason: LOST });
    expect(session.actor.getSnapshot().context.ledger.isOpen).toBe(false);
  });
});

/** A session that lost its connection; what happened until then is in its news. */
function suspended(...names: readonly string[]) {
  const session: ReturnType<typeof runSession> = runSession(
    ...names.map((name) => subprotocol(name, () => session.log)),
  );
  const begin = () =>
    session.actor.send({ type: 'session.begin', jid: JID, transport: session.transport, enabled: [], features: [] });
  session.actor.send({ type: 'session.manage', management: MANAGEMENT });
  begin();
  session.news();
  session.actor.send(SUSPEND);
  return {
    session,
    begin,
    resume: () => session.actor.send({ type: 'session.resume', transport: session.transport, h: 0 }),
  };
}
