import { throwIfAborted } from './abort.ts';
import { decodeUtf8, encodeUtf8 } from './bytes.ts';
import { formatGs2Header } from './gs2.ts';
import type { ClientExchange, Credentials, ExchangeOptions, Mechanism } from './mechanism.ts';
import { prepare } from './prepare.ts';
import { quote, type SaslCondition, SaslError } from './sasl-error.ts';

/** OAUTHBEARER (RFC 7628): sends an OAuth 2.0 access token, and the server proves nothing. For verified TLS only. */
export const oauthBearerMechanism: Mechanism = {
  name: 'OAUTHBEARER',
  credential: 'token',
  binds: undefined,
  showsSecret: true,
  createExchange: createOAuthBearerExchange,
};

type Step =
  | { readonly is: 'ready' }
  | { readonly is: 'preparing' }
  | { readonly is: 'awaitingOutcome' }
  /** The server said why it refuses, and is told to go on; its report of failure is still to come. */
  | { readonly is: 'refused'; readonly error: SaslError }
  | { readonly is: 'over' };

function createOAuthBearerExchange(credentials: Credentials, options: ExchangeOptions): ClientExchange {
  let step: Step = { is: 'ready' };

  function take(): Step {
    const current = step;
    step = { is: 'over' };
    return current;
  }

  return {
    async start() {
      if (take().is !== 'ready') throw outOfOrder('was started twice');
      throwIfAborted(options.signal);
      const preparing: Step = { is: 'preparing' };
      step = preparing;
      const message = await buildMessage(credentials).catch((error: unknown) => {
        take();
        throw error;
      });
      if (take() !== preparing) throw outOfOrder('got a message before it sent one');
      throwIfAborted(options.signal);
      step = { is: 'awaitingOutcome' };
      return message;
    },

    async answer(challenge) {
      const current = take();
      if (current.is !== 'awaitingOutcome') throw outOfOrder('got a challenge out of turn');
      step = { is: 'refused', error: readRefusal(challenge) };
      return encodeUtf8(SEPARATOR);
    },

    finish(additional) {
      const current = take();
      if (current.is === 'refused') throw current.error;
      if (current.is !== 'awaitingOutcome') throw outOfOrder('got a report of success out of turn');
      if (additional && additional.length > 0) throw malformed('expected no data with the report of success');
    },

    explain(failure) {
      const current = take();
      return current.is === 'refused' && GENERAL.has(failure.condition) ? current.error : failure;
    },
  };
}

/** RFC 7628 §3.1. Host and port are left out: the stream and the certificate have named the server. */
async function buildMessage({ token, authzid }: Credentials): Promise<Uint8Array> {
  if (!token) throw new SaslError('The access token is missing', { condition: 'missing-credentials' });
  if (!ACCESS_TOKEN.test(token)) {
    const message = 'The access token contains a character that RFC 6750 does not allow';
    throw new SaslError(message, { condition: 'invalid-credentials' });
  }
  const identity = authzid ? await prepare(authzid, 'authorization identity') : undefined;
  const gs2 = formatGs2Header({ flag: 'n', authzid: identity });
  return encodeUtf8(`${gs2}${SEPARATOR}auth=Bearer ${token}${SEPARATOR}${SEPARATOR}`);
}

/** Why the server refuses (RFC 7628 §3.2.2): `status` is an error code of RFC 6750 §3.1. */
function readRefusal(challenge: Uint8Array): SaslError {
  const status = statusOf(decodeUtf8(challenge));
  const condition = STATUSES.get(status) ?? 'not-authorized';
  return new SaslError(`The server refused the access token with ${quote(status)}`, {
    condition,
    text: status,
    hint: HINTS.get(status) ?? 'Get a new access token, and check what it allows.',
  });
}

function statusOf(text: string | undefined): string {
  let refusal: unknown;
  try {
    refusal = JSON.parse(text ?? '');
  } catch {
    throw malformed('expected JSON');
  }
  if (typeof refusal === 'object' && refusal !== null && 'status' in refusal) {
    if (typeof refusal.status === 'string') return refusal.status;
  }
  throw malformed('expected a status');
}

function malformed(expectation: string): SaslError {
  return new SaslError(`The server sent a malformed OAUTHBEARER message: ${expectation}`, {
    condition: 'malformed-challenge',
  });
}

function outOfOrder(what: string): SaslError {
  return new SaslError(`The OAUTHBEARER exchange ${what}`, { condition: 'out-of-order' });
}

/** %x01, between the parts of a message and as the answer to an error. */
const SEPARATOR = '\u0001';
/** `b64token` (RFC 6750 §2.1). */
const ACCESS_TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;

const STATUSES: ReadonlyMap<string, SaslCondition> = new Map([
  ['invalid_token', 'credentials-expired'],
  ['invalid_request', 'malformed-request'],
]);
const HINTS: ReadonlyMap<string, string> = new Map([
  ['invalid_token', 'Get a new access token: this one has expired or was revoked.'],
  ['insufficient_scope', 'Get an access token whose scope includes XMPP.'],
]);
/** Failures that say less than the server's own refusal did. */
const GENERAL: ReadonlySet<SaslCondition> = new Set(['not-authorized', 'undefined-condition']);
