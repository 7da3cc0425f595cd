import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ClientOptions } from '../../src/client/options.ts';
import { type Authority, createAuthority, createSelfSignedCertificate } from '../../src/testing/certificate.ts';
import { rejectionOf } from '../support/when.ts';
import { JRD, JRD_PATH, JRD_URL, XRD, XRD_PATH } from './host-meta-documents.ts';
import { closeWebServers, lookUpAt, serve, servePlain } from './web-server.ts';

let authority: Authority;

beforeAll(async () => {
  authority = await createAuthority();
});

afterEach(closeWebServers);

describe('the certificate of the web server', () => {
  it.each<[string, () => ReturnType<Authority['issue']>, string]>([
    ['for another domain', () => authority.issue({ domains: ['example.net'] }), 'certificate-wrong-host'],
    [
      'that has expired',
      () => authority.issue({ domains: ['example.org'], notAfter: new Date(Date.now() - 60_000) }),
      'certificate-expired',
    ],
    ['that nobody signed', () => createSelfSignedCertificate({ domains: ['example.org'] }), 'certificate-self-signed'],
    [
      'of an authority that nobody trusts',
      async () => (await createAuthority()).issue({ domains: ['example.org'] }),
      'certificate-untrusted',
    ],
  ])('%s is refused, and nothing is asked', async (_title, issue, condition) => {
    const server = await serve(await issue(), { [JRD_PATH]: JRD, [XRD_PATH]: XRD });
    const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      const error = await rejectionOf(lookUp(server.port));
      expect(error).toMatchObject({ code: `transport/${condition}`, message: expect.stringContaining(JRD_URL) });
      expect(server.asked).toEqual([]);
    } finally {
      if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
    }
  });

  it('need not be the pinned one: that is the XMPP server', async () => {
    const server = await serve(await authority.issue({ domains: ['example.org'] }), { [JRD_PATH]: JRD });
    const tls = { ca: authority.certificate, fingerprints: ['ab'.repeat(32)] };
    expect(await lookUp(server.port, { tls })).toHaveLength(1);
  });

  it('may be any where a test says so', async () => {
    const server = await serve(await createSelfSignedCertificate({ domains: ['x.example'] }), { [JRD_PATH]: JRD });
    expect(await lookUp(server.port, { tls: { dangerouslyTrustAnyCertificate: true } })).toHaveLength(1);
  });

  it('is not there where the server speaks no TLS, or none that is new enough', async () => {
    const plain = await servePlain({ [JRD_PATH]: JRD });
    await expect(lookUp(plain.port)).rejects.toMatchObject({ code: 'transport/discovery-failed' });
    const options = { maxVersion: 'TLSv1.2' } as const;
    const old = await serve(await authority.issue({ domains: ['example.org'] }), { [JRD_PATH]: JRD }, options);
    const tls = { ca: authority.certificate, minVersion: 'TLSv1.3' } as const;
    await expect(lookUp(old.port, { tls })).rejects.toMatchObject({ code: 'transport/discovery-failed' });
    expect([...plain.asked, ...old.asked]).toEqual([]);
  });

  it('is not asked for with authorities that are none', async () => {
    const server = await serve(await authority.issue({ domains: ['example.org'] }), { [JRD_PATH]: JRD });
    await expect(lookUp(server.port, { tls: { ca: 'certificate.pem' } })).rejects.toMatchObject({
      name: 'OptionError',
    });
  });
});

/** As a client that trusts the authority of these tests. */
function lookUp(port: number, options: Partial<ClientOptions> = {}, place: Parameters<typeof lookUpAt>[2] = {}) {
  return lookUpAt(port, { tls: { ca: authority.certificate }, ...options }, place);
}
