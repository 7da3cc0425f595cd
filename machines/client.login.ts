import type { AnyActorRef } from 'xstate';
import type { AuthenticationInput } from './authentication.facts.ts';
import { clientSetup } from './client.commands.ts';
import { requestsAlong, sasl2Input, saslInput } from './client.login.facts.ts';
import { isLost, resumptionAlong } from './client.management.ts';
import type { ClientContext } from './client.types.ts';

/*
 * The states of `linked` from the first proof of who we are to the session. Two ways lead there: SASL, a new stream and
 * resource binding (RFC 6120 §6-7), or all in one (XEP-0388, XEP-0386).
 */

export const authenticating = clientSetup.createStateConfig({
  description: 'One SASL exchange (RFC 6120 §6); its own chart is `authentication`.',
  tags: ['connecting', 'secure'],
  invoke: {
    id: 'authentication',
    src: 'authentication',
    input: saslAuthentication,
    onDone: [
      { guard: 'authenticationFailed', target: '#client.failing', actions: ['rememberError', 'rememberRefusal'] },
      { target: 'restarting', actions: ['rememberLogin', 'announceUnsaved'] },
    ],
    onError: { target: '#client.failing', actions: 'rememberError' },
  },
  on: {
    'sasl.challenged': { actions: 'passToAuthentication' },
    'sasl.succeeded': { actions: 'passToAuthentication' },
    'sasl.failed': { actions: 'passToAuthentication' },
  },
  after: { authenticateDeadline: { target: '#client.failing', actions: 'rememberTimeout' } },
});

export const restarting = clientSetup.createStateConfig({
  description: 'Authenticated: opens the stream anew (RFC 6120 §6.4.6).',
  tags: ['connecting', 'secure', 'authenticated'],
  entry: 'openStreamAsAccount',
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
          { guard: 'mayResume', target: '#client.linked.resuming', actions: 'rememberFeatures' },
          { guard: 'offersBinding', target: '#client.linked.binding', actions: 'rememberFeatures' },
          { target: '#client.failing', actions: 'rememberNoBinding' },
        ],
      },
    },
  },
  after: { openDeadline: { target: '#client.failing', actions: 'rememberTimeout' } },
});

export const loggingIn = clientSetup.createStateConfig({
  description:
    'SASL2 (XEP-0388): the authentication, and resource binding and more along with it. With a token and known features (XEP-0484) it begins at once, in the flight of the stream header.',
  tags: ['connecting', 'secure'],
  initial: 'exchanging',
  invoke: {
    id: 'authentication',
    src: 'authentication',
    input: sasl2Authentication,
    onDone: [
      { guard: 'mayLogInOtherwise', target: 'loggingIn', reenter: true, actions: 'forgetToken' },
      { guard: 'mustLogInOtherwise', target: '#client.linked', reenter: true, actions: 'forgetToken' },
      { guard: 'mayUseSasl', target: 'authenticating' },
      { guard: 'authenticationFailed', target: '#client.failing', actions: ['rememberError', 'rememberRefusal'] },
      { guard: 'isResumed', target: '#client.linked.online', actions: ['rememberLogin', 'announceUnsaved'] },
      { guard: 'hasFeatures', target: '.agreed', actions: ['rememberLogin', 'announceUnsaved'] },
      { target: '.awaitingNewFeatures', actions: ['rememberLogin', 'announceUnsaved'] },
    ],
    onError: { target: '#client.failing', actions: 'rememberError' },
  },
  // Whoever asked for a session along, and does not know what came of it, must not end it with a closing tag (XEP-0198 §7).
  exit: 'leaveLostStream',
  on: {
    'stream.failed': [
      { guard: 'sparesSession', target: '#client.failing', actions: 'rememberError' },
      // It may be what was asked for that the server cannot stand: it is not asked again.
      { target: '#client.failing', actions: ['rememberError', 'forgetManagement'] },
    ],
  },
  states: {
    awaitingHeader: {
      description: 'Stream header and authentication are sent; waits for the header of the server.',
      entry: 'openStreamAsAccount',
      on: { 'stream.opened': 'awaitingFeatures' },
      after: { openDeadline: { target: '#client.failing', actions: 'rememberTimeout' } },
    },
    awaitingFeatures: {
      description: 'Waits for what the server offers: is it what was relied on?',
      on: {
        'features.received': [
          { guard: 'offersTokenLogin', target: 'exchanging', actions: 'rememberFeatures' },
          { target: '#client.linked', reenter: true, actions: 'forgetToken' },
        ],
      },
      after: { openDeadline: { target: '#client.failing', actions: 'rememberTimeout' } },
    },
    exchanging: {
      description: 'Challenges and responses; its own chart is `authentication`.',
      on: {
        'sasl.challenged': { actions: 'passToAuthentication' },
        'sasl.succeeded': [
          { guard: 'isResumed', target: 'verifying', actions: ['rememberOutcome', 'passToAuthentication'] },
          { guard: 'leavesSession', target: 'verifying', actions: ['rememberOutcome', 'passToAuthentication'] },
          {
            target: 'verifying',
            actions: [
              'rememberOutcome',
              'forfeitSession',
              'rememberManagement',
              'manageSession',
              'passToAuthentication',
            ],
          },
        ],
        'sasl.failed': { actions: 'passToAuthentication' },
      },
    },
    verifying: {
      description: 'The server says that we are in, and what it offers now; does it know the secret itself?',
      on: {
        'features.received': [
          { guard: 'hasFeatures', target: '#client.failing', actions: 'rememberOutOfTurn' },
          { actions: 'rememberFeatures' },
        ],
        'stanza.received': { actions: 'holdStanza' },
      },
    },
    awaitingNewFeatures: {
      description: 'Authenticated; waits for what the server offers to the account, without a new stream.',
      tags: 'authenticated',
      on: {
        'features.received': { target: 'agreed', actions: 'rememberFeatures' },
        'stanza.received': { actions: 'holdStanza' },
      },
      after: { openDeadline: { target: '#client.failing', actions: 'rememberTimeout' } },
    },
    agreed: {
      description: 'Authenticated, with all answers: is a resource bound already (XEP-0386)?',
      tags: 'authenticated',
      always: [
        { guard: 'mayResumeBehind', target: '#client.linked.resuming' },
        { guard: 'isBoundUnmanaged', target: '#client.linked.establishing.enabling', actions: 'rememberBoundJid' },
        { guard: 'isBound', target: '#client.linked.establishing', actions: 'rememberBoundJid' },
        { guard: 'mayBind', target: '#client.linked.binding' },
        { target: '#client.failing', actions: ['rememberNoBinding', 'forgetManagement'] },
      ],
    },
  },
  after: { authenticateDeadline: { target: '#client.failing', actions: 'rememberTimeout' } },
});

