import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createSecureServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { TransportInput } from '../../machines/contracts.ts';
import type { Dial, Wire } from '../../src/actors/wire.ts';
import { clientInput } from '../../src/client/client-input.ts';
import type { ClientOptions } from '../../src/client/options.ts';
import type { XmppError } from '../../src/errors/index.ts';

const servers: Server[] = [];
const sockets = new Set<Socket>();

/** A server of WebSockets on this machine. */
export interface WebSocketHost {
  /** With TLS where it has a certificate. */
  readonly certificate?: { readonly key: string; readonly certificate: string };
  readonly tls?: ServerOptions;
  /** What it agrees on; `xmpp` if absent. */
  readonly subprotocol?: string | false;
  /** Answers whoever asks for no WebSocket, or everybody where {@link accept} is absent. */
  readonly answer?: RequestListener;
  readonly accept?: (socket: WebSocket, request: IncomingMessage) => void;
}

/** Starts the server; resolves with its port. */
export async function listenWebSocket(host: WebSocketHost): Promise<number> {
  const { certificate, subprotocol = 'xmpp', accept, answer = () => {} } = host;
  const server = certificate
    ? createSecureServer({ key: certificate.key, cert: certificate.certificate, ...host.tls }, answer)
    : createServer(answer);
  if (accept) {
    const webSockets = new WebSocketServer({ server, perMessageDeflate: true, handleProtocols: () => subprotocol });
    webSockets.on('connection', (socket, request) => {
      socket.on('error', () => {});
      accept(socket, request);
    });
  }
  server.on('tlsClientError', () => {});
  return listenOn(server);
}

/** Lets any server listen on a free port of this machine. */
export function listenOn(server: Server): Promise<number> {
  servers.push(server);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));
}

/** Stops all servers, and cuts their connections. */
export async function closeWebSocketServers(): Promise<void> {
  for (const socket of sockets) socket.destroy();
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
}

/** Resolves when the servers have seen the end of every connection. */
export async function everybodyGone(): Promise<void> {
  while (sockets.size > 0) await new Promise((resolve) => setImmediate(resolve));
}

/** What a transport gets for this address. */
export function inputFor(url: string, options: Partial<ClientOptions> = {}): TransportInput {
  const { hostname, port } = URL.canParse(url) ? new URL(url) : { hostname: '', port: '' };
  const security = url.startsWith('wss:') ? 'direct-tls' : 'none';
  return {
    endpoint: { transport: 'websocket', host: hostname, port: Number(port || 443), security, reason: 'a test', url },
    domain: 'example.org',
    settings: clientInput({ jid: 'juliet@example.org', password: 'x', ...options }),
  };
}

/** Dials the address, and writes down what the wire tells; ends it when it has failed or closed, as a transport does. */
export function dialWith(dial: Dial, url: string, options: Partial<ClientOptions> = {}) {
  const log: string[] = [];
  const errors: XmppError[] = [];
  const waiting: (() => void)[] = [];
  const note = (entry: string): void => {
    log.push(entry);
    for (const look of waiting) look();
  };
  const wire: Wire = dial(inputFor(url, options), {
    connected: () => note('connected'),
    secured: () => note('secured'),
    received: (bytes) => note(`received ${new TextDecoder().decode(bytes)}`),
    heard: () => note('heard'),
    drained: () => note('drained'),
    failed(error) {
      errors.push(error);
      wire.end();
      note(error.code);
    },
    closed(farewell) {
      wire.end();
      note(farewell === undefined ? 'closed' : `closed: ${farewell}`);
    },
  });
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
