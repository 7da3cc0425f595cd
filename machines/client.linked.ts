import { clientSetup } from './client.commands.ts';
import { requireEndpoint } from './client.facts.ts';
import { authenticating, binding, establishing, loggingIn, restarting, resuming } from './client.login.ts';
import { online } from './client.online.ts';
import type { ClientContext } from './client.types.ts';
import type { TransportInput } from './contracts.ts';

/**
 * The state `linked` of `clientMachine`. The order of negotiation is in its states (RFC 6120 §4.3).
 */
export const linked = clientSetup.createStateConfig({
  description: 'One attempt at one endpoint, and the connection that comes of it.',
  initial: 'connecting',
  entry: 'startAttempt',
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
    'management.answered': { target: '#client.failing', actions: 'rememberOutOfTurn' },
    'stanza.received': { target: '#client.failing', actions: 'rememberOutOfTurn' },
  },
  states: {
    connecting: {
      description: 'Dials the endpoint.',
      tags: 'connecting',
      on: {
        'transport.connected': [
          { guard: 'usesDirectTls', target: 'securing.handshaking', actions: 'rememberRoundTrip' },
          { guard: 'mayLogInEarly', target: 'loggingIn.awaitingHeader' },
          { guard: 'cameWithTls', target: 'secured' },
          { target: 'opening', actions: 'rememberRoundTrip' },
        ],
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
              { guard: 'mayLogInUnseen', target: '#client.linked.loggingIn', actions: 'rememberFeatures' },
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
          on: {
            'transport.secured': [
              { guard: 'mayLogInEarly', target: '#client.linked.loggingIn.awaitingHeader', actions: 'rememberChannel' },
              { target: '#client.linked.secured', actions: 'rememberChannel' },
            ],
          },
        },
      },
      after: { secureDeadline: { target: '#client.failing', actions: 'rememberTimeout' } },
    },
    secured: {
      description: 'TLS stands: opens the stream anew; all that was heard before is forgotten (RFC 6120 §5.4.3.3).',
      tags: ['connecting', 'secure'],
      entry: 'openStreamAsAccount',
      initial: 'awaitingHeader',
      states: {
        awaitingHeader: {
          description: 'Our stream header is sent under TLS; waits for the header of the server.',
          on: { 'stream.opened': 'awaitingFeatures' },
        },
        awaitingFeatures: {
          description: 'Waits for the SASL mechanisms. SASL2 (XEP-0388) is taken where it is offered.',
          on: {
            'features.received': [
              { guard: 'offersSasl2', target: '#client.linked.loggingIn', actions: 'rememberFeatures' },
              { target: '#client.linked.authenticating', actions: 'rememberFeatures' },
            ],
          },
        },
      },
      after: { openDeadline: { target: '#client.failing', actions: 'rememberTimeout' } },
    },
    authenticating,
    restarting,
    loggingIn,
    resuming,
    binding,
    establishing,
    online,
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
        'transport.connected': {},
        'transport.secured': {},
        'stream.opened': {},
        'features.received': {},
        'tls.proceeded': {},
        'tls.refused': {},
        'sasl.challenged': {},
        'sasl.succeeded': {},
        'sasl.failed': {},
        'management.answered': {},
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
