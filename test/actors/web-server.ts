import { createServer as createPlainServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { lookUpHostMeta, type NamedWebSocket } from '../../src/actors/host-meta-lookup.ts';
import { hostMetaOver } from '../../src/actors/host-meta-node.ts';
import { clientInput } from '../../src/client/client-input.ts';
import type { ClientOptions } from '../../src/client/options.ts';
import type { CertificateWithKey } from '../../src/testing/certificate.ts';

/** What a web server gives at a path: a text with status 200, or whatever the function does. */
export type Page = string | ((response: ServerResponse, request: IncomingMessage) => void);

/** Pages by their path; others are not there. */
export type Pages = Readonly<Record<string, Page>>;

export interface WebServer {
  readonly port: number;
  /** What was asked for: `GET /path`. */
  readonly asked: string[];
  /** Resolves when so many requests have come. */
  heard(count: number): Promise<void>;
  /** Resolves when no answer is under way. */
  idle(): Promise<void>;
  /** Resolves when no client is connected. */
  deserted(): Promise<void>;
}

const running: { readonly server: Server; readonly sockets: Set<Socket> }[] = [];

/** A web server on this machine, with TLS. */
export function serve(
  { key, certificate }: CertificateWithKey,
  pages: Pages,
  options: TlsOptions = {},
): Promise<WebServer> {
  return start(createServer({ key, cert: certificate, ...options }), pages);
}

/** The same without TLS. */
export function servePlain(pages: Pages): Promise<WebServer> {
  return start(createPlainServer(), pages);
}

/** Looks for the host-meta of a domain at a server on this machine. */
export function lookUpAt(
  port: number,
  options: Partial<ClientOptions> = {},
  { domain = 'example.org', host = '127.0.0.1', signal = new AbortController().signal } = {},
): Promise<readonly NamedWebSocket[]> {
  const settings = clientInput({ jid: `juliet@${domain}`, password: 'x', ...options });
  return lookUpHostMeta(domain, settings, hostMetaOver({ host, port }), signal);
}

/** Stops all of them, and cuts their connections. */
export async function closeWebServers(): Promise<void> {
  for (const { server, sockets } of running.splice(0)) {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

async function start(server: Server, pages: Pages): Promise<WebServer> {
  const sockets = new Set<Socket>();
  const asked: string[] = [];
  let open = 0;
  running.push({ server, sockets });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', () => {});
  server.on('request', (request, response) => {
    open += 1;
    response.on('error', () => {});
    response.on('close', () => {
      open -= 1;
    });
    answer(pages[request.url ?? ''], request, response);
    asked.push(`${request.method} ${request.url}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    heard: (count) => turnsUntil(() => asked.length >= count),
    idle: () => turnsUntil(() => open === 0),
    deserted: () => turnsUntil(() => sockets.size === 0),
  };
}

function answer(page: Page | undefined, request: IncomingMessage, response: ServerResponse): void {
  if (typeof page === 'function') page(response, request);
  else response.writeHead(page === undefined ? 404 : 200).end(page);
}

async function turnsUntil(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve));
}
