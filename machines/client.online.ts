import { clientSetup } from './client.commands.ts';

/**
 * The state `linked.online` of `clientMachine`: two regions that know nothing of each other. Whether the session has lasted, and
 * whether the peer is alive.
 */
export const online = clientSetup.createStateConfig({
  type: 'parallel',
  description: 'Logged in. Stanzas flow between the transport and the session, past this chart.',
  tags: ['online', 'secure', 'authenticated'],
  entry: ['beginSession', 'forgetNegotiation', 'announceOnline'],
  exit: 'leaveStream',
  on: {
    // Prosody's mod_sasl2_sm sends them behind a session that it resumed, against XEP-0198 §9.2.
    'features.received': {},
    // What was closed cleanly is nothing to go on with (XEP-0198 §7).
    'stream.closed': { target: '#client.failing', actions: ['rememberClosed', 'forgetManagement'] },
    // A stream that ended with an error is over (RFC 6120 §4.9.1.1), and the session with it.
    'stream.failed': { target: '#client.failing', actions: ['rememberError', 'forgetManagement'] },
  },
  states: {
    stability: {
      description: 'Has the session lasted?',
      initial: 'settling',
      states: {
        settling: {
          description: 'The session has not lasted yet: a loss now still counts on with the failed rounds before it.',
          after: { stableSession: 'stable' },
        },
        stable: {
          description: 'The session has lasted: failed rounds are forgotten.',
          entry: 'resetRetry',
        },
      },
    },
    liveness: {
      description: 'Is the server there? A dead connection says nothing, and nobody else says that it is dead.',
      initial: 'fresh',
      states: {
        fresh: {
          description: 'Something came from the server not long ago.',
          entry: 'watchSilence',
          on: {
            'transport.silent': 'probing',
            'platform.woke': 'probing',
            'network.online': { guard: 'watchesLiveness', target: 'probing' },
            'network.offline': { guard: 'watchesLiveness', target: 'probing' },
          },
        },
        probing: {
          description:
            'The server was asked whether it is there: `<r/>` of XEP-0198 §4, or a ping (XEP-0199). Any byte will do.',
          entry: ['awaitSign', 'probe'],
          on: { 'transport.heard': 'fresh' },
          after: { livenessPatience: 'dead' },
        },
        dead: {
          description:
            'It said nothing. Nobody would hear a closing tag: the connection is cut, and what it carried may be resumed.',
          entry: 'abortTransport',
          always: { target: '#client.failing', actions: 'rememberDeath' },
        },
      },
    },
  },
});
