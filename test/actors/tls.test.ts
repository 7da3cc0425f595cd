import type { TLSSocket, TlsOptions } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ClientOptions } from '../../src/client/options.ts';
import { type Authority, createAuthority } from '../../src/testing/certificate.ts';
import { createClientAuthority } from '../testing/client-certificates.ts';
import { closeServers, dial, listen, listenTls } from './tcp-servers.ts';

let authority: Authority;

beforeAll(async () => {
  authority = await createAuthority();
});

afterEach(closeServers);

describe('TLS asks for the domain of the address, whatever host was dialled', () => {
  /** What a server for a domain is asked for, and what it chose. */
  async function greeting(target: Parameters<typeof dial>[1], certified: string, options: TlsOptions = {}) {
    const asked: unknown[] = [];
    const certificate = await authority.issue({ domains: [certified] });
    const port = await listenTls(
      certificate,
      (socket) => {
        asked.push(Reflect.get(socket, 'servername'), socket.alpnProtocol);
        socket.write('x');
      },
      options,
    );
    const { log, until } = dialTls(port, { host: '127.0.0.1', ...target });
    await until('received x');
    expect(log).toEqual(['connected', 'secured', 'received x']);
    return asked;
  }

  it('with the protocol xmpp-client over direct TLS (XEP-0368)', async () => {
    const lists: unknown[] = [];
    const ALPNCallback: TlsOptions['ALPNCallback'] = ({ servername, protocols }) => {
      lists.push({ servername, protocols });
      return 'xmpp-client';
    };
    const target = { security: 'direct-tls', domain: 'capulet.example' } as const;
    const options = { ALPNCallback, ALPNProtocols: undefined };
    expect(await greeting(target, 'capulet.example', options)).toEqual(['capulet.example', 'xmpp-client']);
    expect(lists).toEqual([{ servername: 'capulet.example', protocols: ['xmpp-client'] }]);
  });

  it('and goes on with a server that knows no protocols', async () => {
    const target = { security: 'direct-tls', domain: 'capulet.example' } as const;
    expect(await greeting(target, 'capulet.example', { ALPNProtocols: undefined })).toEqual(['capulet.example', false]);
  });

  it('without a protocol after STARTTLS', async () => {
    expect(await greeting({ domain: 'capulet.example' }, 'capulet.example')).toEqual(['capulet.example', false]);
  });

  it('in ASCII where it is not', async () => {
    const domain = 'bücher.example';
    expect(await greeting({ domain }, 'xn--bcher-kva.example')).toEqual(['xn--bcher-kva.example', false]);
  });

  it.each(['127.0.0.1', '[::1]'])('but for no name where it is an address, %s (RFC 6066 §3)', async (domain) => {
    const names: unknown[] = [];
    const port = await listenTls(await authority.issue({ domains: ['example.org'] }), (socket) =>
      names.push(Reflect.get(socket, 'servername')),
    );
    const { over, log } = dialTls(port, { domain });
    await over();
    expect([log, names.filter(Boolean)]).toEqual([['connected', 'transport/certificate-wrong-host'], []]);
  });
});

