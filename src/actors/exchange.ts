import { fromCallback } from 'xstate';
import type { ExchangeEvent, ExchangeInput } from '../../machines/authentication.contracts.ts';
import type { SaslEvent } from '../../machines/events.ts';
import { kindOf, TransportError, type XmppError } from '../errors/index.ts';
import {
  type ClientExchange,
  type Credentials,
  MECHANISMS,
  SaslError,
  type ScramCrypto,
  Sealed,
} from '../sasl/index.ts';
import { forgetToken, rememberLogin, takeToken } from './credentials.ts';

/**
 * One run of a SASL mechanism: asks the application for credentials, computes, verifies the server, and keeps what the login
 * taught. Secrets are in here and nowhere else; what it reports is sealed. Leaving the state aborts what is being computed.
 */
export function exchangeLogic(crypto: ScramCrypto) {
  return fromCallback<SaslEvent, ExchangeInput>(({ input, sendBack, receive }) => {
    const abort = new AbortController();
    const report = (event: ExchangeEvent): void => {
      if (!abort.signal.aborted) sendBack(event);
    };
    const fail = (cause: unknown): void => report({ type: 'exchange.failed', error: asReported(cause) });
    let exchange: ClientExchange | undefined;
    let usedToken: string | undefined;

    receive((event) => {
      if (event.type === 'sasl.challenged') answer(event.payload.reveal()).catch(fail);
      if (event.type === 'sasl.succeeded') finish(event).catch(fail);
      if (event.type === 'sasl.failed') refuse(event.error).catch(fail);
    });
    start().catch(fail);
    return () => abort.abort(LEFT);

    async function start(): Promise<void> {
      const credentials = input.usesToken ? await takeToken(input, abort.signal) : await ask(input, abort.signal);
      usedToken = credentials.hashedToken;
      const mechanism = MECHANISMS.find(({ name }) => name === input.mechanism);
      if (!mechanism) throw new SaslError(`No such mechanism: ${input.mechanism}`, { condition: 'no-mechanism' });
      const { offer, canBind, requireOfferHash } = input;
      const channelBinding = await bindingOf(input);
      const { signal } = abort;
      exchange = mechanism.createExchange(credentials, {
        crypto: input.settings.saltedPasswords.remembering(crypto),
        signal,
        offer,
        canBind,
        requireOfferHash,
        channelBinding,
      });
      const initial = await exchange.start();
      report({ type: 'exchange.started', payload: initial && new Sealed(initial) });
    }

    async function answer(challenge: Uint8Array): Promise<void> {
      const response = await exchange?.answer(challenge);
      if (response) report({ type: 'exchange.answered', payload: new Sealed(response) });
    }

    async function finish({ payload, outcome }: Extract<SaslEvent, { type: 'sasl.succeeded' }>): Promise<void> {
      if (!exchange)
        throw new SaslError('The server accepts a login that was not begun', { condition: 'out-of-order' });
      exchange.finish(payload?.reveal());
      report({
        type: 'exchange.verified',
        unsaved: await rememberLogin(input, outcome?.token?.reveal(), abort.signal),
      });
    }

    async function refuse(error: SaslError): Promise<void> {
      const explained = exchange?.explain?.(error) ?? error;
      if (input.usesToken && !TELLS_NOTHING.has(explained.condition))
        await forgetToken(input.settings, usedToken, abort.signal);
      report({ type: 'exchange.refused', error: explained });
    }
  });
}

/** Refusals that say nothing about the token. */
const TELLS_NOTHING: ReadonlySet<string> = new Set([
  'temporary-auth-failure',
  'aborted',
  'malformed-challenge',
  'tasks-required',
]);

/** The reason of every abort; one for all, since nobody sees it and making one captures a stack. */
const LEFT = new SaslError('The login was left', { condition: 'aborted' });

async function ask({ settings, mechanism, reason }: ExchangeInput, signal: AbortSignal): Promise<Credentials> {
  const { jid, credentials } = settings;
  try {
    const given = await credentials({ mechanism, domain: jid.domainpart, account: jid.bare, reason, signal });
    return { ...given, username: given.username ?? jid.localpart };
  } catch (cause) {
    if (cause instanceof SaslError) throw cause;
    throw new SaslError(`The credentials function failed with ${kindOf(cause)}`, { condition: 'missing-credentials' });
  }
}

async function bindingOf({ channel, channelBinding: type }: ExchangeInput) {
  if (!(channel && type)) return undefined;
  return { type, data: await channel.bindingData(type) };
}

/** The message of a foreign error may hold anything, also a secret: only what it is gets out. */
function asReported(cause: unknown): XmppError {
  if (cause instanceof SaslError || cause instanceof TransportError) return cause;
  return new SaslError(`The platform could not compute what the login needs: ${kindOf(cause)}`, {
    condition: 'crypto-unavailable',
  });
}