export const resuming = clientSetup.createStateConfig({
  description: 'Asks for the session that was lost with the last connection (XEP-0198 §5).',
  tags: ['connecting', 'secure', 'authenticated'],
  // From now on a closing tag would end the session that is asked for.
  entry: ['leaveStream', 'sendResume'],
  on: {
    'management.answered': [
      { guard: 'isResumed', target: 'online' },
      { guard: 'mayBind', target: 'binding' },
      { target: '#client.failing', actions: ['rememberNoBinding', 'forgetManagement'] },
    ],
    'stanza.received': { actions: 'holdStanza' },
    'stream.failed': { target: '#client.failing', actions: ['rememberError', 'forgetManagement'] },
  },
  after: { bindDeadline: { target: '#client.failing', actions: 'rememberTimeout' } },
});

export const binding = clientSetup.createStateConfig({
  description:
    'Asks for a resource; the answer is the full JID (RFC 6120 §7). Stream management is asked for in the same flight (XEP-0198 §3).',
  tags: ['connecting', 'secure', 'authenticated'],
  entry: ['forfeitSession', 'forgetManagement', 'newRequest', 'sendBindRequest', 'sendEnableAtOnce'],
  on: {
    'management.answered': { guard: 'awaitsManagement', actions: 'withdrawManagement' },
    'stanza.received': [
      { guard: 'bindsAddress', target: 'establishing', actions: 'rememberJid' },
      { guard: 'answersRequest', target: '#client.failing', actions: 'rememberRefusedRequest' },
      { actions: 'holdStanza' },
    ],
  },
  after: { bindDeadline: { target: '#client.failing', actions: 'rememberTimeout' } },
});

export const establishing = clientSetup.createStateConfig({
  description: 'What must be agreed on before the session begins.',
  tags: ['connecting', 'secure', 'authenticated'],
  initial: 'checking',
  states: {
    checking: {
      description: 'Is the legacy session demanded? Servers of today call it optional.',
      always: [
        { guard: 'requiresSession', target: 'awaitingSession' },
        { guard: 'awaitsManagement', target: 'awaitingManagement' },
        { target: '#client.linked.online' },
      ],
    },
    awaitingSession: {
      description: 'Waits for the legacy session (RFC 3921 §3).',
      entry: ['newRequest', 'sendSessionRequest'],
      on: {
        'stanza.received': [
          { guard: 'requestSucceeded', target: 'enabling' },
          { guard: 'answersRequest', target: '#client.failing', actions: 'rememberRefusedRequest' },
          { actions: 'holdStanza' },
        ],
      },
      after: { bindDeadline: { target: '#client.failing', actions: 'rememberTimeout' } },
    },
    enabling: {
      description: 'Asks for stream management, where it was not along with the login or with the resource.',
      entry: 'sendEnableIfOffered',
      always: [{ guard: 'awaitsManagement', target: 'awaitingManagement' }, { target: '#client.linked.online' }],
    },
    awaitingManagement: {
      description: 'Stream management was asked for; what the server says to it, it says before any stanza counts.',
      on: {
        'management.answered': {
          target: '#client.linked.online',
          actions: ['rememberManagement', 'manageSession'],
        },
        'stanza.received': { actions: 'holdStanza' },
      },
      after: { bindDeadline: { target: '#client.failing', actions: 'rememberTimeout' } },
    },
  },
});

type Situation = { readonly context: ClientContext; readonly self: AnyActorRef };

function saslAuthentication({ context, self }: Situation): AuthenticationInput {
  return { ...saslInput(context), requests: [], enables: [], transport: self.getSnapshot().children?.transport };
}

function sasl2Authentication({ context, self }: Situation): AuthenticationInput {
  const { session, transport } = self.getSnapshot().children ?? {};
  const input = sasl2Input(context);
  const { subprotocols, app } = session?.getSnapshot().context ?? { ...context.settings, app: 'active' };
  // A resource that is bound along with the login would leave nothing to resume behind it.
  const binds = isLost(context) && !input.inline.sm ? undefined : input.inline;
  const { requests, enables } = requestsAlong(context, binds, subprotocols, app);
  return { ...input, requests: [...resumptionAlong(context, input.inline, session), ...requests], enables, transport };
}
