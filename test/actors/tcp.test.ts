import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Endpoint } from '../../machines/index.ts';
import { dialTcp } from '../../src/actors/tcp.ts';
import type { Wire } from '../../src/actors/wire.ts';
import { type ClientOptions, clientInput } from '../../src/client/options.ts';
import type { TransportError } from '../../src/errors/index.ts';
import { type Authority, createAuthority, createSelfSignedCertificate } from '../../src/testing/certificate.ts';
import { createTestClock } from '../support/clock.ts';

const servers: Server[] = [];
const sockets = new Set<Socket>();
let authority: Authority;

beforeAll(async () => {
  authority = await createAuthority();
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

describe('a connection over TCP', () => {
  it('carries bytes both ways, and ends after all that was written has gone out', async () => {
    const received: string[] = [];
    const port = await listen((socket) => {
      socket.on('data', (bytes) => received.push(bytes.toString()));
      socket.write('hello');
    });
    const { wire, until } = dial(port);
    await until('connected');
    await until('received hello');
    wire.write('x'.repeat(100_000));
    wire.end();
    wire.end();
    await closed();
    expect(received.join('')).toHaveLength(100_000);
  });

  it('that nobody accepts is refused', async () => {
    const port = await listen(() => {});
    await new Promise((resolve) => servers.pop()?.close(resolve));
    const { until, log } = dial(port);
    await until('transport/connection-refused');
    expect(log).toEqual(['transport/connection-refused']);
  });

  it('to a host that nobody knows is not found', async () => {
    const { until, errors } = dial(5222, { host: 'nowhere.invalid' });
    await until('transport/host-not-found');
    expect(errors[0]?.endpoint ?? errors[0]?.message).toContain('nowhere.invalid:5222');
  });

  it('that the server resets has failed', async () => {
    const port = await listen((socket) => socket.resetAndDestroy());
    const { until, log } = dial(port);
    await until('transport/connection-reset');
    expect(log.filter((entry) => entry !== 'connected')).toEqual(['transport/connection-reset']);
  });

  it('that the server ends is closed, once', async () => {
    const port = await listen((socket) => socket.end());
    const { until, log } = dial(port);
    await until('closed');
    await closed();
    expect(log).toEqual(['connected', 'closed']);
  });

  it('tells when it takes no more, and when it does again', async () => {
    const port = await listen((socket) => socket.resume());
    const { wire, until } = dial(port);
    await until('connected');
    expect(wire.write('x'.repeat(10_000_000))).toBe(false);
    await until('drained');
    expect(wire.write('x')).toBe(true);
  });

  it('hears nothing after it was ended', async () => {
    const port = await listen((socket) => socket.on('data', () => socket.write('late')));
    const { wire, until, log } = dial(port);
    await until('connected');
    wire.write('x');
    wire.end();
    await closed();
    expect(log).toEqual(['connected']);
  });

  it.each(['while it connects', 'when it is open'])(
    'leaves nothing that keeps the process alive when it is ended %s',
    async (when) => {
      const port = await listen(() => {});
      const clock = createTestClock();
      const { wire, until } = dial(port, {}, { clock });
      if (when === 'when it is open') await until('connected');
      wire.end();
      await closed();
      await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
      await fewerSockets(0);
      expect([openSockets(), clock.timers()]).toEqual([[], []]);
    },
  );

  it('is cut where the server does not end its side', async () => {
    const port = await listen((socket) => socket.pause(), { allowHalfOpen: true });
    const clock = createTestClock();
    const { wire, until } = dial(port, {}, { clock });
    await until('connected');
    wire.end();
    expect(clock.timers()).toEqual([1000]);
    clock.increment(1000);
    await fewerSockets(1);
    expect([openSockets(), clock.timers()]).toEqual([['TCPSocketWrap'], []]);
  });
});

describe('a certificate', () => {
  it('for the domain of the address is accepted, whatever host was dialled', async () => {
    const names: (string | false | null)[] = [];
    const port = await listenTls(await authority.issue({ domains: ['example.org'] }), (socket) => {
      names.push(Reflect.get(socket, 'servername'), Reflect.get(socket, 'alpnProtocol'));
      socket.write('under TLS');
    });
    const { until, log } = dial(port, { security: 'direct-tls' });
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
    const { until, log } = dial(port);
    await until(code);
    expect([log, heard]).toEqual([['connected', code], []]);
  });

  it('is refused also where the environment says that none matters', async () => {
    const port = await listenTls(await createSelfSignedCertificate({ domains: ['example.org'] }), () => {});
    const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      const { until, log } = dial(port);
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
    const { until } = dial(port, { domain: '127.0.0.1' });
    await until('transport/certificate-wrong-host');
    expect(names.filter(Boolean)).toEqual([]);
  });
});

describe('TLS', () => {
  it('fails with a server that does not speak it', async () => {
    const port = await listen((socket) => socket.on('data', () => socket.write('<stream:error>no</stream:error>')));
    const { until, log } = dial(port, { security: 'direct-tls' });
    await until('transport/tls-failed');
    expect(log).toEqual(['connected', 'transport/tls-failed']);
  });

  it('fails with a server that ends the connection instead', async () => {
    const port = await listen((socket) => socket.on('data', () => socket.destroy()));
    const { until, log } = dial(port, { security: 'direct-tls' });
    await until('closed');
    expect(log).toEqual(['connected', 'closed']);
  });

  it('fails with a server that is too old', async () => {
    const options: TlsOptions = { maxVersion: 'TLSv1.2' };
    const port = await listenTls(await authority.issue({ domains: ['example.org'] }), () => {}, options);
    const { until } = dial(port, {}, { tls: { ca: authority.certificate, minVersion: 'TLSv1.3' } });
    await until('transport/tls-failed');
  });

  it('that the server cuts later has failed, and that it ends is closed', async () => {
    const certificate = await authority.issue({ domains: ['example.org'] });
    const cut = dial(await listenTls(certificate, (_socket, raw) => raw.resetAndDestroy()));
    await cut.until('transport/connection-reset');
    const ended = dial(await listenTls(certificate, (socket) => socket.end()));
    await ended.until('closed');
    expect(ended.log).toEqual(['connected', 'secured', 'closed']);
  });
});

interface Target {
  readonly host?: string;
  readonly security?: Endpoint['security'];
  readonly domain?: string;
}

function dial(
  port: number,
  { host = '127.0.0.1', security = 'starttls', domain = 'example.org' }: Target = {},
  options: Partial<ClientOptions> = {},
) {
  const log: string[] = [];
  const errors: TransportError[] = [];
  const waiting: (() => void)[] = [];
  const note = (entry: string): void => {
    log.push(entry);
    for (const look of waiting) look();
  };
  const settings = clientInput({
    jid: `juliet@${domain}`,
    password: 'x',
    tls: { ca: authority.certificate },
    ...options,
  });
  const wire: Wire = dialTcp(
    { endpoint: { transport: 'tcp', host, port, security, reason: '' }, domain, settings },
    {
      connected() {
        note('connected');
        if (tlsPorts.has(port) || security === 'direct-tls') wire.startTls();
      },
      secured: () => note('secured'),
      received: (bytes) => note(`received ${new TextDecoder().decode(bytes)}`),
      drained: () => note('drained'),
      // As the transport does: what has ended is ended on this side, too.
      failed(error) {
        errors.push(error);
        wire.end();
        note(error.code);
      },
      closed() {
        wire.end();
        note('closed');
      },
    },
  );
  const until = (entry: string): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (log.includes(entry)) resolve();
      };
      waiting.push(look);
      look();
    });
  return { wire, log, errors, until };
}

