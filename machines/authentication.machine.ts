import { assertEvent, assign, sendTo, setup } from 'xstate';
import type { XmppError } from '../src/errors/index.ts';
import { chooseMechanism, noMechanismError, SaslError } from '../src/sasl/index.ts';
import { type ExchangeEvent, type ExchangeInput, exchangeSlot, type TransportRef } from './contracts.ts';
import type { SaslEvent } from './events.ts';
import type { ClientInput } from './settings.ts';

export interface AuthenticationInput {
  readonly settings: ClientInput;
  /** The mechanisms that the server offers. */
  readonly offered: readonly string[];
  /** Nobody can read along, or the application asked for PLAIN on loopback by name. */
  readonly mayShowPassword: boolean;
  /** Why the last credentials were refused. */
  readonly refusal: SaslError | undefined;
  readonly transport: TransportRef;
}

export interface AuthenticationContext extends AuthenticationInput {
  /** The mechanism that is used; absent where none is acceptable. */
  readonly mechanism: string | undefined;
  readonly error: XmppError | undefined;
}

/** The mechanism that authenticated both sides, or why it failed. */
export interface AuthenticationOutput {
  readonly mechanism: string | undefined;
  readonly error: XmppError | undefined;
}

/**
 * One SASL exchange (RFC 6120 §6.4): choose the mechanism, ask for credentials, answer challenges, verify the server.
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
    hasMechanism: ({ context }) => context.mechanism !== undefined,
  },
  delays: {
    credentialsDeadline: ({ context }) => context.settings.timeouts.credentials,
    answerDeadline: ({ context }) => context.settings.timeouts.authenticate,
  },
  actions: {
    rememberNoMechanism: assign({ error: ({ context }) => noMechanismError(choose(context)) }),
    rememberError: assign({
      error: ({ event }) => {
        assertEvent(event, ['sasl.failed', 'exchange.failed']);
        return event.error;
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
        return { type: 'sasl.authenticate', mechanism: context.mechanism ?? '', payload: event.payload };
      },
    ),
    sendResponse: sendTo(
      ({ context }) => context.transport,
      ({ event }) => {
        assertEvent(event, 'exchange.answered');
        return { type: 'sasl.respond', payload: event.payload };
      },
    ),
    sendAbort: sendTo(({ context }) => context.transport, { type: 'sasl.abort' }),
    passToExchange: sendTo('exchange', ({ event }) => {
      assertEvent(event, ['sasl.challenged', 'sasl.succeeded']);
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
        'The strongest mechanism that both sides know and that is safe on this connection (RFC 6120 §6.3.3).',
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
        'sasl.failed': { target: 'failed', actions: 'rememberError' },
        'sasl.challenged': { target: 'failed', actions: ['rememberOutOfTurn', 'sendAbort'] },
        'sasl.succeeded': { target: 'failed', actions: 'rememberOutOfTurn' },
      },
      states: {
        preparing: {
          description: 'Asks the application for credentials; a person may be typing.',
          on: { 'exchange.started': { target: 'awaitingServer', actions: 'sendAuth' } },
          after: { credentialsDeadline: { target: '#authentication.failed', actions: 'rememberNoCredentials' } },
        },
        awaitingServer: {
          description: 'Waits for a challenge or the outcome.',
          on: {
            'sasl.challenged': { target: 'answering', actions: 'passToExchange' },
            'sasl.succeeded': { target: 'verifying', actions: 'passToExchange' },
          },
          after: { answerDeadline: { target: '#authentication.failed', actions: ['rememberSilence', 'sendAbort'] } },
        },
        answering: {
          description: 'Computes the answer to a challenge.',
          on: { 'exchange.answered': { target: 'awaitingServer', actions: 'sendResponse' } },
          after: { answerDeadline: { target: '#authentication.failed', actions: ['rememberSilence', 'sendAbort'] } },
        },
        verifying: {
          description: 'The server says that we are in; does it know the secret itself?',
          on: { 'exchange.verified': '#authentication.succeeded' },
          after: { answerDeadline: { target: '#authentication.failed', actions: 'rememberSilence' } },
        },
      },
    },
    succeeded: { type: 'final', description: 'Both sides are authenticated.' },
    failed: { type: 'final', description: 'The exchange failed; the output says why.' },
  },
});

function initialContext({ input }: { input: AuthenticationInput }): AuthenticationContext {
  return { ...input, mechanism: choose(input).chosen?.name, error: undefined };
}

function exchangeInput({ context }: { context: AuthenticationContext }): ExchangeInput {
  const { settings, offered, refusal, mechanism } = context;
  return {
    mechanism: mechanism ?? '',
    offered,
    account: settings.jid,
    credentials: settings.credentials,
    reason: refusal,
  };
}

function authenticationOutput({ context }: { context: AuthenticationContext }): AuthenticationOutput {
  return { mechanism: context.mechanism, error: context.error };
}

function choose({ offered, mayShowPassword, settings }: AuthenticationInput) {
  return chooseMechanism(offered, { secure: mayShowPassword, allow: settings.mechanisms });
}
