import { equalBytes } from './bytes.ts';
import type { HashName } from './crypto.ts';
import type { ExchangeOptions } from './mechanism.ts';
import { hashOffer } from './offer.ts';
import { quote, type SaslCondition, SaslError } from './sasl-error.ts';
import {
  parseServerFinal,
  parseServerFirst,
  readMessage,
  ScramSyntaxError,
  type ServerFirst,
} from './scram-grammar.ts';

/** A first message that may be answered. */
export interface AcceptedServerFirst extends ServerFirst {
  /** The message as it came: the second part of the AuthMessage. */
  readonly text: string;
}

/**
 * Reads `server-first-message` and checks everything that must be true before a proof of the password is computed, let
 * alone sent. Throws {@link SaslError}.
 */
export async function acceptServerFirst(
  challenge: Uint8Array,
  ownNonce: string,
  hash: HashName,
  options: ExchangeOptions,
): Promise<AcceptedServerFirst> {
  const text = readFromServer(challenge, readMessage);
  if (text.startsWith('e=')) throw refusedByServer(text);
  const first = readFromServer(text, parseServerFirst);
  if (!first.nonce.startsWith(ownNonce) || first.nonce.length === ownNonce.length) {
    throw new SaslError("The server's nonce does not continue that of this client", { condition: 'foreign-nonce' });
  }
  checkIterations(first.iterations, options);
  await checkOffer(first.offerHash, hash, options);
  return { ...first, text };
}

/** Checks that `server-final-message` holds the server's signature. Throws {@link SaslError}. */
export function verifyServerFinal(bytes: Uint8Array, expected: Uint8Array): void {
  if (bytes.length === 0) throw unproven('its signature is missing');
  const message = readFromServer(bytes, readMessage);
  const final = readFromServer(message, parseServerFinal);
  if (final.type === 'error') throw refusedByServer(message);
  if (!equalBytes(final.signature, expected)) throw unproven('its signature does not fit the password');
}

/** The error for a message that SCRAM does not allow. */
export function malformed(expectation: string): SaslError {
  return new SaslError(`The server sent a malformed SCRAM message: ${expectation}`, {
    condition: 'malformed-challenge',
  });
}

/** The error for a server that reports success without knowing the account. */
export function unproven(how: string): SaslError {
  return new SaslError(`The server did not prove that it knows the account: ${how}`, {
    condition: 'server-not-authenticated',
  });
}

function checkIterations(iterations: number, options: ExchangeOptions): void {
  const { minIterations = MIN_ITERATIONS, maxIterations = MAX_ITERATIONS } = options;
  // Negated so that a limit that is no number refuses everything instead of nothing.
  if (!(iterations >= minIterations)) {
    const message = `The server asks for ${iterations} iterations, fewer than ${minIterations}`;
    throw new SaslError(message, { condition: 'weak-parameters' });
  }
  if (!(iterations <= maxIterations)) {
    const message = `The server asks for ${iterations} iterations, more than ${maxIterations}`;
    throw new SaslError(message, { condition: 'excessive-parameters' });
  }
}

/**
 * The hash of what the server says it offered must be that of what arrived (XEP-0474 §5.2). Whoever changes the hash as well
 * changes what the server signs, and fails.
 */
async function checkOffer(sent: string | undefined, hash: HashName, options: ExchangeOptions): Promise<void> {
  const { crypto, offer, requireOfferHash = false } = options;
  if (sent === undefined || offer === undefined) {
    if (requireOfferHash)
      throw downgraded('it does not say what it offered, and this client cannot trust what arrived');
    return;
  }
  if (sent !== (await hashOffer(hash, offer, crypto))) throw downgraded('it offered something else than what arrived');
}

function downgraded(how: string): SaslError {
  return new SaslError(`The offer of the server may have been changed on its way: ${how}`, { condition: 'downgrade' });
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
