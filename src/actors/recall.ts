import { fromPromise } from 'xstate';
import type { RecalledToken, RecallInput, Recollection } from '../../machines/authentication.contracts.ts';
import { failureOf, storeError } from '../errors/index.ts';
import type { FastToken } from '../sasl/index.ts';

/** Asks the application's stores what they know about the account. A token that nobody can use is none. */
export const recallLogic = fromPromise<Recollection, RecallInput>(async ({ input: { settings } }) => {
  const account = settings.jid.bare;
  try {
    const [pin, token] = await Promise.all([settings.pins.get(account), settings.tokens?.get(account)]);
    return {
      pin: typeof pin === 'string' ? pin : undefined,
      token: isFastToken(token) ? withoutSecret(token) : undefined,
    };
  } catch (cause) {
    throw storeError(`The store of the application could not be read: ${failureOf(cause)}`);
  }
});

/** What a store gives back was written by this library, maybe another version of it, and may be damaged. */
export function isFastToken(value: FastToken | undefined): value is FastToken {
  if (typeof value !== 'object' || value === null) return false;
  return [value.mechanism, value.token, value.userAgent].every((text) => typeof text === 'string' && text !== '');
}

function withoutSecret({ mechanism, userAgent, inline }: FastToken): RecalledToken {
  const bind = Array.isArray(inline?.bind) ? inline.bind.filter((name) => typeof name === 'string') : undefined;
  return { mechanism, userAgent, inline: inline && { bind, sm: inline.sm === true } };
}
