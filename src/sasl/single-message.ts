import { throwIfAborted } from './abort.ts';
import { equalBytes, noBytes } from './bytes.ts';
import type { ClientExchange, ExchangeOptions } from './mechanism.ts';
import { SaslError } from './sasl-error.ts';

/** The only message of a client. */
export interface SingleMessage {
  readonly message: Uint8Array;
  /** What the server has to send with its report of success, to prove itself; nothing if absent. */
  readonly proof?: Uint8Array | undefined;
}

type Step =
  | { readonly is: 'ready' }
  | { readonly is: 'preparing' }
  | { readonly is: 'awaitingSuccess'; readonly proof: Uint8Array | undefined }
  | { readonly is: 'over' };

/** The exchange of a mechanism in which the client says one thing and the server answers with success or failure. */
export function createSingleMessageExchange(
  name: string,
  options: ExchangeOptions,
  build: () => Promise<SingleMessage>,
): ClientExchange {
  let step: Step = { is: 'ready' };

  function take(): Step {
    const current = step;
    step = { is: 'over' };
    return current;
  }

  return {
    async start() {
      if (take().is !== 'ready') throw outOfOrder(name, 'was started twice');
      throwIfAborted(options.signal);
      const preparing: Step = { is: 'preparing' };
      step = preparing;
      const { message, proof } = await build().catch((error: unknown) => {
        take();
        throw error;
      });
      if (take() !== preparing) throw outOfOrder(name, 'got a message before it sent one');
      throwIfAborted(options.signal);
      step = { is: 'awaitingSuccess', proof };
      return message;
    },

    async answer() {
      take();
      throw outOfOrder(name, `got a challenge, which ${name} does not have`);
    },

    finish(additional) {
      const current = take();
      if (current.is !== 'awaitingSuccess') throw outOfOrder(name, 'got a report of success out of turn');
      if (current.proof) checkProof(current.proof, additional ?? noBytes());
      else if (additional && additional.length > 0) throw unexpectedData(name);
    },
  };
}

function checkProof(expected: Uint8Array, got: Uint8Array): void {
  if (equalBytes(got, expected)) return;
  const how = got.length === 0 ? 'its proof is missing' : 'its proof does not fit the token';
  throw new SaslError(`The server did not prove that it knows the token: ${how}`, {
    condition: 'server-not-authenticated',
  });
}

function unexpectedData(name: string): SaslError {
  return new SaslError(`The server sent data with its report of success, which ${name} does not have`, {
    condition: 'malformed-challenge',
  });
}

function outOfOrder(name: string, what: string): SaslError {
  return new SaslError(`The ${name} exchange ${what}`, { condition: 'out-of-order' });
}
