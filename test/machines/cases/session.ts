import { createActor, type SnapshotFrom } from 'xstate';
import type { Subprotocol, sessionMachine } from '../../../machines/index.ts';
import { clientStopped, SessionEndedError } from '../../../src/errors/index.ts';
import { parseJid } from '../../../src/jid/index.ts';
import { NS_CLIENT } from '../../../src/stanza/index.ts';
import { type Cases, puppet } from '../../../src/testing/model/index.ts';
import { element } from '../../../src/xml/index.ts';

/*
 * What can happen to a session, one entry for each event.
 */

const LOST = new SessionEndedError('x', { condition: 'lost' });
const MANAGEMENT = { id: 'm1', max: undefined, location: undefined };
const JID = parseJid('juliet@example.org/balcony');
const TRANSPORT = createActor(puppet(), { id: 'transport' });
const STANZA = element(`{${NS_CLIENT}}presence`);

/** A subprotocol that every session has from its beginning. */
export const PRESENCE: Subprotocol = { name: 'presence', features: [], routes: [], logic: puppet() };

export const sessionCases: Cases<typeof sessionMachine> = {
  'session.begin': [{ jid: JID, transport: TRANSPORT, enabled: [], features: [] }],
  'session.manage': [{ management: MANAGEMENT }],
  'session.restore': {
    nothing: { restored: undefined },
    'what waits to be sent': { restored: { session: undefined, outgoing: [], written: 0 } },
    'a session': {
      restored: {
        session: {
          jid: JID,
          management: MANAGEMENT,
          enabled: [],
          features: [],
          received: 0,
          acknowledged: 0,
          isLive: false,
        },
        outgoing: [],
        written: 0,
      },
    },
  },
  'session.suspend': [{ reason: LOST }],
  'session.resume': [{ transport: TRANSPORT, h: 0 }],
  'session.end': [{ reason: LOST }],
  'session.abandon': [{ reason: clientStopped() }],
  'requests.abandon': [{ reason: LOST }],
  'session.probe': [{}],
  publish: [{ event: { type: 'offline' } }],
  'stanza.hold': [{ stanza: STANZA }],
  'stanza.send': [{ stanza: STANZA }],
  'subprotocol.use': {
    // Whoever uses it twice is stopped by the client's door.
    'one more': ({ context: { subprotocols } }) =>
      subprotocols.length === 1 ? { subprotocol: { ...PRESENCE, name: 'ping' } } : undefined,
  },
  'subprotocol.tell': {
    'one that is there': { name: 'presence', event: { type: 'x' } },
    nobody: { name: 'nobody', event: { type: 'x' } },
  },
  'app.active': [{}],
  'app.inactive': [{}],
  'xstate.done.actor.presence': [{ output: undefined }],
  // No subprotocol, so nobody minds.
  'xstate.done.actor.somebody': [{ output: undefined }],
  // Also after the session: actors are stopped a moment later.
  'xstate.error.actor.presence': [{ error: new Error('presence exploded') }],
  'xstate.error.actor.router': [{ error: new Error('the router exploded') }],
};

/** What guards and actions depend on. */
export function sessionKey({ context }: SnapshotFrom<typeof sessionMachine>): unknown {
  const { subprotocols, actors, crashes, management, app } = context;
  return [subprotocols.length, [...actors.keys()], [...crashes], management !== undefined, app];
}
