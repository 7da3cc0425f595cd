import type { ExchangeInput } from '../../machines/authentication.contracts.ts';
import type { ClientInput } from '../../machines/settings.ts';
import type { TransportError } from '../errors/index.ts';
import { type Credentials, pinAfter, SaslError } from '../sasl/index.ts';
import { isFastToken, storeError } from './recall.ts';

/*
 * The stores of the application, as the actor of an authentication uses them: the mechanism that worked, and the token.
 */

/** The stored token, to log in with. */
export async function takeToken({ jid, tokens }: ClientInput): Promise<Credentials> {
  const stored = await tokens?.get(jid.bare);
  if (!isFastToken(stored)) throw new SaslError('The stored token is gone', { condition: 'missing-credentials' });
  return { username: jid.localpart, hashedToken: stored.token };
}

/** The server does not take the token any more. */
export async function forgetToken({ jid, tokens }: ClientInput): Promise<void> {
  try {
    await tokens?.delete(jid.bare);
  } catch {
    // It is asked for again at the next login, refused again, and costs a round trip: no reason to fail this one.
  }
}

/**
 * After a login: keeps the mechanism, which nothing weaker may follow, and the token that the server gave. Resolves with an
 * error where a store failed: that is no reason to give up the login.
 */
export async function rememberLogin(
  input: ExchangeInput,
  token: { readonly token: string; readonly expiry: string | undefined } | undefined,
): Promise<TransportError | undefined> {
  try {
    // A token says nothing about what the server does with passwords.
    if (!input.usesToken) await keepPin(input);
    if (token) await keepToken(input, token);
    return undefined;
  } catch (cause) {
    return storeError('written', cause);
  }
}

async function keepPin({ settings: { jid, pins }, mechanism }: ExchangeInput): Promise<void> {
  const before = await pins.get(jid.bare);
  const after = pinAfter(mechanism, before);
  if (after !== before) await pins.set(jid.bare, after);
}

/** A server renews the token of a login unasked (XEP-0484 §3.5); it is good for the mechanism that was used. */
async function keepToken(
  { settings: { jid, tokens }, usesToken, requestedToken, mechanism, userAgent, inline }: ExchangeInput,
  token: { readonly token: string; readonly expiry: string | undefined },
): Promise<void> {
  const goodFor = usesToken ? mechanism : requestedToken;
  if (goodFor !== undefined) await tokens?.set(jid.bare, { ...token, mechanism: goodFor, userAgent, inline });
}
