import { isIP } from 'node:net';
import { type ConnectionOptions, checkServerIdentity, connect, type PeerCertificate, type TLSSocket } from 'node:tls';
import type { TlsSettings } from '../../machines/settings.ts';
import { TransportError } from '../errors/index.ts';
import { domainToAscii } from '../jid/index.ts';
import { secureContextFor } from './secure-context.ts';

/** Domains or addresses that a certificate may be for, any one of them; the first is also what the server is asked for. */
export type AcceptedNames = readonly [string, ...string[]];

/**
 * Starts TLS, over `options.socket` or to `options.host` and `options.port`; HTTPS and WebSockets take it as
 * `createConnection`. Unless the certificate is what the settings ask for, the socket is destroyed with an error that
 * `tlsError` explains, and nothing that was written has gone out.
 *
 * For the server of a JID the name is the JID's domain, whatever name discovery led to (RFC 6120 §13.7.2, RFC 7590 §3.4).
 * Where another server is asked, as for host-meta, leave out of the settings what is not meant for it: the fingerprints
 * of the XMPP server, and our certificate.
 *
 * @throws OptionError where the certificates in the settings cannot be used
 */
export function connectTls(tls: TlsSettings, names: AcceptedNames, options: ConnectionOptions): TLSSocket {
  // HTTP calls the path of its request so, too.
  const shown: ShownCertificate = { raw: undefined };
  const socket = connect({ ...options, path: undefined, ...tlsOptionsFor(tls, names, shown) });
  certificates.set(socket, shown);
  // Otherwise Node has asked `checkServerIdentity`, and never does where nothing has to be right.
  if (tls.trustsAnyCertificate && tls.fingerprints.length > 0) {
    socket.prependOnceListener('secureConnect', () => {
      const error = pinningError(tls, socket.getPeerCertificate());
      if (error) socket.destroy(error);
    });
  }
  return socket;
}

/** The certificate that the server of a socket of {@link connectTls} showed (DER). */
export function certificateOf(socket: TLSSocket): Uint8Array {
  // `getPeerX509Certificate` is no choice: Node 20 gives it to a client once, and takes it away from OpenSSL.
  return certificates.get(socket)?.raw ?? socket.getPeerCertificate().raw;
}

/** Asking OpenSSL for it once more takes as long as a tenth of a login. */
interface ShownCertificate {
  raw: Uint8Array | undefined;
}

const certificates = new WeakMap<TLSSocket, ShownCertificate>();

function tlsOptionsFor(tls: TlsSettings, names: AcceptedNames, shown: ShownCertificate): ConnectionOptions {
  if (tls.trustsAnyCertificate) warnOnce();
  const hosts = names.map(domainToAscii);
  const [host = ''] = hosts;
  return {
    // RFC 6066 §3: an address is no server name.
    servername: isIP(host) ? '' : host,
    secureContext: secureContextFor(tls),
    // Said here, an environment variable that switches all checks off means nothing (NODE_TLS_REJECT_UNAUTHORIZED).
    rejectUnauthorized: !tls.trustsAnyCertificate,
    checkServerIdentity: (_name, certificate) => {
      shown.raw = certificate.raw;
      return identityError(hosts, certificate) ?? pinningError(tls, certificate);
    },
  };
}

/** Common names do not count: a certificate lists what it is for (RFC 9525 §2). */
function identityError(hosts: readonly string[], certificate: PeerCertificate): Error | undefined {
  const listed = { ...certificate, subject: { ...certificate.subject, CN: '' } };
  const errors = hosts.map((host) => checkServerIdentity(host, listed));
  return errors.includes(undefined) ? undefined : errors[0];
}

/**
 * Fingerprints are checked in addition to everything else, never instead: a certificate that is pinned and has expired is as
 * bad as any other. One that signed itself is accepted where it stands in `ca` as well.
 */
function pinningError({ fingerprints }: TlsSettings, { fingerprint256 }: PeerCertificate): Error | undefined {
  const shown = fingerprint256.replaceAll(':', '').toLowerCase();
  if (fingerprints.length === 0 || fingerprints.includes(shown)) return undefined;
  return new TransportError(
    `The server's certificate is not pinned: expected ${fingerprints.join(' or ')}, got ${shown} (SHA-256)`,
    {
      condition: 'certificate-not-pinned',
      hint: 'If the operator of the server renewed the certificate, add its fingerprint to `tls.fingerprints`; otherwise this is another server.',
    },
  );
}

let isWarned = false;

function warnOnce(): void {
  if (isWarned) return;
  isWarned = true;
  process.emitWarning(
    '`tls.dangerouslyTrustAnyCertificate` is set: anybody can pretend to be the server, and logins are not safe',
    {
      code: 'XMPP_TRUSTS_ANY_CERTIFICATE',
      detail: 'It is meant for tests. To trust a certificate of your own, give its authority with `tls.ca`.',
    },
  );
}
