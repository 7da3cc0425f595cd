import { createHash, X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { createSecureContext, type SecureContext, type SecureVersion, TLSSocket } from 'node:tls';
import { endPointHash } from '../actors/end-point-hash.ts';
import { domainToAscii } from '../jid/index.ts';
import type { ChannelBindingType } from '../sasl/index.ts';
import { type CertificateWithKey, createAuthority } from './certificate.ts';
import { among, type Checks, certificate, shape, text } from './check-options.ts';
import { certifiedAddress } from './client-certificate.ts';
import type { ChannelBindings, LinkSecurity, LinkTls } from './link.ts';

/** How a server of this package does TLS. */
export interface TlsOptions {
  /** Default: one made at the start, for the domain, by an authority of its own. `ca` is what clients trust: itself. */
  readonly certificate?: (CertificateWithKey & { readonly ca?: string | undefined }) | undefined;
  /** The lowest and the highest version of TLS, as in `{ max: 'TLSv1.2' }`; those of Node. */
  readonly tlsVersions?:
    | { readonly min?: SecureVersion | undefined; readonly max?: SecureVersion | undefined }
    | undefined;
  /**
   * PEM of the authority whose certificates clients may show; without it none is asked for. It must have issued them itself.
   * For the account, see the mechanism EXTERNAL.
   */
  readonly clientAuthority?: string | undefined;
}

const VERSION = among(['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']);

/** What they have to be. */
export const TLS_CHECKS: Checks<TlsOptions> = {
  certificate,
  tlsVersions: shape({ min: VERSION, max: VERSION } satisfies Checks<NonNullable<TlsOptions['tlsVersions']>>),
  clientAuthority: text,
};

/** The server's end of TLS. */
export class ServerTls implements LinkTls {
  readonly whenSecured = 'secure';
  /** PEM of the certificate that clients have to trust. */
  readonly ca: string;
  readonly #context: SecureContext;
  readonly #endPoint: Uint8Array | undefined;
  readonly #clientAuthority: X509Certificate | undefined;

  private constructor(ca: string, context: SecureContext, endPoint: Uint8Array | undefined, clientAuthority?: string) {
    this.ca = ca;
    this.#context = context;
    this.#endPoint = endPoint;
    this.#clientAuthority = clientAuthority === undefined ? undefined : new X509Certificate(clientAuthority);
  }

  static async create(domain: string, options: TlsOptions): Promise<ServerTls> {
    const { tlsVersions = {}, clientAuthority } = options;
    const { key, certificate, ca } = options.certificate ?? (await makeCertificate(domain));
    const context = createSecureContext({
      key,
      cert: certificate,
      // OpenSSL resumes no session with a client's certificate without it.
      sessionIdContext: 'xmpp',
      ...(tlsVersions.min === undefined ? {} : { minVersion: tlsVersions.min }),
      ...(tlsVersions.max === undefined ? {} : { maxVersion: tlsVersions.max }),
      ...(clientAuthority === undefined ? {} : { ca: clientAuthority }),
    });
    return new ServerTls(ca ?? certificate, context, hashOf(certificate), clientAuthority);
  }

  secure(socket: Socket, alpn: string | undefined): TLSSocket {
    return new TLSSocket(socket, {
      isServer: true,
      secureContext: this.#context,
      requestCert: this.#clientAuthority !== undefined,
      // Who shows none, or one that is not trusted, may still use a password.
      rejectUnauthorized: false,
      ...(alpn === undefined ? {} : { ALPNProtocols: [alpn] }),
    });
  }

  security(socket: TLSSocket): LinkSecurity {
    return { channelBindings: this.#channelBindings(socket), certifiedAddress: this.#certifiedAddress(socket) };
  }

  #channelBindings(socket: TLSSocket): ChannelBindings {
    const bindings = new Map<ChannelBindingType, Uint8Array>();
    if (socket.getProtocol() === 'TLSv1.3') bindings.set('tls-exporter', exportedKey(socket));
    else bindings.set('tls-unique', firstFinished(socket));
    if (this.#endPoint) bindings.set('tls-server-end-point', this.#endPoint);
    return bindings;
  }

  /** The address in the certificate that the client showed; `undefined` if there is none to be trusted. */
  #certifiedAddress(socket: TLSSocket): string | undefined {
    const certificate = socket.getPeerX509Certificate();
    return certificate && this.#clientAuthority && certifiedAddress(certificate, this.#clientAuthority);
  }
}

/** RFC 9266 §2. */
function exportedKey(socket: TLSSocket): Uint8Array {
  return socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0));
}

/** The client's, unless a session is resumed: then the server finishes first (RFC 5929 §3.1, RFC 5077 §3.1). */
function firstFinished(socket: TLSSocket): Uint8Array {
  const finished = socket.isSessionReused() ? socket.getFinished() : socket.getPeerFinished();
  if (finished === undefined) throw new Error('The TLS handshake is not done');
  return finished;
}

/** Of the certificate itself; those of its authorities may stand behind it. */
function hashOf(certificate: string): Uint8Array | undefined {
  const { raw } = new X509Certificate(certificate);
  const name = endPointHash(raw);
  return name === undefined ? undefined : createHash(name).update(raw).digest();
}

async function makeCertificate(domain: string): Promise<CertificateWithKey & { readonly ca: string }> {
  const authority = await createAuthority();
  const issued = await authority.issue({ domains: [domainToAscii(domain)] });
  return { ...issued, ca: authority.certificate };
}
