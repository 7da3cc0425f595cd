import { describe, expect, it } from 'vitest';
import type { RestoredSession } from '../../machines/index.ts';
import { SessionEndedError } from '../../src/errors/index.ts';
import { parseJid } from '../../src/jid/index.ts';
import { runSession, subprotocol } from './session-run.ts';

const JID = parseJid('juliet@example.org/balcony');
const MANAGEMENT = { id: 'm1', max: undefined, location: undefined };
const LOST = new SessionEndedError('gone', { condition: 'lost' });
const RESTORED: RestoredSession = {
  session: {
    jid: JID,
    management: MANAGEMENT,
    enabled: ['urn:xmpp:carbons:2'],
    features: ['urn:xmpp:csi:0'],
    received: 5,
    acknowledged: 2,
    isLive: true,
  },
  outgoing: [],
  written: 0,
};

describe('a session of an earlier process', () => {
  it('is suspended until it is resumed; its subprotocols begin anew, and are told what holds in it', () => {
    const heard: unknown[] = [];
    const session = runSession(subprotocol('a', () => session.log, { hear: (event) => heard.push(event) }));
    session.actor.send({ type: 'session.restore', restored: RESTORED });
    expect([session.actor.getSnapshot().value, session.names(), session.news()]).toEqual([
      'suspended',
      [],
      ['iq: iq.open juliet@example.org/balcony', 'outbox: outbox.restore'],
    ]);
    session.actor.send({ type: 'session.resume', transport: session.transport, h: 3 });
    expect(session.news()).toEqual([
      'transport: transport.attach',
      'outbox: outbox.resume h=3',
      'a: made',
      'router: routes.replace [a]',
      `a: session.started ${JID.full}`,
      'router: router.open',
    ]);
    expect(heard).toEqual([
      {
        type: 'session.started',
        jid: JID,
        resumed: false,
        isNewStream: false,
        enabled: ['urn:xmpp:carbons:2'],
        features: ['urn:xmpp:csi:0'],
        app: 'active',
      },
    ]);
  });

  it('is over where the server has forgotten it', () => {
    const session = runSession();
    session.actor.send({ type: 'session.restore', restored: RESTORED });
    session.news();
    session.actor.send({ type: 'session.end', reason: LOST, h: 4 });
    expect([session.actor.getSnapshot().value, session.actor.getSnapshot().context.management]).toEqual([
      'absent',
      undefined,
    ]);
    expect(session.news()).toContain('outbox: outbox.close h=4');
  });

  it('need not be one: what waited to be sent waits again', () => {
    const session = runSession();
    session.actor.send({ type: 'session.restore', restored: { ...RESTORED, session: undefined } });
    expect([session.actor.getSnapshot().value, session.news()]).toEqual(['absent', ['outbox: outbox.restore']]);
  });
});

describe('a server is asked whether it is there', () => {
  it('for an acknowledgement, where it manages the session (XEP-0198 §4)', () => {
    const session = begun();
    session.actor.getSnapshot().context.ledger.open();
    session.actor.send({ type: 'session.probe' });
    expect(session.news()).toEqual(['outbox: ack.probe']);
  });

  it('with a ping otherwise (XEP-0199)', () => {
    const session = begun();
    session.actor.send({ type: 'session.probe' });
    expect(session.news()).toEqual(['iq: iq.request']);
  });

  it('only in a session', () => {
    const session = runSession();
    session.actor.send({ type: 'session.probe' });
    expect(session.news()).toEqual([]);
  });
});

describe('whether somebody uses the application', () => {
  it('is told to the subprotocols, and those that begin later are told how it is', () => {
    const heard: unknown[] = [];
    const session = runSession(subprotocol('a', () => session.log, { hear: (event) => heard.push(event) }));
    const { transport } = session;
    const begin = { type: 'session.begin', jid: JID, transport, enabled: [], features: [] } as const;
    const started = { type: 'session.started', jid: JID, resumed: false, isNewStream: true, enabled: [], features: [] };
    session.actor.send({ type: 'app.inactive' });
    session.actor.send(begin);
    session.actor.send({ type: 'app.active' });
    session.actor.send({ type: 'session.suspend', reason: LOST });
    session.actor.send({ type: 'app.inactive' });
    session.actor.send({ type: 'session.resume', transport, h: 0 });
    expect(heard).toEqual([
      { ...started, app: 'inactive' },
      { type: 'app.active' },
      { type: 'session.suspended', reason: LOST },
      { type: 'app.inactive' },
      { ...started, resumed: true, isNewStream: false, app: 'inactive' },
    ]);
  });
});

function begun() {
  const session = runSession();
  const { transport } = session;
  session.actor.send({ type: 'session.begin', jid: JID, transport, enabled: [], features: [] });
  session.news();
  return session;
}
