import type { AnyActorRef } from 'xstate';
import type { AuthenticationInput } from './authentication.machine.ts';
import { requireEndpoint } from './client.facts.ts';
import { clientSetup } from './client.setup.ts';
import type { ClientContext } from './client.types.ts';
import type { TransportInput } from './contracts.ts';
import { isSecure } from './endpoint.ts';

/**
 * The state `linked` of `clientMachine`. The order of negotiation is in its states (RFC 6120 §4.3).
 */
export const linked = clientSetup.createStateConfig({
  description: 'One attempt at one endpoint, and the connection that comes of it.',
  initial: 'connecting',
  invoke: {
    id: 'transport',
    src: 'transport',
    input: transportInput,
    onError: { target: '#client.failing', actions: 'rememberError' },
  },
  on: {
    stop: '.closing',
    'transport.failed': { target: '#client.failing', actions: 'rememberError' },
    'stream.failed': { target: '#client.failing', actions: 'rememberError' },
    // Whatever no inner state waits for is out of turn: nothing may come before its time (RFC 6120 §4.3).
    'transport.connected': { target: '#client.failing', actions: 'rememberOutOfTurn' },
    'transport.secured': { target: '#client.failing', actions: 'rememberOutOfTurn' },
    'transport.closed': { target: '#client.failing', actions: 'rememberOutOfTurn' },
    'stream.opened': { target: '#client.failing', actions: 'rememberOutOfTurn' },
    'stream.closed': { target: '#client.failing', actions: 'rememberClosed' },
    'features.received': { target: '#client.failing', actions: 'rememberOutOfTurn' },
    'tls.proceeded': { target: '#client.failing', actions: 'rememberOutOfTurn' },
    'tls.refused': { target: '#client.failing', actions: 'rememberOutOfTurn' },
    'sasl.challenged': { target: '#client.failing', actions: 'rememberOutOfTurn' },
    'sasl.succeeded': { target: '#client.failing', actions: 'rememberOutOfTurn' },
    'sasl.failed': { target: '#client.failing', actions: 'rememberOutOfTurn' },
    'stanza.received': { target: '#client.failing', actions: 'rememberOutOfTurn' },
  },
  states: {
    connecting: {
      description: 'Dials the endpoint.',
      tags: 'connecting',
      on: {
        'transport.connected': [{ guard: 'usesDirectTls', target: 'securing.handshaking' }, { target: 'opening' }],
      },
      after: { connectDeadline: { target: '#client.failing', actions: 'rememberTimeout' } },
    },
    opening: {
      description: 'Opens the stream in clear, to ask for TLS and nothing else (RFC 6120 §4.2, §5.3).',
      tags: 'connecting',
      entry: 'openStream',
      initial: 'awaitingHeader',
      states: {
        awaitingHeader: {
          description: 'Our stream header is sent; waits for the header of the server.',
          on: { 'stream.opened': 'awaitingFeatures' },
        },
        awaitingFeatures: {
          description: 'Waits for what the server offers.',
          on: {
            'features.received': [
              { guard: 'mayStayInClear', target: '#client.linked.authenticating', actions: 'rememberFeatures' },
              { guard: 'offersStartTls', target: '#client.linked.securing' },
              { target: '#client.failing', actions: 'rememberNoTls' },
            ],
          },
        },
      },
      after: { openDeadline: { target: '#client.failing', actions: 'rememberTimeout' } },
    },
    securing: {
      description:
        'From the request for TLS to the end of the handshake; the certificate must be for the domain of the JID.',
      tags: 'connecting',
      initial: 'awaitingProceed',
      states: {
        awaitingProceed: {
          description: 'STARTTLS is requested; nothing but the consent of the server may come (RFC 6120 §5.4.2).',
          entry: 'requestTls',
          on: {
            'tls.proceeded': 'handshaking',
            'tls.refused': { target: '#client.failing', actions: 'rememberNoTls' },
          },
        },
        handshaking: {
          description: 'The TLS handshake: after STARTTLS, or at once for direct TLS (XEP-0368).',
          entry: 'startTls',
          on: { 'transport.secured': '#client.linked.secured' },
        },
      },
      after: { secureDeadline: { target: '#client.failing', actions: 'rememberTimeout' } },
    },
    secured: {
      description: 'TLS stands: opens the stream anew; all that was heard before is forgotten (RFC 6120 §5.4.3.3).',
      tags: ['connecting', 'secure'],
      entry: 'openStream',
      initial: 'awaitingHeader',
      states: {
        awaitingHeader: {
          description: 'Our stream header is sent under TLS; waits for the header of the server.',
          on: { 'stream.opened': 'awaitingFeatures' },
        },
        awaitingFeatures: {
          description: 'Waits for the SASL mechanisms.',
          on: { 'features.received': { target: '#client.linked.authenticating', actions: 'rememberFeatures' } },
        },
      },
      after: { openDeadline: { target: '#client.failing', actions: 'rememberTimeout' } },
    },
    authenticating: {
      description: 'One SASL exchange (RFC 6120 §6); its own chart is `authentication`.',
      tags: ['connecting', 'secure'],
      invoke: {
        id: 'authentication',
        src: 'authentication',
        input: authenticationInput,
        onDone: [
          {
            guard: 'authenticationFailed',
            target: '#client.failing',
            actions: ['rememberError', 'rememberRefusal'],
          },
          { target: 'restarting', actions: 'forgetRefusal' },
        ],
        onError: { target: '#client.failing', actions: 'rememberError' },
      },
      on: {
        'sasl.challenged': { actions: 'passToAuthentication' },
        'sasl.succeeded': { actions: 'passToAuthentication' },
        'sasl.failed': { actions: 'passToAuthentication' },
      },
      after: { authenticateDeadline: { target: '#client.failing', actions: 'rememberTimeout' } },
    },
    restarting: {
      description: 'Authenticated: opens the stream anew (RFC 6120 §6.4.6).',
      tags: ['connecting', 'secure', 'authenticated'],
      entry: 'openStream',
      initial: 'awaitingHeader',
      states: {
        awaitingHeader: {
          description: 'Our stream header is sent as an authenticated client; waits for the header of the server.',
          on: { 'stream.opened': 'awaitingFeatures' },
        },
        awaitingFeatures: {
          description: 'Waits for what the server offers to the account.',
          on: {
            'features.received': [
              { guard: 'offersBinding', target: '#client.linked.binding', actions: 'rememberFeatures' },
              { target: '#client.failing', actions: 'rememberNoBinding' },
            ],
          },
        },
      },
      after: { openDeadline: { target: '#client.failing', actions: 'rememberTimeout' } },
    },
    binding: {
      description: 'Asks for a resource; the answer is the full JID (RFC 6120 §7).',
      tags: ['connecting', 'secure', 'authenticated'],
      entry: ['newRequest', 'sendBindRequest'],
      on: {
        'stanza.received': [
          { guard: 'bindsAddress', target: 'establishing', actions: 'rememberJid' },
          { guard: 'answersRequest', target: '#client.failing', actions: 'rememberRefusedRequest' },
          { actions: 'holdStanza' },
        ],
      },
      after: { bindDeadline: { target: '#client.failing', actions: 'rememberTimeout' } },
    },
    establishing: {
      description: 'What must be agreed on before the session begins.',
      tags: ['connecting', 'secure', 'authenticated'],
      initial: 'checking',
      states: {
        checking: {
          description: 'Is the legacy session demanded? Servers of today call it optional.',
          always: [{ guard: 'requiresSession', target: 'awaitingSession' }, { target: '#client.linked.online' }],
        },
        awaitingSession: {
          description: 'Waits for the legacy session (RFC 3921 §3).',
          entry: ['newRequest', 'sendSessionRequest'],
          on: {
            'stanza.received': [
              { guard: 'requestSucceeded', target: '#client.linked.online' },
              { guard: 'answersRequest', target: '#client.failing', actions: 'rememberRefusedRequest' },
              { actions: 'holdStanza' },
            ],
          },
          after: { bindDeadline: { target: '#client.failing', actions: 'rememberTimeout' } },
        },
      },
    },
    online: {
      description: 'Logged in. Stanzas flow between the transport and the session, past this chart.',
      tags: ['online', 'secure', 'authenticated'],
      entry: ['forgetNegotiation', 'beginSession', 'announceOnline'],
      initial: 'settling',
      states: {
        settling: {
          description: 'Logged in; stanzas flow. A loss now still counts on with the failed rounds before it.',
          after: { stableSession: 'stable' },
        },
        stable: {
          description: 'Logged in, and the session has lasted: failed rounds are forgotten.',
          entry: 'resetRetry',
        },
      },
    },
    closing: {
      description: 'Our closing tag is sent; waits for that of the server, but not long (RFC 6120 §4.4).',
      tags: 'closing',
      entry: ['closeSession', 'closeStream'],
      exit: ['abandonAll', 'announceOffline'],
      on: {
        stop: {},
        'stream.closed': '#client.offline',
        'stream.failed': '#client.offline',
        'transport.failed': '#client.offline',
        'transport.closed': '#client.offline',
        // What the server sent before it saw our closing tag has lost its meaning.
        'transport.connected': {},
        'transport.secured': {},
        'stream.opened': {},
        'features.received': {},
        'tls.proceeded': {},
        'tls.refused': {},
        'sasl.challenged': {},
        'sasl.succeeded': {},
        'sasl.failed': {},
        'stanza.received': {},
      },
      after: { closeDeadline: '#client.offline' },
    },
  },
});

function transportInput({ context }: { context: ClientContext }): TransportInput {
  const { settings } = context;
  return { endpoint: requireEndpoint(context), domain: settings.jid.domainpart, settings };
}

function authenticationInput({ context, self }: { context: ClientContext; self: AnyActorRef }): AuthenticationInput {
  const { settings, features, refusal } = context;
  return {
    settings,
    offered: features?.mechanisms ?? [],
    mayShowPassword: isSecure(requireEndpoint(context)) || settings.mechanisms?.includes('PLAIN') === true,
    refusal,
    transport: self.getSnapshot().children?.transport,
  };
}
