import { assertEvent, assign, sendTo, setup } from 'xstate';
import { SaslError } from '../src/sasl/index.ts';
import { type ExchangeEvent, type ExchangeInput, exchangeSlot } from './authentication.contracts.ts';
import {
  type AuthenticationContext,
  type AuthenticationInput,
  type AuthenticationOutput,
  asksForSession,
  choose,
  inlineRequests,
  isBindingRefusal,
  isExpiredToken,
  isTokenRefusal,
  nothingChosen,
  refusalOf,
  rejectedBindings,
  userAgent,
} from './authentication.facts.ts';
import type { SaslEvent } from './events.ts';

/**
 * One authentication, in the profile of RFC 6120 §6.4 or that of XEP-0388: choose the mechanism, ask for credentials, answer
 * challenges, verify the server. What the server refuses for a reason that another try can mend is tried once more.
 *
 * Child: `exchange`, the only actor that holds secrets; payloads pass through here sealed. Parent: `client`.
 */
export const authenticationMachine = setup({
  types: {} as {
    input: AuthenticationInput;
    context: AuthenticationContext;
    events: SaslEvent | ExchangeEvent;
    output: AuthenticationOutput;
    children: { exchange: 'exchange' };
  },
  actors: { exchange: exchangeSlot },
  guards: {
    // Only XEP-0388 says more than that we are in.
    isOfProfile: ({ context, event }) =>
      event.type === 'sasl.succeeded' && (event.outcome !== undefined) === (context.profile === 'sasl2'),
    hasMechanism: ({ context }) => context.choice.chosen !== undefined,
    asksForSession: ({ context }) => asksForSession(context),
    usedToken: ({ context }) => context.choice.usesToken,
    refusedToken: ({ context, event }) => event.type === 'exchange.refused' && isTokenRefusal(context, event.error),
    guessedBinding: ({ context, event }) => event.type === 'exchange.refused' && isBindingRefusal(context, event.error),
    mayRenewToken: ({ context, event }) => event.type === 'exchange.refused' && isExpiredToken(context, event.error),
  },
  delays: {
    credentialsDeadline: ({ context }) => context.settings.timeouts.credentials,
    answerDeadline: ({ context }) => context.settings.timeouts.authenticate,
  },
  actions: {
    chooseAnew: assign({ choice: ({ context }) => choose(context) }),
    forgetToken: assign({ recalled: ({ context }) => ({ ...context.recalled, token: undefined }) }),
    rejectBinding: assign({ rejected: ({ context }) => rejectedBindings(context) }),
    renewToken: assign(({ context, event }) => {
      assertEvent(event, 'exchange.refused');
      return { renewals: context.renewals + 1, refusal: event.error };
    }),
    rememberOutcome: assign({
      outcome: ({ event }) => {
        assertEvent(event, 'sasl.succeeded');
        return event.outcome;
      },
    }),
    rememberUnsaved: assign({
      unsaved: ({ event }) => {
        assertEvent(event, 'exchange.verified');
        return event.unsaved;
      },
    }),
    rememberNoMechanism: assign({ error: ({ context }) => nothingChosen(context) }),
    rememberError: assign({
      error: ({ context, event }) => {
        assertEvent(event, ['exchange.refused', 'exchange.failed']);
        return event.type === 'exchange.refused' ? refusalOf(context, event.error) : event.error;
      },
    }),
    rememberCrash: assign({
      error: () => new SaslError('The SASL mechanism failed unexpectedly', { condition: 'undefined-condition' }),
    }),
    rememberNoCredentials: assign({
      error: () => new SaslError('The credentials function gave nothing in time', { condition: 'missing-credentials' }),
    }),
    rememberSilence: assign({
      error: () =>
        new SaslError('The server did not go on with the SASL exchange', { condition: 'temporary-auth-failure' }),
    }),
    rememberOutOfTurn: assign({
      error: ({ event }) =>
        new SaslError(`The server sent something out of turn: ${event.type}`, { condition: 'malformed-challenge' }),
    }),
    sendAuth: sendTo(
      ({ context }) => context.transport,
      ({ context, event }) => {
        assertEvent(event, 'exchange.started');
        const along = { userAgent: userAgent(context), inline: inlineRequests(context) };
        return {
          type: 'sasl.authenticate',
          mechanism: context.choice.chosen?.name ?? '',
          payload: event.payload,
          along: context.profile === 'sasl2' ? along : undefined,
        };
      },
    ),
    sendResponse: sendTo(
      ({ context }) => context.transport,
      ({ context, event }) => {
        assertEvent(event, 'exchange.answered');
        return { type: 'sasl.respond', profile: context.profile, payload: event.payload };
      },
    ),
    sendAbort: sendTo(
      ({ context }) => context.transport,
      ({ context }) => ({ type: 'sasl.abort', profile: context.profile }),
    ),
    passToExchange: sendTo('exchange', ({ event }) => {
      assertEvent(event, ['sasl.challenged', 'sasl.succeeded', 'sasl.failed']);
      return event;
    }),
  },
}).createMachine({
  id: 'authentication',
  context: initialContext,
  output: authenticationOutput,
  initial: 'choosing',
  options: { maxIterations: 100 },
  states: {
    choosing: {
      description:
        'A stored token, or else the strongest mechanism that both sides know and that is safe here (RFC 6120 §6.3.3).',
      always: [
        { guard: 'hasMechanism', target: 'exchanging' },
        { target: 'failed', actions: 'rememberNoMechanism' },
      ],
    },
    exchanging: {
      description: 'The mechanism runs.',
      initial: 'preparing',
      invoke: {
        id: 'exchange',
        src: 'exchange',
        input: exchangeInput,
        onError: { target: 'failed', actions: 'rememberCrash' },
      },
      on: {
        'exchange.failed': { target: 'failed', actions: ['rememberError', 'sendAbort'] },
        'exchange.refused': [
          { guard: 'refusedToken', target: 'choosing', actions: ['forgetToken', 'chooseAnew'] },
          { guard: 'guessedBinding', target: 'choosing', actions: ['rejectBinding', 'chooseAnew'] },
          { guard: 'mayRenewToken', target: 'choosing', actions: 'renewToken' },
          { target: 'failed', actions: 'rememberError' },
        ],
        'sasl.failed': { target: '.refused', actions: 'passToExchange' },
        'sasl.challenged': { target: 'failed', actions: ['rememberOutOfTurn', 'sendAbort'] },
        'sasl.succeeded': { target: 'failed', actions: 'rememberOutOfTurn' },
      },
      states: {
        preparing: {
          description: 'Asks the application for credentials; a person may be typing.',
          on: {
            'exchange.started': { target: 'awaitingServer', actions: 'sendAuth' },
            'exchange.failed': {
              guard: 'usedToken',
              target: '#authentication.choosing',
              actions: ['forgetToken', 'chooseAnew'],
            },
          },
          after: { credentialsDeadline: { target: '#authentication.failed', actions: 'rememberNoCredentials' } },
        },
        awaitingServer: {
          description: 'Waits for a challenge or the outcome.',
          on: {
            'sasl.challenged': { target: 'answering', actions: 'passToExchange' },
            'sasl.succeeded': {
              guard: 'isOfProfile',
              target: 'verifying',
              actions: ['rememberOutcome', 'passToExchange'],
            },
          },
          after: {
            answerDeadline: [
              // A server that is late may have taken the session up: nothing is left to abort, and nothing may end it.
              { guard: 'asksForSession', target: '#authentication.failed', actions: 'rememberSilence' },
              { target: '#authentication.failed', actions: ['rememberSilence', 'sendAbort'] },
            ],
          },
        },
        answering: {
          description: 'Computes the answer to a challenge.',
          on: { 'exchange.answered': { target: 'awaitingServer', actions: 'sendResponse' } },
          after: { answerDeadline: { target: '#authentication.failed', actions: ['rememberSilence', 'sendAbort'] } },
        },
        verifying: {
          description: 'The server says that we are in; does it know the secret itself? Then pin and token are kept.',
          on: {
            'exchange.verified': { target: '#authentication.succeeded', actions: 'rememberUnsaved' },
            // There is nothing left to abort (RFC 6120 §6.4.4): for the server the exchange is over.
            'exchange.failed': { target: '#authentication.failed', actions: 'rememberError' },
            'sasl.failed': { target: '#authentication.failed', actions: 'rememberOutOfTurn' },
          },
          after: { answerDeadline: { target: '#authentication.failed', actions: 'rememberSilence' } },
        },
        refused: {
          description: 'The server refused; some refusals say no more than that another way must be taken.',
          on: { 'sasl.failed': { target: '#authentication.failed', actions: 'rememberOutOfTurn' } },
          after: { answerDeadline: { target: '#authentication.failed', actions: 'rememberSilence' } },
        },
      },
    },
    succeeded: { type: 'final', description: 'Both sides are authenticated.' },
    failed: { type: 'final', description: 'The exchange failed; the output says why.' },
  },
});

function initialContext({ input }: { input: AuthenticationInput }): AuthenticationContext {
  return {
    ...input,
    choice: choose({ ...input, rejected: [] }),
    rejected: [],
    renewals: 0,
    error: undefined,
    outcome: undefined,
    unsaved: undefined,
  };
}

function exchangeInput({ context }: { context: AuthenticationContext }): ExchangeInput {
  const { settings, choice, offer, inline, channel, refusal } = context;
  return {
    settings,
    mechanism: choice.chosen?.name ?? '',
    offer,
    usesToken: choice.usesToken,
    requestedToken: choice.requestedToken,
    userAgent: userAgent(context).id,
    inline: inline && { bind: inline.bind, sm: inline.sm },
    channel,
    channelBinding: choice.channelBinding,
    canBind: choice.canBind,
    requireOfferHash: choice.requireOfferHash,
    reason: refusal,
  };
}

function authenticationOutput({ context }: { context: AuthenticationContext }): AuthenticationOutput {
  const { choice, error, outcome, unsaved, enables } = context;
  return { mechanism: choice.chosen?.name, error, outcome, enabled: outcome?.bound ? enables : [], unsaved };
}
