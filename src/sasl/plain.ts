import { encodeUtf8 } from './bytes.ts';
import type { ClientExchange, Credentials, Mechanism } from './mechanism.ts';
import { prepare } from './prepare.ts';
import { SaslError } from './sasl-error.ts';

/** PLAIN (RFC 4616): sends the password itself, and the server proves nothing. For verified TLS only. */
export const plainMechanism: Mechanism = {
  name: 'PLAIN',
  createExchange: (credentials, { signal }) => createPlainExchange(credentials, signal),
};

type Step =
  | { readonly is: 'ready'; readonly credentials: Credentials }
  | { readonly is: 'awaitingSuccess' }
  | { readonly is: 'over' };

function createPlainExchange(credentials: Credentials, signal: AbortSignal | undefined): ClientExchange {
  let step: Step = { is: 'ready', credentials };

  function take(): Step {
    const current = step;
    step = { is: 'over' };
    return current;
  }

  return {
    async start() {
      const current = take();
      if (current.is !== 'ready') throw outOfOrder('was started twice');
      if (signal?.aborted) {
        throw new SaslError('The authentication was aborted', { condition: 'aborted', cause: signal.reason });
      }
      const message = initialResponse(current.credentials);
      step = { is: 'awaitingSuccess' };
      return message;
    },

    async answer() {
      take();
      throw outOfOrder('got a challenge, which PLAIN does not have');
    },

    finish(additional) {
      const current = take();
      if (current.is !== 'awaitingSuccess') throw outOfOrder('got a report of success out of turn');
      if (!additional || additional.length === 0) return;
      throw new SaslError('The server sent data with its report of success, which PLAIN does not have', {
        condition: 'malformed-challenge',
      });
    },
  };
}

/** `[authzid] NUL authcid NUL passwd` (RFC 4616 §2); no part can contain NUL once it is prepared. */
function initialResponse(credentials: Credentials): Uint8Array {
  const username = prepare(credentials.username, 'username');
  const password = prepare(credentials.password, 'password');
  const authzid = credentials.authzid ? prepare(credentials.authzid, 'authorization identity') : '';
  return encodeUtf8(`${authzid}\0${username}\0${password}`);
}

function outOfOrder(what: string): SaslError {
  return new SaslError(`The PLAIN exchange ${what}`, { condition: 'out-of-order' });
}
