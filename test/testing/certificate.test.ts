import { createPrivateKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:tls';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  type Authority,
  type CertificateWithKey,
  createAuthority,
  createSelfSignedCertificate,
} from '../../src/testing/certificate.ts';

const DAY = 86_400_000;

describe('a throw-away authority', () => {
  let authority: Authority;

  beforeAll(async () => {
    authority = await createAuthority();
  });

  test('issues a certificate that TLS accepts for each of its domains', async () => {
    const leaf = await authority.issue({ domains: ['capulet.example', '*.montague.example'] });
    expect(await handshake(leaf, authority, 'capulet.example')).toBe('secure');
    expect(await handshake(leaf, authority, 'rooms.montague.example')).toBe('secure');
  });

  test('issues the key that belongs to the certificate', async () => {
    const { key, certificate } = await authority.issue({ domains: ['capulet.example'] });
    const parsed = new X509Certificate(certificate);
    expect(parsed.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(parsed.verify(new X509Certificate(authority.certificate).publicKey)).toBe(true);
    expect(parsed.subjectAltName).toBe('DNS:capulet.example');
    expect(new X509Certificate(authority.certificate).ca).toBe(true);
    expect(parsed.ca).toBe(false);
  });

  test.each<[string, () => Promise<CertificateWithKey>, string]>([
    ['for another domain', () => authority.issue({ domains: ['verona.example'] }), 'ERR_TLS_CERT_ALTNAME_INVALID'],
    [
      'that has expired',
      () => authority.issue({ domains: ['capulet.example'], notAfter: new Date(Date.now() - DAY) }),
      'CERT_HAS_EXPIRED',
    ],
    [
      'that is not valid yet',
      () => authority.issue({ domains: ['capulet.example'], notBefore: new Date(Date.now() + DAY) }),
      'CERT_NOT_YET_VALID',
    ],
    [
      'signed by itself',
      () => createSelfSignedCertificate({ domains: ['capulet.example'] }),
      'DEPTH_ZERO_SELF_SIGNED_CERT',
    ],
    [
      'of another authority',
      async () => (await createAuthority()).issue({ domains: ['capulet.example'] }),
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    ],
  ])('is the only reason to trust: a certificate %s is refused', async (_title, issue, code) => {
    expect(await handshake(await issue(), authority, 'capulet.example')).toBe(code);
  });
});

/** Does a handshake over loopback; `secure`, or the code of the error that ended it. */
async function handshake(leaf: CertificateWithKey, trusted: Authority, domain: string): Promise<string> {
  const server = createServer({ key: leaf.key, cert: leaf.certificate }, (socket) =>
    socket.on('error', () => {}).end(),
  );
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const socket = connect({ port, host: '127.0.0.1', servername: domain, ca: trusted.certificate });
  try {
    await once(socket, 'secureConnect');
    return 'secure';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  } finally {
    socket.destroy();
    server.close();
  }
}
