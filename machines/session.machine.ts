import { initialSession, sessionOutput } from './session.facts.ts';
import { sessionSetup } from './session.setup.ts';

/**
 * What lives as long as a session, and what outlives it: the router, the pending requests and the queue are there for the
 * whole life of the client; each subprotocol has an actor while the session is live.
 *
 * Children: `router`, `iq`, `outbox`; one actor for each subprotocol. Parent: `client`.
 */
export const sessionMachine = sessionSetup.createMachine({
  id: 'session',
  context: initialSession,
  output: sessionOutput,
  initial: 'absent',
  options: { maxIterations: 100 },
  on: {
    publish: { actions: 'passToRouter' },
    'app.active': { actions: ['rememberApp', 'tellActors'] },
    'app.inactive': { actions: ['rememberApp', 'tellActors'] },
    'stanza.send': { actions: 'passToOutbox' },
    'stanza.hold': { actions: 'passToRouter' },
    'subprotocol.use': { actions: 'addSubprotocol' },
    'session.manage': { actions: ['openLedger', 'rememberManagement'] },
    'requests.abandon': { actions: ['abandonRequests', 'closeOutbox'] },
    'session.abandon': { actions: ['abandonRequests', 'abandonStanzas', 'closeRouter'] },
    'xstate.error.actor.*': [
      { guard: 'isInfrastructure', target: '.broken', actions: 'rememberCrash' },
      { actions: 'publishCrash' },
    ],
  },
  states: {
    absent: {
      description: 'No session. Stanzas wait in the queue; no subprotocol has an actor.',
      on: {
        'session.begin': {
          target: 'live',
          // The queue goes out before subprotocols hear of the session, and they hear of it before they hear stanzas.
          actions: [
            'rememberSession',
            'openIq',
            'openOutbox',
            'attachTransport',
            'spawnSubprotocols',
            'sendRoutes',
            'sendStarted',
            'openRouter',
          ],
        },
        'session.restore': [
          { guard: 'restoresSession', target: 'suspended', actions: ['rememberRestored', 'openIq', 'restoreOutbox'] },
          { actions: 'restoreOutbox' },
        ],
        // A login that failed half-way: what came with it must not reach the next session. What waits to be sent still does.
        'session.end': { actions: ['closeRouter', 'closeLedger', 'forgetManagement'] },
      },
    },
    live: {
      description: 'Logged in: stanzas flow, each subprotocol has its actor.',
      on: {
        'session.suspend': { target: 'suspended', actions: ['closeRouter', 'pauseOutbox', 'sendSuspended'] },
        'session.end': {
          target: 'absent',
          // What subprotocols send when they hear of the end waits for the next session. They hear the reason first; then
          // the requests that wait fail with it, also those made at the last moment; then what was not acknowledged.
          actions: [
            'sendLastAck',
            'closeRouter',
            'pauseOutbox',
            'sendEnded',
            'forgetActors',
            'sendRoutes',
            'abandonRequests',
            'closeOutbox',
            'forgetManagement',
          ],
        },
        'subprotocol.use': { actions: ['addSubprotocol', 'spawnSubprotocols', 'sendRoutes', 'sendStarted'] },
        'session.probe': [{ guard: 'isManaged', actions: 'askForAck' }, { actions: 'pingServer' }],
        'subprotocol.tell': { actions: 'passToActor' },
        'xstate.done.actor.*': { guard: 'isSubprotocol', actions: ['noteEnd', 'sendRoutes'] },
        'xstate.error.actor.*': {
          guard: 'isSubprotocol',
          actions: ['publishCrash', 'noteCrash', 'spawnSubprotocols', 'sendRoutes', 'sendStarted'],
        },
      },
    },
    suspended: {
      description:
        'The connection is lost and the session is not (XEP-0198 §5): subprotocols live on, what is sent waits, requests too.',
      on: {
        'session.resume': {
          target: 'live',
          // What the server did not get goes out first, as it was; then what waits, then what is new.
          actions: [
            'attachTransport',
            'resumeOutbox',
            'sendResumed',
            'spawnSubprotocols',
            'sendRoutes',
            'sendStarted',
            'openRouter',
          ],
        },
        // Another login that failed half-way: what came with it must not reach the session.
        'session.suspend': { actions: 'closeRouter' },
        'session.end': {
          target: 'absent',
          actions: [
            'closeRouter',
            'sendEnded',
            'forgetActors',
            'sendRoutes',
            'abandonRequests',
            'closeOutbox',
            'forgetManagement',
          ],
        },
        'session.abandon': {
          target: 'absent',
          actions: [
            'closeRouter',
            'sendEnded',
            'forgetActors',
            'sendRoutes',
            'abandonRequests',
            'closeOutbox',
            'forgetManagement',
            'abandonStanzas',
          ],
        },
        'subprotocol.tell': { actions: 'passToActor' },
        'xstate.done.actor.*': { guard: 'isSubprotocol', actions: 'noteEnd' },
        'xstate.error.actor.*': { guard: 'isSubprotocol', actions: ['publishCrash', 'noteCrash'] },
      },
    },
    broken: {
      type: 'final',
      description: 'An actor that no session can do without failed: a bug, reported to the client.',
    },
  },
});
