import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { TlsChannel } from '../actors/tls-channel.ts';
import { type AcceptedNames, connectTls } from '../actors/tls-options.ts';
import type { CertificateWithKey } from './certificate.ts';
import { type LinkSecurity, type LinkTls, NO_SECURITY } from './link.ts';

/** What a client trusts, and shows. */
export interface ClientTlsOptions {
  /** PEM of the certificates to trust instead of those of the system. The server's must be for the domain. */
  readonly ca?: string | undefined;
  /** What the client shows if it is asked, for EXTERNAL; nothing. */
  readonly clientCertificate?: CertificateWithKey | undefined;
}

/** The client's end of TLS, with all the checks that the client of this package makes. */
export class ClientTls implements LinkTls {
  readonly whenSecured = 'secureConnect';
  readonly #names: AcceptedNames;
  readonly #options: ClientTlsOptions;
  #channel: TlsChannel | undefined;

  /** @param names that the certificate may be for; the server is asked for the first */
  constructor(names: AcceptedNames, options: ClientTlsOptions) {
    this.#names = names;
    this.#options = options;
  }

  secure(socket: Socket, alpn: string | undefined): TLSSocket {
    const { ca, clientCertificate } = this.#options;
    const settings = {
      ca,
      minVersion: 'TLSv1.2',
      clientCertificate: clientCertificate && (() => clientCertificate),
      fingerprints: [],
      trustsAnyCertificate: false,
    } as const;
    return connectTls(settings, this.#names, { socket, ...(alpn === undefined ? {} : { ALPNProtocols: [alpn] }) });
  }

  security(socket: TLSSocket): LinkSecurity {
    this.#channel ??= new TlsChannel(socket);
    return { ...NO_SECURITY, channel: this.#channel };
  }
}
