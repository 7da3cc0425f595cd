import type { ExchangeInput } from '../../machines/authentication.contracts.ts';
import type { ClientInput } from '../../machines/settings.ts';
import { failureOf, storeError, TransportError } from '../errors/index.ts';
import { type Credentials, pinAfter, SaslError } from '../sasl/index.ts';
import { isFastToken } from './recall.ts';

/*
 * The stores of the application, as the actor of an authentication uses them: the mechanism that worked, and the token.
 */

/** A token as the server gave it (XEP-0484 §3.3). */
interface GivenToken {
  readonly token: string;
  readonly expiry: string | undefined;
}

/** The stored token, to log in with; another client that shares the store may have exchanged it meanwhile. */
export async function takeToken(
  { settings, mechanism, userAgent }: ExchangeInput,
  signal: AbortSignal,
): Promise<Credentials> {
  const { jid, tokens } = settings;
  const stored = await inTime(settings, signal, async () => tokens?.get(jid.bare)).catch((cause: unknown) => {
    const why = `The store of the application could not be read: ${failureOf(cause)}`;
    throw new SaslError(why, { condition: 'missing-credentials' });
  });
  if (!isFastToken(stored) || stored.mechanism !== mechanism || stored.userAgent !== userAgent) {
    throw new SaslError('The stored token is gone', { condition: 'missing-credentials' });
  }
  return { username: jid.localpart, hashedToken: stored.token };
}

/** The server does not take this token any more; one that was stored meanwhile stays. */
export async function forgetToken(
  settings: ClientInput,
  refused: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { jid, tokens } = settings;
  try {
    await inTime(settings, signal, async () => {
      const stored = await tokens?.get(jid.bare);
      if (stored?.token === refused) await tokens?.delete(jid.bare);
    });
  } catch {
    // It is asked for again at the next login, refused again, and costs a round trip: no reason to fail this one.
  }
}

/**
 * After a login: keeps the mechanism, which nothing weaker may follow, and the token that the server gave. Resolves with an
 * error where a store failed, or did not answer while the server waits: that is no reason to give up the login.
 */
export async function rememberLogin(
  input: ExchangeInput,
  token: GivenToken | undefined,
  signal: AbortSignal,
): Promise<TransportError | undefined> {
  try {
    await inTime(input.settings, signal, () => keep(input, token));
    return undefined;
  } catch (cause) {
    if (cause instanceof TransportError) return cause;
    return storeError(`The store of the application could not be written: ${failureOf(cause)}`);
  }
}

/**
 * What the stores answer, or an error where that takes too long while the server waits. When the login is left no timer is, and
 * nobody hears of the answer.
 */
function inTime<T>({ clock, timeouts }: ClientInput, signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clock.clearTimeout(timer);
      signal.removeEventListener('abort', end);
    };
    const late = (): void => {
      end();
      reject(storeError('A store of the application did not answer in time'));
    };
    const timer = clock.setTimeout(late, timeouts.authenticate / 2);
    signal.addEventListener('abort', end);
    ask().finally(end).then(resolve, reject);
  });
}

async function keep(input: ExchangeInput, token: GivenToken | undefined): Promise<void> {
  // A token says nothing about what the server does with passwords.
  if (!input.usesToken) await keepPin(input);
  if (token) await keepToken(input, token);
  else if (!input.usesToken) await dropToken(input.settings);
}

async function keepPin({ settings: { jid, pins }, mechanism }: ExchangeInput): Promise<void> {
  const before = await pins.get(jid.bare);
  const after = pinAfter(mechanism, before);
  if (after !== before) await pins.set(jid.bare, after);
}

/** A server renews the token of a login unasked (XEP-0484 §3.5); it is good for the mechanism that was used. */
async function keepToken(
  { settings: { jid, tokens }, usesToken, requestedToken, mechanism, userAgent, inline }: ExchangeInput,
  token: GivenToken,
): Promise<void> {
  const goodFor = usesToken ? mechanism : requestedToken;
  if (goodFor !== undefined) await tokens?.set(jid.bare, { ...token, mechanism: goodFor, userAgent, inline });
}

/** Nobody could log in with the old token, and there is no new one: the server does not do this any more. */
async function dropToken({ jid, tokens }: ClientInput): Promise<void> {
  if ((await tokens?.get(jid.bare)) !== undefined) await tokens?.delete(jid.bare);
}
