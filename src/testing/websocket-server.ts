import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import type { Accept } from './link.ts';
import type { ServerTls } from './server-tls.ts';
import { WebSocketLink } from './websocket-link.ts';

/** Where clients find the WebSocket. */
export const WEBSOCKET_PATH = '/xmpp-websocket';
/** The subprotocol (RFC 7395 §3.1). */
const SUBPROTOCOL = 'xmpp';

/** What a server for WebSockets needs. */
export interface WebSocketServerOptions {
  /** Without it there is no TLS. */
  readonly tls: ServerTls | undefined;
  readonly maxBacklog: number;
}

/** A server that has not begun to listen, and the way to be rid of those who only speak HTTP to it. */
export interface WebSocketServer {
  readonly server: Server;
  /** Cuts the connections that are no WebSockets. */
  cutOthers(): void;
}

/** Makes a server that takes WebSockets for XMPP (RFC 7395 §3.1), and refuses everything else in HTTP. */
export async function createWebSocketServer(options: WebSocketServerOptions, accept: Accept): Promise<WebSocketServer> {
  const { tls, maxBacklog } = options;
  // Loaded when needed: most servers for tests have no WebSocket.
  const { WebSocketServer } = await import('ws');
  const upgrades = new WebSocketServer({ noServer: true, handleProtocols: () => SUBPROTOCOL });
  const others = new Map<Socket, Socket>();
  const http = createHttpServer((_request, response) => {
    response.writeHead(426, { connection: 'close', upgrade: 'websocket' }).end();
  });
  http.on('upgrade', (request, duplex, head) => {
    const socket = request.socket;
    const raw = others.get(socket);
    const refusal = refuse(request);
    if (raw === undefined || refusal !== undefined) {
      duplex.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\n\r\n`);
      return;
    }
    upgrades.handleUpgrade(request, duplex, head, (webSocket) => {
      others.delete(socket);
      new WebSocketLink(webSocket, { raw, socket, tls, maxBacklog }, accept);
    });
  });
  const server = createServer({ noDelay: true }, (raw) => {
    // A failure of TLS is one of the socket below, too.
    raw.on('error', () => {});
    const socket = tls ? tls.secure(raw, 'http/1.1') : raw;
    socket.on('error', () => {});
    others.set(socket, raw);
    raw.once('close', () => others.delete(socket));
    http.emit('connection', socket);
  });
  return {
    server,
    cutOthers: () => {
      for (const raw of others.values()) raw.destroy();
    },
  };
}

/** Status and reason, unless the request is one for XMPP. */
function refuse({ url = '', headers }: IncomingMessage): string | undefined {
  if (url.split('?')[0] !== WEBSOCKET_PATH) return '404 Not Found';
  const offered = headers['sec-websocket-protocol']?.split(',').map((name) => name.trim()) ?? [];
  return offered.includes(SUBPROTOCOL) ? undefined : '400 Bad Request';
}
