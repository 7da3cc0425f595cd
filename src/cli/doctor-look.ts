import { X509Certificate } from 'node:crypto';
import { on, once } from 'node:events';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, checkServerIdentity, connect as connectTls, type TLSSocket } from 'node:tls';
import type { ClientInput, Endpoint } from '../../machines/index.ts';
import type { AcceptedNames } from '../actors/tls-options.ts';
import { domainToAscii } from '../jid/index.ts';
import { documentFraming, NS_STREAM, NS_TLS } from '../stream/index.ts';
import { element, is } from '../xml/index.ts';

/** What a server agrees on in TLS, and the certificate that it shows, whatever that is worth. */
export interface TlsFacts {
  readonly version: string;
  /** As in `TLS_AES_256_GCM_SHA384`. */
  readonly cipher: string;
  /** The protocol that was agreed on (XEP-0368 §3), where one was. */
  readonly alpn: string | undefined;
  readonly certificate: CertificateFacts;
}

export interface CertificateFacts {
  /** Domains and addresses that it is for. */
  readonly names: readonly string[];
  /** Whether one of them is what the client wants to see. */
  readonly isForDomain: boolean;
  readonly issuer: string;
  readonly validFrom: Date;
  readonly validTo: Date;
  /** SHA-256, hexadecimal, with colons. */
  readonly fingerprint: string;
}

/**
 * Looks at what a server shows in TLS, on a connection of its own: the client keeps nothing of a certificate that it refuses,
 * and has no way to go on with one. Here nothing is verified, so nothing is done either: the connection ends with the
 * handshake. Rejects where there is none, and with the reason of the signal.
 */
export async function lookAtTls(endpoint: Endpoint, settings: ClientInput, signal: AbortSignal): Promise<TlsFacts> {
  const { host, port, security, transport } = endpoint;
  const domain = domainToAscii(settings.jid.domainpart);
  // XEP-0156 §2.2: a WebSocket may have a certificate for its own host.
  const names: AcceptedNames = transport === 'websocket' ? [host, domain] : [domain];
  const isDirect = transport === 'tcp' && security === 'direct-tls';
  const plain = connectTcp({ host, port, signal });
  plain.on('error', () => {});
  try {
    await once(plain, 'connect', { signal });
    if (security === 'starttls') await askForTls(plain, settings, signal);
    const socket = connectTls({ socket: plain, ...tlsOptions(names[0], settings, isDirect) });
    socket.on('error', () => {});
    await once(socket, 'secureConnect', { signal });
    return factsOf(socket, names);
  } finally {
    plain.destroy();
  }
}

/** RFC 6120 §5.4.2, from our header to the server's consent. Whatever else comes is no consent. */
async function askForTls(socket: Socket, { jid, limits }: ClientInput, signal: AbortSignal): Promise<void> {
  const reader = documentFraming.createReader(limits);
  socket.write(documentFraming.buildHeader({ to: jid.domainpart }));
  for await (const [bytes] of on(socket, 'data', { signal, close: ['end', 'close'] })) {
    reader.write(bytes);
    for (let token = reader.read(); token; token = reader.read()) {
      if (token.type === 'header') continue;
      if (token.type !== 'element') throw noConsent();
      if (is(token.element, 'proceed', NS_TLS)) return;
      if (!is(token.element, 'features', NS_STREAM)) throw noConsent();
      socket.write(documentFraming.formatElement(element(`{${NS_TLS}}starttls`)));
    }
  }
  throw noConsent();
}

function noConsent(): Error {
  return new Error('The server did not agree to TLS');
}

function tlsOptions(name: string, { tls }: ClientInput, isDirect: boolean): ConnectionOptions {
  return {
    servername: isIP(name) ? '' : name,
    minVersion: tls.minVersion,
    rejectUnauthorized: false,
    ...(isDirect ? { ALPNProtocols: ['xmpp-client'] } : {}),
  };
}

function factsOf(socket: TLSSocket, wanted: readonly string[]): TlsFacts {
  // `getPeerX509Certificate` is no choice: see `TlsChannel`.
  const shown = socket.getPeerCertificate();
  const certificate = new X509Certificate(shown.raw);
  const { subjectAltName = '', validFrom, validTo, fingerprint256 } = certificate;
  // Common names do not count (RFC 9525 §2).
  const listed = { ...shown, subject: NOBODY };
  return {
    version: socket.getProtocol() ?? '',
    cipher: socket.getCipher().standardName,
    alpn: socket.alpnProtocol || undefined,
    certificate: {
      names: namesIn(subjectAltName),
      isForDomain: wanted.some((name) => checkServerIdentity(name, listed) === undefined),
      issuer: nameIn(certificate.issuer),
      validFrom: new Date(validFrom),
      validTo: new Date(validTo),
      fingerprint: fingerprint256,
    },
  };
}

const NOBODY = { C: '', ST: '', L: '', O: '', OU: '', CN: '' };

/** `DNS:example.org, IP Address:192.0.2.1, othername:…`; Node quotes names that hold a comma. */
function namesIn(subjectAltName: string): string[] {
  return [...subjectAltName.matchAll(/(?:^|, )(?:DNS|IP Address):("(?:[^"\\]|\\.)*"|[^,]*)/g)].map(
    ([, name = '']) => name,
  );
}

/** A name in a certificate comes as lines like `CN=R3`: the most particular, and whose it is. */
function nameIn(distinguishedName: string): string {
  const parts = new Map(
    distinguishedName.split('\n').map((line) => [line.split('=', 1)[0], line.replace(/^\w+=/, '')]),
  );
  return [parts.get('CN'), parts.get('O')].filter((part) => part !== undefined).join(', ') || distinguishedName;
}