const tlsPorts = new Set<number>();

function listen(accept: (socket: Socket) => void, options: { allowHalfOpen?: boolean } = {}): Promise<number> {
  return start(
    createServer(options, (socket) => {
      socket.on('error', () => {});
      accept(socket);
    }),
  );
}

async function listenTls(
  { key, certificate }: { readonly key: string; readonly certificate: string },
  accept: (socket: Socket, raw: Socket) => void,
  options: TlsOptions = {},
): Promise<number> {
  let raw: Socket | undefined;
  const server = createTlsServer({ key, cert: certificate, ALPNProtocols: ['xmpp-client'], ...options }, (socket) => {
    socket.on('error', () => {});
    if (raw) accept(socket, raw);
  });
  server.on('connection', (socket: Socket) => {
    raw = socket;
  });
  server.on('tlsClientError', () => {});
  const port = await start(server);
  tlsPorts.add(port);
  return port;
}

function start(server: Server): Promise<number> {
  servers.push(server);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));
}

/** Resolves when the server has seen the end of every connection. */
async function closed(): Promise<void> {
  while (sockets.size > 0) await new Promise((resolve) => setImmediate(resolve));
}

function openSockets(): string[] {
  return process.getActiveResourcesInfo().filter((name) => /^(TCPSocket|TLS)/.test(name));
}

/** Gives the event loop the chance to close what was destroyed. */
async function fewerSockets(most: number): Promise<void> {
  for (let i = 0; i < 10_000 && openSockets().length > most; i += 1)
    await new Promise((resolve) => setImmediate(resolve));
}
