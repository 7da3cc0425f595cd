import { X509Certificate } from 'node:crypto';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ClientOptions } from '../../src/client/options.ts';
import {
  type Authority,
  type CertificateWithKey,
  createAuthority,
  createSelfSignedCertificate,
} from '../../src/testing/certificate.ts';
import { createClientAuthority } from '../testing/client-certificates.ts';
import { closeServers, dial, listenTls } from './tcp-servers.ts';

/** What a server shows, and the authority that the client trusts if that is not the one of these tests. */
type Shown = CertificateWithKey & { readonly ca?: string };

const HOUR = 3_600_000;
const domains = ['example.org'];
const CERTIFICATE = 'The certificate of 127.0.0.1:{port} (STARTTLS) is refused: ';

let authority: Authority;

beforeAll(async () => {
  authority = await createAuthority();
});

afterEach(closeServers);

describe('a certificate', () => {
  it('for the domain of the address is accepted, whatever host was dialled', async () => {
    const port = await listenTls(await authority.issue({ domains }), (socket) => socket.write('under TLS'));
    const { until, log } = trusting(port);
    await until('received under TLS');
    expect(log).toEqual(['connected', 'secured', 'received under TLS']);
  });

  it.each<[string, () => Promise<Shown>, string, string, string]>([
    [
      'for the host that was dialled, and not for the domain',
      () => authority.issue({ domains: ['localhost', 'xmpp.example.net'] }),
      'certificate-wrong-host',
      'ERR_TLS_CERT_ALTNAME_INVALID',
      'The certificate must be for example.org, the domain of the address. Check the domain; otherwise this is another server.',
    ],
    [
      'with the domain as its common name only (RFC 9525 §2)',
      () => withCommonName('example.org'),
      'certificate-wrong-host',
      'ERR_TLS_CERT_ALTNAME_INVALID',
      'The certificate must be for example.org, the domain of the address. Check the domain; otherwise this is another server.',
    ],
    [
      'that has expired',
      () => authority.issue({ domains, notAfter: new Date(Date.now() - HOUR) }),
      'certificate-expired',
      'CERT_HAS_EXPIRED',
      'The operator of the server must renew the certificate; check the clock of this machine too.',
    ],
    [
      'that is not valid yet',
      () => authority.issue({ domains, notBefore: new Date(Date.now() + HOUR) }),
      'certificate-not-yet-valid',
      'CERT_NOT_YET_VALID',
      'Check the clock of this machine; if it is right, the operator of the server must show another certificate.',
    ],
    [
      'that signed itself',
      () => createSelfSignedCertificate({ domains }),
      'certificate-self-signed',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'The server signed it itself. If it is your own server, give this certificate with `tls.ca` (--ca).',
    ],
    [
      'of an authority that nobody trusts',
      async () => (await createAuthority()).issue({ domains }),
      'certificate-untrusted',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'No authority that this machine trusts signed it. For an own authority give its certificate with `tls.ca` (--ca).',
    ],
    [
      'of an authority that nobody trusts, and that is shown with it',
      withItsAuthority,
      'certificate-untrusted',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'No authority that this machine trusts signed it. For an own authority give its certificate with `tls.ca` (--ca).',
    ],
    [
      'with a signature that is wrong',
      async () => damaged(await authority.issue({ domains })),
      'certificate-invalid',
      'CERT_SIGNATURE_FAILURE',
      'Ask the operator of the server; do not log in where the certificate cannot be checked.',
    ],
  ])('%s is refused, and nothing is sent', async (_title, issue, condition, reason, hint) => {
    const heard: string[] = [];
    const shown = await issue();
    const port = await listenTls(shown, (socket) => socket.on('data', (bytes) => heard.push(String(bytes))));
    const { over, log, errors } = trusting(port, { ca: shown.ca ?? authority.certificate });
    await over();
    expect([log, heard]).toEqual([['connected', `transport/${condition}`], []]);
    expect(errors.map((error) => [error.message, error.hint])).toEqual([
      [`${CERTIFICATE.replace('{port}', String(port))}${reason}`, hint],
    ]);
  });

  it('is refused also where the environment says that none matters', async () => {
    const port = await listenTls(await createSelfSignedCertificate({ domains }), () => {});
    const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      const { over, log } = trusting(port);
      await over();
      expect(log).toEqual(['connected', 'transport/certificate-self-signed']);
    } finally {
      if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
    }
  });
});

