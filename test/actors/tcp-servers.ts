import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from 'node:tls';
import type { Endpoint } from '../../machines/index.ts';
import { dialTcp } from '../../src/actors/tcp.ts';
import type { Wire } from '../../src/actors/wire.ts';
import { clientInput } from '../../src/client/client-input.ts';
import type { ClientOptions } from '../../src/client/options.ts';
import type { XmppError } from '../../src/errors/index.ts';
import type { SecureChannel } from '../../src/sasl/index.ts';

const servers: Server[] = [];
const sockets = new Set<Socket>();
const tlsPorts = new Set<number>();

interface Target {
  readonly host?: string;
  readonly security?: Endpoint['security'];
  readonly domain?: string;
}

/** Dials this machine, or another host, and writes down what the wire tells. */
export function dial(
  port: number,
  { host = '127.0.0.1', security = 'starttls', domain = 'example.org' }: Target = {},
  options: Partial<ClientOptions> = {},
) {
  const log: string[] = [];
  const errors: XmppError[] = [];
  const channels: SecureChannel[] = [];
  const waiting: (() => void)[] = [];
  const note = (entry: string): void => {
    log.push(entry);
    for (const look of waiting) look();
  };
  const settings = clientInput({ jid: `juliet@${domain}`, password: 'x', ...options });
  const wire: Wire = dialTcp(
    { endpoint: { transport: 'tcp', host, port, security, reason: '' }, domain, settings },
    {
      connected() {
        note('connected');
        if (tlsPorts.has(port) || security === 'direct-tls') wire.startTls();
      },
      secured(channel) {
        channels.push(channel);
        note('secured');
      },
      received: (bytes) => note(`received ${new TextDecoder().decode(bytes)}`),
      heard: () => note('heard'),
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
  /** Resolves when the connection has failed or ended. */
  const over = (): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (log.some((entry) => entry === 'closed' || errors.some(({ code }) => code === entry))) resolve();
      };
      waiting.push(look);
      look();
    });
  const until = (entry: string): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (log.includes(entry)) resolve();
      };
      waiting.push(look);
      look();
    });
  return { wire, log, errors, channels, over, until };
}

/** Stops all servers, and cuts their connections. */
export async function closeServers(): Promise<void> {
  for (const socket of sockets) socket.destroy();
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
}

/** A server without TLS. Answers its port. */
export function listen(accept: (socket: Socket) => void, options: { allowHalfOpen?: boolean } = {}): Promise<number> {
  return start(
    createServer(options, (socket) => {
      socket.on('error', () => {});
      accept(socket);
    }),
  );
}

/** A server that speaks TLS from the first byte; whoever dials it starts TLS at once. */
export async function listenTls(
  { key, certificate }: { readonly key: string; readonly certificate: string },
  accept: (socket: TLSSocket, raw: Socket) => void,
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
export async function closed(): Promise<void> {
  while (sockets.size > 0) await new Promise((resolve) => setImmediate(resolve));
}

/** The sockets that keep this process alive. */
export function openSockets(): string[] {
  return process.getActiveResourcesInfo().filter((name) => /^(TCPSocket|TLS)/.test(name));
}

/** Gives the event loop the chance to close what was destroyed. */
export async function fewerSockets(most: number): Promise<void> {
  for (let i = 0; i < 10_000 && openSockets().length > most; i += 1)
    await new Promise((resolve) => setImmediate(resolve));
}
