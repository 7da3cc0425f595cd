import { encodeBase64, encodeUtf8, equalBytes, noBytes, xorBytes } from './bytes.ts';
import { clientGs2Flag, escapeSaslName, formatGs2Header } from './gs2.ts';
import type { ClientExchange, Credentials, ExchangeOptions, Mechanism } from './mechanism.ts';
import { prepare } from './prepare.ts';
import { quote, type SaslCondition, SaslError } from './sasl-error.ts';
import {
  parseServerFinal,
  parseServerFirst,
  readMessage,
  ScramSyntaxError,
  type ServerFirst,
} from './scram-grammar.ts';
import { authMessage, deriveKeys, SCRAM_HASHES, type ScramName } from './scram-keys.ts';

/** A SCRAM mechanism without channel binding (RFC 5802, RFC 7677). */
export function scramMechanism(name: ScramName): Mechanism {
  return { name, createExchange: (credentials, options) => createScramExchange(name, credentials, options) };
}

/** Where an exchange stands: what it waits for, and what it must remember until then. */
type Step =
  | { readonly is: 'ready'; readonly credentials: Credentials }
  | AwaitingServerFirst
  | { readonly is: 'computing' }
  | { readonly is: 'awaitingServerFinal'; readonly serverSignature: Uint8Array }
  /** The server proved itself in a challenge; its report of success is still to come. */
  | { readonly is: 'verified' }
  | { readonly is: 'over' };

interface AwaitingServerFirst {
  readonly is: 'awaitingServerFirst';
  readonly gs2: string;
  readonly bare: string;
  readonly nonce: string;
  readonly password: Uint8Array;
}

/**
 * One login. Every method takes the step away before it works and puts the next one in its place when it succeeded, so
 * that the exchange is over after any error; also after a message that comes while the answer to another one is computed.
 */
function createScramExchange(name: ScramName, credentials: Credentials, options: ExchangeOptions): ClientExchange {
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
      const next = firstStep(current.credentials, options);
      step = next;
      return encodeUtf8(next.gs2 + next.bare);
    },

    async answer(challenge) {
      const current = take();
      if (current.is === 'awaitingServerFirst') {
        const computing: Step = { is: 'computing' };
        step = computing;
        const { response, serverSignature } = await answerServerFirst(name, current, challenge, options);
        if (step !== computing) throw outOfOrder('got a message while it computed the answer to another one');
        step = { is: 'awaitingServerFinal', serverSignature };
        return response;
      }
      if (current.is !== 'awaitingServerFinal') throw outOfOrder('got a challenge out of turn');
      verifyServerFinal(challenge, current.serverSignature);
      step = { is: 'verified' };
      return noBytes();
    },

    finish(additional) {
      const current = take();
      switch (current.is) {
        case 'awaitingServerFinal':
          return verifyServerFinal(additional ?? noBytes(), current.serverSignature);
        case 'verified':
          if (additional && additional.length > 0) throw malformed('expected nothing after the server-final message');
          return;
        case 'awaitingServerFirst':
        case 'computing':
          throw unproven('it reported success before it got our proof');
        case 'ready':
        case 'over':
          throw outOfOrder('got a report of success out of turn');
      }
    },
  };
}

function firstStep(credentials: Credentials, options: ExchangeOptions): AwaitingServerFirst {
  throwIfAborted(options.signal);
  const username = prepare(credentials.username, 'username');
  const password = encodeUtf8(prepare(credentials.password, 'password'));
  const authzid = credentials.authzid && prepare(credentials.authzid, 'authorization identity');
  const nonce = encodeBase64(options.crypto.randomBytes(NONCE_BYTES));
  return {
    is: 'awaitingServerFirst',
    gs2: formatGs2Header({ flag: clientGs2Flag(), authzid: authzid || undefined }),
    bare: `n=${escapeSaslName(username)},r=${nonce}`,
    nonce,
    password,
  };
}

