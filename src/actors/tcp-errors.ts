import type { TransportInput } from '../../machines/contracts.ts';
import { describeEndpoint } from '../../machines/endpoint.ts';
import { type TransportCondition, TransportError } from '../errors/index.ts';

/** An error of a socket before or without TLS, in our words. */
export function networkError(cause: NodeJS.ErrnoException, { endpoint }: TransportInput): TransportError {
  const code = codeOf(cause);
  const [condition, hint] = NETWORK[code] ?? ['connection-failed', 'Check the network, the host and the port.'];
  return new TransportError(`The connection to ${describeEndpoint(endpoint)} failed: ${code}`, {
    condition,
    hint,
    cause,
  });
}

/** An error of a TLS handshake or connection, in our words. */
export function tlsError(cause: NodeJS.ErrnoException, input: TransportInput): TransportError {
  if (cause instanceof TransportError) return cause;
  const code = codeOf(cause);
  if (NETWORK[code]) return networkError(cause, input);
  const where = describeEndpoint(input.endpoint);
  const condition = conditionOf(code);
  const message = MESSAGES[condition] ?? 'The certificate of {server} is refused';
  return new TransportError(`${message.replace('{server}', () => where)}: ${code}`, {
    condition,
    cause,
    text: cause.message,
    hint: hintFor(condition, code, input),
  });
}

/** With both families tried, Node reports all errors in one: the first tells the story. */
function codeOf(error: NodeJS.ErrnoException): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  return error.code ?? error.message;
}

type Explanation = readonly [TransportCondition, string];

const UNKNOWN: Explanation = ['host-not-found', 'Check the name of the server, and that DNS works here.'];
const UNREACHABLE: Explanation = [
  'connection-failed',
  'Check that this machine has a network and a route to the server.',
];

const NETWORK: Readonly<Record<string, Explanation>> = {
  ECONNREFUSED: ['connection-refused', 'Nothing listens there: check host and port, and that the server runs.'],
  ECONNRESET: ['connection-reset', 'The server, or something in between, cut the connection.'],
  EPIPE: ['connection-reset', 'The server, or something in between, cut the connection.'],
  ENOTFOUND: UNKNOWN,
  EAI_AGAIN: UNKNOWN,
  ENODATA: UNKNOWN,
  ETIMEDOUT: ['timeout', 'Nothing answers there: check host and port, and firewalls on the way.'],
  EHOSTUNREACH: UNREACHABLE,
  ENETUNREACH: UNREACHABLE,
};

type TlsCondition = Extract<TransportCondition, `${string}certificate-${string}` | 'tls-failed'>;

function conditionOf(code: string): TlsCondition {
  if (OWN_CERTIFICATE_REFUSED.test(code)) return 'client-certificate-refused';
  const isAboutCertificate = code.includes('CERT') && !code.includes('ALERT');
  return CERTIFICATE[code] ?? (isAboutCertificate ? 'certificate-invalid' : 'tls-failed');
}

/** What an alert of the server says, also after the handshake (RFC 8446 §4.4.2.4, §6.2). Only ours can be meant. */
const OWN_CERTIFICATE_REFUSED =
  /_ALERT_(?:(?:BAD|UNSUPPORTED)_CERTIFICATE|CERTIFICATE_(?:REVOKED|EXPIRED|UNKNOWN|REQUIRED)|UNKNOWN_CA|ACCESS_DENIED)$/;

const CERTIFICATE: Readonly<Record<string, TlsCondition>> = {
  CERT_HAS_EXPIRED: 'certificate-expired',
  CERT_NOT_YET_VALID: 'certificate-not-yet-valid',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate-wrong-host',
  HOSTNAME_MISMATCH: 'certificate-wrong-host',
  INVALID_CA: 'certificate-invalid',
  INVALID_PURPOSE: 'certificate-invalid',
  PATH_LENGTH_EXCEEDED: 'certificate-invalid',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate-self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate-untrusted',
  UNABLE_TO_GET_ISSUER_CERT: 'certificate-untrusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate-untrusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate-untrusted',
};

const MESSAGES: Partial<Readonly<Record<TlsCondition, string>>> = {
  'tls-failed': 'TLS with {server} failed',
  'client-certificate-refused': '{server} refuses the certificate of this client',
};

function hintFor(condition: TlsCondition, code: string, { domain, settings }: TransportInput): string {
  switch (condition) {
    case 'certificate-expired':
      return 'The operator of the server must renew the certificate; check the clock of this machine too.';
    case 'certificate-not-yet-valid':
      return 'Check the clock of this machine; if it is right, the operator of the server must show another certificate.';
    case 'certificate-wrong-host':
      return `The certificate must be for ${domain}, the domain of the address. Check the domain; otherwise this is another server.`;
    case 'certificate-untrusted':
      return 'No authority that this machine trusts signed it. For an own authority give its certificate with `tls.ca` (--ca).';
    case 'certificate-self-signed':
      return 'The server signed it itself. If it is your own server, give this certificate with `tls.ca` (--ca).';
    case 'client-certificate-refused':
      return settings.tls.clientCertificate
        ? 'Check that the certificate in `tls.clientCertificate` is valid, and of an authority that the server trusts.'
        : 'The server wants a certificate of this client: give it with `tls.clientCertificate`.';
    case 'tls-failed':
      return TLS_HINTS.find(([pattern]) => pattern.test(code))?.[1] ?? TLS_HINT;
    default:
      return 'Ask the operator of the server; do not log in where the certificate cannot be checked.';
  }
}

const TLS_HINT =
  'Check that the port speaks TLS in the way that was asked for (STARTTLS or direct), and the TLS versions.';

const TLS_HINTS: readonly (readonly [RegExp, string])[] = [
  [
    /ALERT_PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/,
    'The server speaks only versions of TLS that `tls.minVersion` excludes.',
  ],
  [
    /ALERT_HANDSHAKE_FAILURE/,
    'The server accepts nothing of what TLS offers here, or wants a certificate of this client (`tls.clientCertificate`).',
  ],
  // RFC 6066 §3.
  [/UNRECOGNIZED_NAME/, 'The server does not serve the domain of the address: check the domain, host and port.'],
  [/NO_APPLICATION_PROTOCOL/, 'The port is for other protocols than XMPP: check host and port.'],
];
