import { throwIfAborted } from './abort.ts';
import { encodeBase64, encodeUtf8, noBytes, xorBytes } from './bytes.ts';
import { escapeSaslName, formatGs2Header, unboundGs2Flag } from './gs2.ts';
import type { ClientExchange, Credentials, ExchangeOptions, Mechanism } from './mechanism.ts';
import { prepare } from './prepare.ts';
import { SaslError } from './sasl-error.ts';
import { authMessage, deriveKeys, isPlus, type ScramName, type ScramPlusName, scramHash } from './scram-keys.ts';
import { acceptServerFirst, malformed, unproven, verifyServerFinal } from './scram-server-messages.ts';

/** A SCRAM mechanism (RFC 5802, RFC 7677), bound to the TLS connection if its name ends with -PLUS. */
export function scramMechanism(name: ScramName | ScramPlusName): Mechanism {
  return {
    name,
    credential: 'password',
    binds: isPlus(name) ? 'any' : undefined,
    showsSecret: false,
    scramHash: scramHash(name),
    createExchange: (credentials, options) => createScramExchange(name, credentials, options),
  };
}

/** Where an exchange stands: what it waits for, and what it must remember until then. */
type Step =
  | { readonly is: 'ready'; readonly credentials: Credentials }
  | { readonly is: 'preparing' }
  | AwaitingServerFirst
  | { readonly is: 'computing' }
  | { readonly is: 'awaitingServerFinal'; readonly serverSignature: Uint8Array }
  /** The server proved itself in a challenge; its report of success is still to come. */
  | { readonly is: 'verified' }
  | { readonly is: 'over' };

interface AwaitingServerFirst {
  readonly is: 'awaitingServerFirst';
  readonly gs2: string;
  /** The GS2 header and the channel binding data: what `c=` repeats. */
  readonly binding: Uint8Array;
  readonly bare: string;
  readonly nonce: string;
  readonly password: Uint8Array;
}

/**
 * One login. Every method takes the step away before it works and puts the next one in its place when it succeeded, so
 * that the exchange is over after any error; also after a message that comes while the answer to another one is computed.
 */
function createScramExchange(
  name: ScramName | ScramPlusName,
  credentials: Credentials,
  options: ExchangeOptions,
): ClientExchange {
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
      const preparing: Step = { is: 'preparing' };
      step = preparing;
      const next = await firstStep(name, current.credentials, options).catch((error: unknown) => {
        take();
        throw error;
      });
      if (step !== preparing) throw outOfOrder('got a message before it sent one');
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
        case 'preparing':
        case 'over':
          throw outOfOrder('got a report of success out of turn');
      }
    },
  };
}

async function firstStep(
  name: ScramName | ScramPlusName,
  credentials: Credentials,
  options: ExchangeOptions,
): Promise<AwaitingServerFirst> {
  throwIfAborted(options.signal);
  const bound = isPlus(name) ? boundChannel(options) : undefined;
  const username = await prepare(credentials.username, 'username');
  const authzid = credentials.authzid ? await prepare(credentials.authzid, 'authorization identity') : undefined;
  const password = await prepare(credentials.password, 'password');
  throwIfAborted(options.signal);
  const nonce = encodeBase64(options.crypto.randomBytes(NONCE_BYTES));
  const unboundFlag = unboundGs2Flag(options.canBind ?? false, options.offer);
  const gs2 = formatGs2Header({ flag: bound ? `p=${bound.type}` : unboundFlag, authzid });
  return {
    is: 'awaitingServerFirst',
    gs2,
    binding: new Uint8Array([...encodeUtf8(gs2), ...(bound?.data ?? [])]),
    bare: `n=${escapeSaslName(username)},r=${nonce}`,
    nonce,
    password: encodeUtf8(password),
  };
}

function boundChannel({ channelBinding }: ExchangeOptions) {
  if (channelBinding && channelBinding.data.length > 0) return channelBinding;
  throw new SaslError('There is nothing to bind the login to', { condition: 'no-mechanism' });
}

async function answerServerFirst(
  name: ScramName | ScramPlusName,
  step: AwaitingServerFirst,
  challenge: Uint8Array,
  options: ExchangeOptions,
): Promise<{ readonly response: Uint8Array; readonly serverSignature: Uint8Array }> {
  const { crypto, signal } = options;
  const hash = scramHash(name);
  try {
    throwIfAborted(signal);
    const first = await acceptServerFirst(challenge, step.nonce, hash, options);
    throwIfAborted(signal);
    const { salt, iterations } = first;
    const keys = await deriveKeys(hash, { password: step.password, salt, iterations, signal }, crypto);
    const withoutProof = `c=${encodeBase64(step.binding)},r=${first.nonce}`;
    const signed = authMessage(step.bare, first.text, withoutProof);
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

function outOfOrder(what: string): SaslError {
  return new SaslError(`The SCRAM exchange ${what}`, { condition: 'out-of-order' });
}

/** 24 bytes: 192 bits that nobody can guess, and a nonce of 32 characters. */
const NONCE_BYTES = 24;