async function answerServerFirst(
  name: ScramName,
  step: AwaitingServerFirst,
  challenge: Uint8Array,
  options: ExchangeOptions,
): Promise<{ readonly response: Uint8Array; readonly serverSignature: Uint8Array }> {
  const { crypto, signal } = options;
  const hash = SCRAM_HASHES[name];
  try {
    throwIfAborted(signal);
    const serverFirst = readFromServer(challenge, readMessage);
    const { nonce, salt, iterations } = acceptServerFirst(serverFirst, step.nonce, options);
    const keys = await deriveKeys(hash, { password: step.password, salt, iterations, signal }, crypto);
    const withoutProof = `c=${encodeBase64(encodeUtf8(step.gs2))},r=${nonce}`;
    const signed = authMessage(step.bare, serverFirst, withoutProof);
    const proof = xorBytes(keys.clientKey, await crypto.hmac(hash, keys.storedKey, signed));
    const serverSignature = await crypto.hmac(hash, keys.serverKey, signed);
    for (const key of [keys.clientKey, keys.storedKey, keys.serverKey]) key.fill(0);
    throwIfAborted(signal);
    return { response: encodeUtf8(`${withoutProof},p=${encodeBase64(proof)}`), serverSignature };
  } catch (error) {
    throwIfAborted(signal);
    throw error;
  } finally {
    step.password.fill(0);
  }
}

/** Everything that must be true before a proof of the password is computed, let alone sent. */
function acceptServerFirst(message: string, ownNonce: string, options: ExchangeOptions): ServerFirst {
  if (message.startsWith('e=')) throw refusedByServer(message);
  const first = readFromServer(message, parseServerFirst);
  if (!first.nonce.startsWith(ownNonce) || first.nonce.length === ownNonce.length) {
    throw new SaslError("The server's nonce does not continue that of this client", { condition: 'foreign-nonce' });
  }
  const { minIterations = MIN_ITERATIONS, maxIterations = MAX_ITERATIONS } = options;
  // Negated so that a limit that is no number refuses everything instead of nothing.
  if (!(first.iterations >= minIterations)) {
    const message = `The server asks for ${first.iterations} iterations, fewer than ${minIterations}`;
    throw new SaslError(message, { condition: 'weak-parameters' });
  }
  if (!(first.iterations <= maxIterations)) {
    const message = `The server asks for ${first.iterations} iterations, more than ${maxIterations}`;
    throw new SaslError(message, { condition: 'excessive-parameters' });
  }
  return first;
}

function verifyServerFinal(bytes: Uint8Array, expected: Uint8Array): void {
  if (bytes.length === 0) throw unproven('its signature is missing');
  const message = readFromServer(bytes, readMessage);
  const final = readFromServer(message, parseServerFinal);
  if (final.type === 'error') throw refusedByServer(message);
  if (!equalBytes(final.signature, expected)) throw unproven('its signature does not fit the password');
}

function refusedByServer(message: string): SaslError {
  const final = readFromServer(message, parseServerFinal);
  const value = final.type === 'error' ? final.value : '';
  const condition = SERVER_ERRORS.get(value) ?? 'not-authorized';
  return new SaslError(`The server refused the authentication with e=${quote(value)}`, { condition, text: value });
}

function readFromServer<From, To>(from: From, read: (from: From) => To): To {
  try {
    return read(from);
  } catch (error) {
    if (error instanceof ScramSyntaxError) throw malformed(error.message);
    throw error;
  }
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return;
  throw new SaslError('The authentication was aborted', { condition: 'aborted', cause: signal.reason });
}

function malformed(expectation: string): SaslError {
  return new SaslError(`The server sent a malformed SCRAM message: ${expectation}`, {
    condition: 'malformed-challenge',
  });
}

function unproven(how: string): SaslError {
  return new SaslError(`The server did not prove that it knows the account: ${how}`, {
    condition: 'server-not-authenticated',
  });
}

function outOfOrder(what: string): SaslError {
  return new SaslError(`The SCRAM exchange ${what}`, { condition: 'out-of-order' });
}

/** 24 bytes: 192 bits that nobody can guess, and a nonce of 32 characters. */
const NONCE_BYTES = 24;
const MIN_ITERATIONS = 4096;
const MAX_ITERATIONS = 10_000_000;

/** The `server-error-value`s of RFC 5802 §7; any other one means no more than `other-error`. */
const SERVER_ERRORS: ReadonlyMap<string, SaslCondition> = new Map([
  ['invalid-encoding', 'malformed-request'],
  ['extensions-not-supported', 'malformed-request'],
  ['invalid-proof', 'not-authorized'],
  ['channel-bindings-dont-match', 'server-not-authenticated'],
  ['server-does-support-channel-binding', 'downgrade'],
  ['channel-binding-not-supported', 'invalid-mechanism'],
  ['unsupported-channel-binding-type', 'invalid-mechanism'],
  ['unknown-user', 'not-authorized'],
  ['invalid-username-encoding', 'malformed-request'],
  ['no-resources', 'temporary-auth-failure'],
  ['other-error', 'not-authorized'],
]);