describe('a fingerprint', () => {
  it('of the certificate lets it in, among others and in any spelling', async () => {
    const issued = await authority.issue({ domains });
    const port = await listenTls(issued, () => {});
    const spelled = [fingerprintOf(issued), fingerprintOf(issued).replaceAll(':', '').toLowerCase()];
    for (const fingerprint of spelled) {
      const { until } = trusting(port, { fingerprints: ['0'.repeat(64), fingerprint] });
      await until('secured');
    }
  });

  it.each([
    ['of another certificate', {}],
    ['of another certificate, where any is trusted otherwise,', { dangerouslyTrustAnyCertificate: true }],
  ])('%s ends the connection, and the error shows both', async (_title, options) => {
    const heard: string[] = [];
    const issued = await authority.issue({ domains });
    const port = await listenTls(issued, (socket) => socket.on('data', (bytes) => heard.push(String(bytes))));
    const { over, log, errors } = trusting(port, { ...options, fingerprints: ['1'.repeat(64), '2'.repeat(64)] });
    await over();
    expect([log, heard]).toEqual([['connected', 'transport/certificate-not-pinned'], []]);
    const shown = fingerprintOf(issued).replaceAll(':', '').toLowerCase();
    expect(errors.map(({ message, hint }) => [message, hint])).toEqual([
      [
        `The server's certificate is not pinned: expected ${'1'.repeat(64)} or ${'2'.repeat(64)}, got ${shown} (SHA-256)`,
        'If the operator of the server renewed the certificate, add its fingerprint to `tls.fingerprints`; otherwise this is another server.',
      ],
    ]);
  });

  it('is no reason to trust: who signed, and for whom, is checked as well', async () => {
    const own = await createSelfSignedCertificate({ domains });
    const port = await listenTls(own, () => {});
    const distrusted = trusting(port, { fingerprints: [fingerprintOf(own)] });
    await distrusted.over();
    expect(distrusted.log).toEqual(['connected', 'transport/certificate-self-signed']);
    const trusted = trusting(port, { fingerprints: [fingerprintOf(own)], ca: own.certificate });
    await trusted.until('secured');
    const elsewhere = trusting(port, { fingerprints: [fingerprintOf(own)], ca: own.certificate }, 'example.net');
    await elsewhere.over();
    expect(elsewhere.log).toEqual(['connected', 'transport/certificate-wrong-host']);
  });
});

/** As a client that trusts the authority of these tests. */
function trusting(port: number, tls: NonNullable<ClientOptions['tls']> = {}, domain = 'example.org') {
  return dial(port, { domain }, { tls: { ca: authority.certificate, ...tls } });
}

function fingerprintOf({ certificate }: CertificateWithKey): string {
  return new X509Certificate(certificate).fingerprint256;
}

async function withCommonName(commonName: string): Promise<Shown> {
  const { certificate: ca, issue } = await createClientAuthority();
  const { key, cert } = await issue({ commonName });
  return { key, certificate: cert, ca };
}

async function withItsAuthority(): Promise<Shown> {
  const foreign = await createAuthority();
  const { key, certificate } = await foreign.issue({ domains });
  return { key, certificate: `${certificate}\n${foreign.certificate}` };
}

/** The signature stands at the end. */
function damaged({ key, certificate }: CertificateWithKey): Shown {
  const { raw } = new X509Certificate(certificate);
  raw.writeUInt8(raw.readUInt8(raw.length - 1) ^ 1, raw.length - 1);
  return { key, certificate: `-----BEGIN CERTIFICATE-----\n${raw.toString('base64')}\n-----END CERTIFICATE-----` };
}
