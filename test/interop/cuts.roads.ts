import type { CreateClientOptions } from '../../src/node.ts';
import type { Sieve } from '../support/cutting-proxy.ts';
import { openStartTls, openWebSocket, type RawStream } from '../support/raw-stream.ts';
import type { XmppServer } from '../support/server.ts';
import { passWholeMessages, passWholeWrites } from './cuts.sieves.ts';
import { wayTo } from './ways.ts';

/** A way to a server on which clients are cut off. */
export interface Road {
  readonly name: string;
  /** The port of the server at which it begins. */
  port(server: XmppServer): number;
  /** The options that lead a client over it, to the server or to what is laid before that. */
  lead(server: XmppServer, port?: number): Partial<CreateClientOptions>;
  /** The same for somebody without a client. */
  open(server: XmppServer, port?: number): Promise<RawStream>;
  /** The default namespace that stanzas declare, where the stream does not (RFC 7395 §3.3). */
  readonly xmlns: string;
  /** Keeps halves of what is said on this road from the server. */
  readonly createSieve: () => Sieve;
}

const STARTTLS: Road = {
  name: 'STARTTLS',
  port: ({ ports }) => ports.startTls,
  lead: (server, port) => wayTo(server, 'STARTTLS', port),
  open: (server, port) => openStartTls(withPort(server, port)),
  xmlns: '',
  createSieve: passWholeWrites,
};

const WEBSOCKET: Road = {
  name: 'WebSocket',
  port: ({ ports }) => ports.https,
  lead: (server, port) => wayTo(server, 'WebSocket', port),
  open: (server, port) => openWebSocket(withPort(server, port), { secure: true }),
  xmlns: ' xmlns="jabber:client"',
  createSieve: passWholeWrites,
};

const CLEAR_WEBSOCKET: Road = {
  name: 'WebSocket without TLS',
  port: ({ ports }) => ports.http,
  lead: ({ host, ports, webSocketPath }, port = ports.http) => ({ websocket: `ws://${host}:${port}${webSocketPath}` }),
  open: (server, port) => openWebSocket(withPort(server, port), { secure: false }),
  xmlns: WEBSOCKET.xmlns,
  createSieve: passWholeMessages,
};

/** All of them, by name. */
export const ROADS = { STARTTLS, WEBSOCKET, CLEAR_WEBSOCKET } as const;

function withPort(server: XmppServer, port: number | undefined): XmppServer {
  if (port === undefined) return server;
  return { ...server, ports: { ...server.ports, startTls: port, http: port, https: port } };
}
