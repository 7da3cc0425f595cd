import type { CreateClientOptions } from '../../src/node.ts';
import type { XmppServer } from '../support/server.ts';

/** A way to a real server. */
export type Way = 'STARTTLS' | 'direct TLS' | 'WebSocket';

/** All of them. */
export const WAYS: readonly Way[] = ['STARTTLS', 'direct TLS', 'WebSocket'];

/**
 * The options that lead to a server. Its WebSocket is dialled by its address: Prosody refuses names that are none of its
 * hosts, and a certificate for the domain will do.
 */
export function wayTo(server: XmppServer, way: Way, port = portOf(server, way)): Partial<CreateClientOptions> {
  const { host, webSocketPath } = server;
  const tls = { ca: server.authority };
  if (way === 'WebSocket') return { websocket: `wss://${host}:${port}${webSocketPath}`, tls };
  return { host, port, directTls: way === 'direct TLS', tls };
}

/** The port at which a way begins. */
export function portOf({ ports }: XmppServer, way: Way): number {
  return { STARTTLS: ports.startTls, 'direct TLS': ports.directTls, WebSocket: ports.https }[way];
}