describe('TLS', () => {
  it('fails with a server that does not speak it', async () => {
    const port = await listen((socket) => socket.on('data', () => socket.write('<stream:error>no</stream:error>')));
    const { over, log } = dialTls(port, { security: 'direct-tls' });
    await over();
    expect(log).toEqual(['connected', 'transport/tls-failed']);
  });

  it('fails with a server that ends the connection instead', async () => {
    const port = await listen((socket) => socket.on('data', () => socket.destroy()));
    const { over, log } = dialTls(port, { security: 'direct-tls' });
    await over();
    expect(log).toEqual(['connected', 'closed']);
  });

  it.each<[string, TlsOptions, string]>([
    ['is too old', { maxVersion: 'TLSv1.2' }, 'The server speaks only versions of TLS that `tls.minVersion` excludes.'],
    [
      'speaks other protocols there',
      { ALPNProtocols: ['http/1.1'] },
      'The port is for other protocols than XMPP: check host and port.',
    ],
  ])('fails with a server that %s', async (_title, options, hint) => {
    const port = await listenTls(await authority.issue({ domains: ['example.org'] }), () => {}, options);
    const { over, log, errors } = dialTls(port, { security: 'direct-tls' }, { minVersion: 'TLSv1.3' });
    await over();
    expect([log, errors[0]?.hint]).toEqual([['connected', 'transport/tls-failed'], hint]);
  });

  it('that the server cuts later has failed, and that it ends is closed', async () => {
    const certificate = await authority.issue({ domains: ['example.org'] });
    const cut = dialTls(await listenTls(certificate, (_socket, raw) => raw.resetAndDestroy()));
    await cut.until('transport/connection-reset');
    const ended = dialTls(await listenTls(certificate, (socket) => socket.end()));
    await ended.until('closed');
    expect(ended.log).toEqual(['connected', 'secured', 'closed']);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('resumes no session, in %s', async (version) => {
    const resumed: boolean[] = [];
    const certificate = await authority.issue({ domains: ['example.org'] });
    const accept = (socket: TLSSocket): void => {
      resumed.push(socket.isSessionReused());
      socket.write('x');
    };
    const port = await listenTls(certificate, accept, { maxVersion: version });
    for (let i = 0; i < 3; i += 1) await dialTls(port).until('received x');
    expect(resumed).toEqual([false, false, false]);
  });

  it('is not negotiated anew: another certificate could come with it', async () => {
    const certificate = await authority.issue({ domains: ['example.org'] });
    let resolve: (error?: Error) => void = () => {};
    const refusal = new Promise<Error | undefined>((settle) => {
      resolve = settle;
    });
    const accept = (socket: TLSSocket): void => {
      socket.on('error', resolve);
      socket.renegotiate({ rejectUnauthorized: false }, () => resolve(undefined));
    };
    dialTls(await listenTls(certificate, accept, { maxVersion: 'TLSv1.2' }));
    expect(await refusal).toMatchObject({ code: 'ERR_SSL_NO_RENEGOTIATION' });
  });
});

describe('a certificate of the client', () => {
  it.each(['TLSv1.2', 'TLSv1.3'] as const)('is shown to a server that asks for it, in %s', async (maxVersion) => {
    const { port, subjects, own } = await asking({ maxVersion });
    const { until } = dialTls(port, {}, { clientCertificate: { certificate: own.cert, key: own.key } });
    await until('received x');
    expect(subjects).toEqual([['Juliet', true]]);
  });

  it('is shown to nobody who does not ask', async () => {
    const { port, subjects, own } = await asking({ requestCert: false });
    const { until } = dialTls(port, {}, { clientCertificate: { certificate: own.cert, key: own.key } });
    await until('received x');
    expect(subjects).toEqual([[undefined, false]]);
  });

  it('that the server wants, and there is none, is an alert after the handshake in TLS 1.3', async () => {
    const { port } = await asking({ rejectUnauthorized: true });
    const { over, log, errors } = dialTls(port);
    await over();
    expect(log).toEqual(['connected', 'secured', 'transport/client-certificate-refused']);
    expect([errors[0]?.message, errors[0]?.hint]).toEqual([
      `127.0.0.1:${port} (STARTTLS) refuses the certificate of this client: ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED`,
      'The server wants a certificate of this client: give it with `tls.clientCertificate`.',
    ]);
  });

  it('that the server wants, and there is none, is a handshake that fails in TLS 1.2', async () => {
    const { port } = await asking({ rejectUnauthorized: true, maxVersion: 'TLSv1.2' });
    const { over, log, errors } = dialTls(port);
    await over();
    expect([log, errors[0]?.hint]).toEqual([
      ['connected', 'transport/tls-failed'],
      'The server accepts nothing of what TLS offers here, or wants a certificate of this client (`tls.clientCertificate`).',
    ]);
  });

  /** A server that wants to know who comes, and who came, and whether it trusts that. */
  async function asking(options: TlsOptions) {
    const clients = await createClientAuthority();
    const subjects: unknown[] = [];
    const accept = (socket: TLSSocket): void => {
      subjects.push([socket.getPeerCertificate().subject?.CN, socket.authorized]);
      socket.write('x');
    };
    const all = { requestCert: true, rejectUnauthorized: false, ca: clients.certificate, ...options };
    const port = await listenTls(await authority.issue({ domains: ['example.org'] }), accept, all);
    return { port, subjects, own: await clients.issue({ commonName: 'Juliet' }) };
  }
});

/** As a client that trusts the authority of these tests. */
function dialTls(port: number, target: Parameters<typeof dial>[1] = {}, tls: ClientOptions['tls'] = {}) {
  return dial(port, target, { tls: { ca: authority.certificate, ...tls } });
}
