import { TransportError, type XmppError } from '../src/errors/index.ts';
import { SaslError } from '../src/sasl/index.ts';
import { StanzaError } from '../src/stanza/index.ts';
import { StreamError } from '../src/stream/index.ts';

/**
 * What an error means for the connection. `terminal`: trying again would do harm or no good. `needs-credentials`: only with
 * other credentials. `retry`: the same later. `retry-elsewhere`: at once at the next endpoint, later when there is none.
 */
export type FailureClass = 'terminal' | 'needs-credentials' | 'retry' | 'retry-elsewhere';

/** The class of an error: the one place that decides it. */
export function classifyFailure(error: XmppError): FailureClass {
  if (error instanceof TransportError) return TRANSPORT[error.condition] ?? 'retry-elsewhere';
  if (error instanceof SaslError) return SASL[error.condition] ?? 'terminal';
  if (error instanceof StreamError)
    return isOwnFinding(error) ? 'retry' : (STREAM[error.condition] ?? 'retry-elsewhere');
  if (error instanceof StanzaError) return error.errorType === 'wait' ? 'retry' : 'terminal';
  return 'terminal';
}

/**
 * A stanza was beyond our own limits. Whoever sent it, a contact maybe, must not keep the client offline for good; where the server
 * says `policy-violation`, it means us, and the same would happen again.
 */
function isOwnFinding({ condition, cause }: StreamError): boolean {
  return condition === 'policy-violation' && cause instanceof Error;
}

const TRANSPORT: Readonly<Record<string, FailureClass>> = {
  'service-unavailable': 'terminal',
  'tls-unavailable': 'terminal',
  'certificate-expired': 'terminal',
  'certificate-not-yet-valid': 'terminal',
  'certificate-untrusted': 'terminal',
  'certificate-wrong-host': 'terminal',
  'certificate-invalid': 'terminal',
  'certificate-not-pinned': 'terminal',
  'certificate-self-signed': 'terminal',
  'client-certificate-refused': 'terminal',
  'store-failed': 'retry',
  'injected-bytes': 'terminal',
  'internal-error': 'terminal',
};

const SASL: Readonly<Record<string, FailureClass>> = {
  aborted: 'retry',
  'temporary-auth-failure': 'retry',
  'not-authorized': 'needs-credentials',
  'credentials-expired': 'needs-credentials',
  'account-disabled': 'needs-credentials',
  'invalid-authzid': 'needs-credentials',
  'missing-credentials': 'needs-credentials',
};

/** RFC 6120 §4.9.3; conditions that are not listed say that this server does not speak our protocol. */
const STREAM: Readonly<Record<string, FailureClass>> = {
  conflict: 'terminal',
  'not-authorized': 'terminal',
  'policy-violation': 'terminal',
  'unsupported-feature': 'terminal',
  'connection-timeout': 'retry',
  'internal-server-error': 'retry',
  'remote-connection-failed': 'retry',
  reset: 'retry',
  'resource-constraint': 'retry',
  'system-shutdown': 'retry',
  'undefined-condition': 'retry',
};
