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
  const code = codeOf(cause);
  if (NETWORK[code]) return networkError(cause, input);
  const where = describeEndpoint(input.endpoint);
  const condition =
    CERTIFICATE[code] ?? (code.includes('CERT') && !code.includes('ALERT') ? 'certificate-invalid' : 'tls-failed');
  const message =
    condition === 'tls-failed'
      ? `TLS with ${where} failed: ${code}`
      : `The certificate of ${where} is refused: ${code}`;
  return new TransportError(message, { condition, cause, text: cause.message, hint: hintFor(condition, input.domain) });
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

const CERTIFICATE: Readonly<Record<string, TransportCondition>> = {
  CERT_HAS_EXPIRED: 'certificate-expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate-wrong-host',
  HOSTNAME_MISMATCH: 'certificate-wrong-host',
  INVALID_CA: 'certificate-invalid',
  INVALID_PURPOSE: 'certificate-invalid',
  PATH_LENGTH_EXCEEDED: 'certificate-invalid',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate-untrusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate-untrusted',
  UNABLE_TO_GET_ISSUER_CERT: 'certificate-untrusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate-untrusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate-untrusted',
};

function hintFor(condition: TransportCondition, domain: string): string {
  switch (condition) {
    case 'certificate-expired':
      return 'The operator of the server must renew the certificate; check the clock of this machine too.';
    case 'certificate-wrong-host':
      return `The certificate must be for ${domain}, the domain of the address. Check the domain; otherwise this is another server.`;
    case 'certificate-untrusted':
      return 'No authority that this machine trusts signed it. For an own authority give its certificate with `tls.ca` (--ca).';
    case 'certificate-invalid':
      return 'Ask the operator of the server; do not log in where the certificate cannot be checked.';
    default:
      return 'Check that the port speaks TLS in the way that was asked for (STARTTLS or direct), and the TLS versions.';
  }
}
