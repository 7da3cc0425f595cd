import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import type { MemoryConnect } from '../../machines/endpoint.ts';
import { amount, type Checks, needed, text, truth } from './check-options.ts';
import type { Accept } from './link.ts';
import { memoryConnect } from './memory-link.ts';
import { OpenLinks } from './open-links.ts';
import { ServerTls, TLS_CHECKS, type TlsOptions } from './server-tls.ts';
import { TcpLink } from './tcp-link.ts';
import { createWebSocketServer, WEBSOCKET_PATH } from './websocket-server.ts';

/** Where a server of this package can be reached. */
export interface ListenOptions extends TlsOptions {
  /** The domain that it serves: the certificate is made for it. */
  readonly domain: string;
  /** Whether to listen on loopback; yes. Without it only `connect` leads to the server, and no certificate is made. */
  readonly listen?: boolean | undefined;
  /** Whether there is TLS on the sockets; yes. */
  readonly tls?: boolean | undefined;
  /** Whether to listen for WebSockets, too (RFC 7395); no. */
  readonly websocket?: boolean | undefined;
  /** Bytes that may wait for a client that does not read what it is sent, before it is cut off; 64 MiB. */
  readonly maxBacklog?: number | undefined;
}

/** What they have to be. */
export const LISTEN_CHECKS: Checks<ListenOptions> = {
  domain: needed(text),
  listen: truth,
  tls: truth,
  websocket: truth,
  maxBacklog: amount,
  ...TLS_CHECKS,
};

/** The ways to a server of this package. */
export interface Listeners {
  /** Port of 127.0.0.1 for plain TCP and STARTTLS; 0 if it does not listen. */
  readonly port: number;
  /** Port of 127.0.0.1 for direct TLS (XEP-0368); 0 if there is none. */
  readonly tlsPort: number;
  /** Address for WebSockets: `wss:`, or `ws:` without TLS; empty unless there are any. */
  readonly websocketUrl: string;
  /** PEM of the certificate to trust, as in `tls.connect({ ca })`; empty without TLS. */
  readonly ca: string;
  /** Connects a client in this process without a socket and without TLS. */
  readonly connect: MemoryConnect;
  /** Takes no more connections, and waits until all that exist are gone. */
  close(): Promise<void>;
}

/** Opens the ways to a server; each connection is handed to `accept`. */
export async function openListeners(options: ListenOptions, accept: Accept): Promise<Listeners> {
  const { domain, listen = true, websocket = false, maxBacklog = 64 * 1024 * 1024 } = options;
  const links = new OpenLinks(accept);
  const tls = listen && options.tls !== false ? await ServerTls.create(domain, options) : undefined;
  const servers: Server[] = [];
  const start = (server: Server) => {
    servers.push(server);
    return portOf(server);
  };
  const startTcp = (directTls: boolean) =>
    start(
      createServer({ noDelay: true }, (socket) => {
        new TcpLink(socket, { tls, directTls, maxBacklog }, links.accept);
      }),
    );
  const webSockets = listen && websocket ? await createWebSocketServer({ tls, maxBacklog }, links.accept) : undefined;
  return {
    port: listen ? await startTcp(false) : 0,
    tlsPort: tls ? await startTcp(true) : 0,
    websocketUrl: webSockets
      ? `${tls ? 'wss' : 'ws'}://127.0.0.1:${await start(webSockets.server)}${WEBSOCKET_PATH}`
      : '',
    ca: tls?.ca ?? '',
    connect: memoryConnect(links.accept),
    close: async () => {
      links.refuse();
      const closed = servers.map((server) => once(server, 'close'));
      for (const server of servers) server.close();
      webSockets?.cutOthers();
      await Promise.all([...closed, links.gone()]);
    },
  };
}

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server did not get a port');
  return address.port;
}
