import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { dialWebSocket } from '../../src/actors/websocket-node.ts';
import type { ClientOptions } from '../../src/client/options.ts';
import { type Authority, createAuthority, createSelfSignedCertificate } from '../../src/testing/certificate.ts';
import { closeWebSocketServers, dialWith, everybodyGone, listenWebSocket } from './websocket-servers.ts';

let authority: Authority;

beforeAll(async () => {
  authority = await createAuthority();
});

afterEach(closeWebSocketServers);

describe('the certificate of a WebSocket (XEP-0156 §2.2)', () => {
  it.each([
    ['for the host of the address', ['localhost'], 'localhost'],
    ['for the domain of the JID', ['example.org'], 'localhost'],
    ['for the domain of the JID, where the address has no name', ['example.org'], '127.0.0.1'],
  ])('is accepted: %s', async (_title, domains, host) => {
    const names: unknown[] = [];
    const { until } = await dialTls(await authority.issue({ domains }), host, (socket) =>
      names.push(Reflect.get(socket, 'servername')),
    );
    await until('connected');
    expect(names).toEqual([host === 'localhost' ? 'localhost' : false]);
  });

  it.each<[string, () => ReturnType<Authority['issue']>, string]>([
    ['for another host', () => authority.issue({ domains: ['example.net'] }), 'transport/certificate-wrong-host'],
    [
      'that has expired',
      () => authority.issue({ domains: ['localhost'], notAfter: new Date(Date.now() - 60_000) }),
      'transport/certificate-expired',
    ],
    [
      'of an authority that nobody trusts',
      async () => (await createAuthority()).issue({ domains: ['localhost'] }),
      'transport/certificate-untrusted',
    ],
    [
      'that nobody signed',
      () => createSelfSignedCertificate({ domains: ['localhost'] }),
      'transport/certificate-self-signed',
    ],
  ])('%s is refused, and nothing is asked', async (_title, issue, code) => {
    let requests = 0;
    const { until, log } = await dialTls(await issue(), 'localhost', () => {
      requests += 1;
    });
    await until(code);
    await everybodyGone();
    expect([log, requests]).toEqual([[code], 0]);
  });

  it('says for what it should be', async () => {
    const { until, errors } = await dialTls(await authority.issue({ domains: ['example.net'] }), 'localhost');
    await until('transport/certificate-wrong-host');
    expect(errors[0]?.hint).toContain('must be for localhost or example.org');
  });

  it('is checked against the fingerprints that the application knows', async () => {
    const tls = { ca: authority.certificate, fingerprints: ['0'.repeat(64)] };
    const { until, log } = await dialTls(await authority.issue({ domains: ['localhost'] }), 'localhost', () => {}, {
      tls,
    });
    await until('transport/certificate-not-pinned');
    await everybodyGone();
    expect(log).toEqual(['transport/certificate-not-pinned']);
  });

  it('is of no interest only where the application says so', async () => {
    const tls = { dangerouslyTrustAnyCertificate: true };
    const certificate = await createSelfSignedCertificate({ domains: ['example.net'] });
    const { until } = await dialTls(certificate, 'localhost', () => {}, { tls });
    await until('connected');
  });
});

describe('TLS below a WebSocket', () => {
  it('fails with a server that is too old', async () => {
    const tls = { ca: authority.certificate, minVersion: 'TLSv1.3' as const };
    const certificate = await authority.issue({ domains: ['localhost'] });
    const port = await listenWebSocket({ certificate, tls: { maxVersion: 'TLSv1.2' }, accept: () => {} });
    const { until } = dialWith(dialWebSocket, `wss://localhost:${port}/`, { tls });
    await until('transport/tls-failed');
  });

  it('fails with a server that speaks none', async () => {
    const port = await listenWebSocket({ accept: () => {} });
    const { until } = dialWith(dialWebSocket, `wss://localhost:${port}/`);
    await until('transport/tls-failed');
  });

  it('carries the messages of one turn in one record', async () => {
    let records = 0;
    const messages: string[] = [];
    const port = await listenWebSocket({
      certificate: await authority.issue({ domains: ['localhost'] }),
      accept(socket, request) {
        request.socket.on('data', () => {
          records += 1;
        });
        socket.on('message', (data) => {
          if (messages.push(String(data)) === 3) socket.send('<enough/>');
        });
      },
    });
    const { wire, until } = dialWith(dialWebSocket, `wss://localhost:${port}/`, { tls: { ca: authority.certificate } });
    await until('connected');
    for (const text of ['<a/>', '<b/>', '<c/>']) wire.write(text);
    await until('received <enough/>');
    expect([messages, records]).toEqual([['<a/>', '<b/>', '<c/>'], 1]);
  });

  it('shows the certificate of this client', async () => {
    const { key, certificate } = await authority.issue({ domains: ['juliet.example.org'] });
    const shown: unknown[] = [];
    const server = await authority.issue({ domains: ['localhost'] });
    const port = await listenWebSocket({
      certificate: server,
      tls: { requestCert: true, rejectUnauthorized: false },
      accept: (_socket, { socket }) => shown.push(subjectAltNameOf(socket)),
    });
    const tls = { ca: authority.certificate, clientCertificate: { key, certificate } };
    const { until } = dialWith(dialWebSocket, `wss://localhost:${port}/`, { tls });
    await until('connected');
    expect(shown).toEqual(['DNS:juliet.example.org']);
  });

  it('does not begin where our own certificate is none', async () => {
    const tls = { clientCertificate: { key: 'no key', certificate: 'none either' } };
    const { until, log } = dialWith(dialWebSocket, 'wss://localhost:1/', { tls });
    await until('option/invalid');
    expect(log).toEqual(['option/invalid']);
  });
});

describe('an address', () => {
  it.each([
    ['without TLS', 'ws://example.org/ws', 'transport/tls-unavailable'],
    [
      'without TLS, of a name that only looks like this machine',
      'ws://localhost.example.org/',
      'transport/tls-unavailable',
    ],
    ['of no WebSocket', 'https://example.org/ws', 'transport/connection-failed'],
    ['that is none', 'example.org', 'transport/connection-failed'],
    ['that the platform does not take', 'wss://example.org/#ws', 'transport/connection-failed'],
    ['where nobody listens', 'ws://127.0.0.1:1/', 'transport/connection-refused'],
    ['of a host that nobody knows', 'wss://nowhere.invalid/', 'transport/host-not-found'],
  ])('is told for what it is: %s', async (_title, url, code) => {
    const { until, log, errors } = dialWith(dialWebSocket, url);
    expect(log).toEqual([]);
    await until(code);
    expect(log).toEqual([code]);
    expect(errors[0]?.hint).toMatch(/\.$/);
  });
});

/** Dials a server with this certificate, as a client that trusts the authority of these tests. */
async function dialTls(
  certificate: { readonly key: string; readonly certificate: string },
  host: string,
  accept: (socket: object) => void = () => {},
  options: Partial<ClientOptions> = {},
) {
  const port = await listenWebSocket({ certificate, accept: (_socket, request) => accept(request.socket) });
  return dialWith(dialWebSocket, `wss://${host}:${port}/`, { tls: { ca: authority.certificate }, ...options });
}

function subjectAltNameOf(socket: object): unknown {
  return 'getPeerCertificate' in socket && typeof socket.getPeerCertificate === 'function'
    ? socket.getPeerCertificate().subjectaltname
    : undefined;
}
