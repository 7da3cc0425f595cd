import { describe, expect, it } from 'vitest';
import type { TransportInput } from '../../machines/contracts.ts';
import { networkError, tlsError } from '../../src/actors/tcp-errors.ts';
import { clientInput } from '../../src/client/client-input.ts';
import { TransportError } from '../../src/errors/index.ts';
import { TLS_ENDPOINT } from './fake-wire.ts';

const input: TransportInput = {
  endpoint: TLS_ENDPOINT,
  domain: 'example.org',
  settings: clientInput({ jid: 'juliet@example.org', password: 'x' }),
};

describe('an error of the platform', () => {
  it.each([
    ['ECONNREFUSED', 'connection-refused'],
    ['ECONNRESET', 'connection-reset'],
    ['EPIPE', 'connection-reset'],
    ['ENOTFOUND', 'host-not-found'],
    ['EAI_AGAIN', 'host-not-found'],
    ['ENODATA', 'host-not-found'],
    ['ETIMEDOUT', 'timeout'],
    ['EHOSTUNREACH', 'connection-failed'],
    ['ENETUNREACH', 'connection-failed'],
    ['EWHATEVER', 'connection-failed'],
  ])('of the network, %s: %s, under TLS and without', (code, condition) => {
    const cause = coded(code);
    const error = networkError(cause, input);
    expect({ condition: error.condition, message: error.message, cause: error.cause }).toEqual({
      condition,
      message: `The connection to xmpp.example.org:5222 (STARTTLS) failed: ${code}`,
      cause,
    });
    expect(error.hint).toBeTruthy();
    if (code !== 'EWHATEVER') expect(tlsError(cause, input).condition).toBe(condition);
  });

  it.each([
    ['CERT_HAS_EXPIRED', 'certificate-expired'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate-wrong-host'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'certificate-self-signed'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'certificate-untrusted'],
    ['UNABLE_TO_GET_ISSUER_CERT', 'certificate-untrusted'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'certificate-untrusted'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'certificate-untrusted'],
    ['CERT_NOT_YET_VALID', 'certificate-not-yet-valid'],
    ['CERT_REVOKED', 'certificate-invalid'],
    ['CERT_SIGNATURE_FAILURE', 'certificate-invalid'],
    ['INVALID_PURPOSE', 'certificate-invalid'],
    ['INVALID_CA', 'certificate-invalid'],
    ['PATH_LENGTH_EXCEEDED', 'certificate-invalid'],
    ['HOSTNAME_MISMATCH', 'certificate-wrong-host'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls-failed'],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'tls-failed'],
    ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'tls-failed'],
    ['ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL', 'tls-failed'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'client-certificate-refused'],
    ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', 'client-certificate-refused'],
    ['ERR_SSL_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE', 'client-certificate-refused'],
    ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED', 'client-certificate-refused'],
    ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED', 'client-certificate-refused'],
    ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN', 'client-certificate-refused'],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'client-certificate-refused'],
    ['ERR_SSL_TLSV1_ALERT_ACCESS_DENIED', 'client-certificate-refused'],
  ])('of TLS, %s: %s', (code, condition) => {
    const error = tlsError(coded(code), input);
    expect([error.condition, error.message.endsWith(`: ${code}`)]).toEqual([condition, true]);
    expect(error.hint).toBeTruthy();
  });

  it('of several addresses tells the story of the first', () => {
    const error = new AggregateError([coded('ECONNREFUSED'), coded('ENETUNREACH')]);
    expect(networkError(error, input).condition).toBe('connection-refused');
  });

  it('without a code is told by its message', () => {
    expect(networkError(new Error('odd'), input).message).toMatch(/failed: odd$/);
    expect(networkError(new AggregateError([]), input).condition).toBe('connection-failed');
  });

  it.each([
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'The server speaks only versions of TLS that `tls.minVersion` excludes.'],
    ['ERR_SSL_UNSUPPORTED_PROTOCOL', 'The server speaks only versions of TLS that `tls.minVersion` excludes.'],
    ['ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL', 'The port is for other protocols than XMPP: check host and port.'],
    [
      'ERR_SSL_TLSV1_UNRECOGNIZED_NAME',
      'The server does not serve the domain of the address: check the domain, host and port.',
    ],
    [
      'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
      'The server accepts nothing of what TLS offers here, or wants a certificate of this client (`tls.clientCertificate`).',
    ],
    [
      'ERR_SSL_WRONG_VERSION_NUMBER',
      'Check that the port speaks TLS in the way that was asked for (STARTTLS or direct), and the TLS versions.',
    ],
  ])('of a handshake, %s, says what to do', (code, hint) => {
    expect(tlsError(coded(code), input).hint).toBe(hint);
  });

  it('about the certificate of the client depends on whether there is one', () => {
    const alert = coded('ERR_SSL_TLSV1_ALERT_UNKNOWN_CA');
    const certificate = { certificate: 'c', key: 'k' };
    const settings = clientInput({
      jid: 'juliet@example.org',
      password: 'x',
      tls: { clientCertificate: certificate },
    });
    expect([tlsError(alert, input).hint, tlsError(alert, { ...input, settings }).hint]).toEqual([
      'The server wants a certificate of this client: give it with `tls.clientCertificate`.',
      'Check that the certificate in `tls.clientCertificate` is valid, and of an authority that the server trusts.',
    ]);
  });

  it('that is explained already stays as it is', () => {
    const error = new TransportError('not pinned', { condition: 'certificate-not-pinned' });
    expect(tlsError(error, input)).toBe(error);
  });

  it('names the domain that a certificate must be for, never the target of a service record', () => {
    expect(tlsError(coded('ERR_TLS_CERT_ALTNAME_INVALID'), input).hint).toContain('must be for example.org,');
  });
});

function coded(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`message of ${code}`), { code });
}
