import type { TlsOptions } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ClientOptions } from '../../src/client/options.ts';
import { type Authority, createAuthority, createSelfSignedCertificate } from '../../src/testing/certificate.ts';
import { closeServers, dial, listen, listenTls } from './tcp-servers.ts';

let authority: Authority;

beforeAll(async () => {
  authority = await createAuthority();
});

afterEach(closeServers);

describe('a certificate', () => {
  it('for the domain of the address is accepted, whatever host was dialled', async () => {
    const names: (string | false | null)[] = [];
    const port = await listenTls(await authority.issue({ domains: ['example.org'] }), (socket) => {
      names.push(Reflect.get(socket, 'servername'), Reflect.get(socket, 'alpnProtocol'));
      socket.write('under TLS');
    });
    const { until, log } = dialTls(port, { security: 'direct-tls' });
    await until('received under TLS');
    expect(log).toEqual(['connected', 'secured', 'received under TLS']);
    expect(names).toEqual(['example.org', 'xmpp-client']);
  });

  it.each<[string, () => ReturnType<Authority['issue']>, string]>([
    [
      'for the host that was dialled, and not for the domain',
      () => authority.issue({ domains: ['localhost', 'xmpp.example.net'] }),
      'transport/certificate-wrong-host',
    ],
    [
      'that has expired',
      () => authority.issue({ domains: ['example.org'], notAfter: new Date(Date.now() - 60_000) }),
      'transport/certificate-expired',
    ],
    [
      'that is not valid yet',
      () => authority.issue({ domains: ['example.org'], notBefore: new Date(Date.now() + 3_600_000) }),
      'transport/certificate-invalid',
    ],
    [
      'that nobody signed',
      () => createSelfSignedCertificate({ domains: ['example.org'] }),
      'transport/certificate-untrusted',
    ],
    [
      'of an authority that nobody trusts',
      async () => (await createAuthority()).issue({ domains: ['example.org'] }),
      'transport/certificate-untrusted',
    ],
  ])('%s is refused, and nothing is sent', async (_title, issue, code) => {
    const heard: string[] = [];
    const port = await listenTls(await issue(), (socket) => socket.on('data', (bytes) => heard.push(bytes.toString())));
    const { until, log } = dialTls(port);
    await until(code);
    expect([log, heard]).toEqual([['connected', code], []]);
  });

  it('is refused also where the environment says that none matters', async () => {
    const port = await listenTls(await createSelfSignedCertificate({ domains: ['example.org'] }), () => {});
    const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      const { until, log } = dialTls(port);
      await until('transport/certificate-untrusted');
      expect(log).toEqual(['connected', 'transport/certificate-untrusted']);
    } finally {
      if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
    }
  });

  it('has no name to be asked for where the domain is an address (RFC 6066 §3)', async () => {
    const names: unknown[] = [];
    const port = await listenTls(await authority.issue({ domains: ['example.org'] }), (socket) =>
      names.push(Reflect.get(socket, 'servername')),
    );
    const { until } = dialTls(port, { domain: '127.0.0.1' });
    await until('transport/certificate-wrong-host');
    expect(names.filter(Boolean)).toEqual([]);
  });
});

describe('TLS', () => {
  it('fails with a server that does not speak it', async () => {
    const port = await listen((socket) => socket.on('data', () => socket.write('<stream:error>no</stream:error>')));
    const { until, log } = dialTls(port, { security: 'direct-tls' });
    await until('transport/tls-failed');
    expect(log).toEqual(['connected', 'transport/tls-failed']);
  });

  it('fails with a server that ends the connection instead', async () => {
    const port = await listen((socket) => socket.on('data', () => socket.destroy()));
    const { until, log } = dialTls(port, { security: 'direct-tls' });
    await until('closed');
    expect(log).toEqual(['connected', 'closed']);
  });

  it('fails with a server that is too old', async () => {
    const options: TlsOptions = { maxVersion: 'TLSv1.2' };
    const port = await listenTls(await authority.issue({ domains: ['example.org'] }), () => {}, options);
    const { until } = dialTls(port, {}, { tls: { ca: authority.certificate, minVersion: 'TLSv1.3' } });
    await until('transport/tls-failed');
  });

  it('that the server cuts later has failed, and that it ends is closed', async () => {
    const certificate = await authority.issue({ domains: ['example.org'] });
    const cut = dialTls(await listenTls(certificate, (_socket, raw) => raw.resetAndDestroy()));
    await cut.until('transport/connection-reset');
    const ended = dialTls(await listenTls(certificate, (socket) => socket.end()));
    await ended.until('closed');
    expect(ended.log).toEqual(['connected', 'secured', 'closed']);
  });
});

/** As a client that trusts the authority of these tests. */
function dialTls(port: number, target: Parameters<typeof dial>[1] = {}, options: Partial<ClientOptions> = {}) {
  return dial(port, target, { tls: { ca: authority.certificate }, ...options });
}
