import { connect } from 'node:net';
import type { MemoryConnect } from '../../machines/endpoint.ts';
import { ClientTls, type ClientTlsOptions } from './client-tls.ts';
import type { Accept, Link, LinkListener } from './link.ts';
import { dialMemory } from './memory-link.ts';
import { TcpLink } from './tcp-link.ts';
import { WebSocketLink } from './websocket-link.ts';

/** What a client lets wait for a server that does not read, in bytes. */
const MAX_BACKLOG = 64 * 1024 * 1024;

/** What is told of a connection that is on its way. */
interface Attempt {
  /** There is a link; nothing can be sent on it yet. */
  readonly accept: Accept;
  /** Bytes can be exchanged. A link that begins with TLS says so itself. */
  opened(): void;
  failed(reason: Error): void;
}

/** A way to a server. */
export interface Way {
  /** For error messages. */
  readonly name: string;
  /** Sets out; returns what gives it up. */
  open(attempt: Attempt): () => void;
}

/** Where a server is, and who it has to be. */
export interface Address extends ClientTlsOptions {
  /** The domain that the certificate must be for. */
  readonly domain: string;
  readonly host: string;
  readonly port: number;
}

/** To a server in this process. */
export function memoryWay(connectTo: MemoryConnect): Way {
  return {
    name: 'the server in this process',
    open: ({ accept, opened }) => {
      dialMemory(connectTo, accept);
      opened();
      return () => {};
    },
  };
}

/** Over TCP, where TLS comes first (XEP-0368) or may be asked for. */
export function tcpWay(address: Address, { directTls }: { readonly directTls: boolean }): Way {
  const { domain, host, port } = address;
  return {
    name: `${host}:${port}`,
    open: ({ accept, opened }) => {
      const raw = connect({ host, port, noDelay: true });
      if (!directTls) raw.once('connect', opened);
      const tls = new ClientTls([domain], address);
      new TcpLink(raw, { tls, directTls, maxBacklog: MAX_BACKLOG }, accept);
      return () => raw.destroy();
    },
  };
}

/** To the WebSocket of an address (RFC 7395); under TLS the certificate may be for its host as well (XEP-0156 §2.2). */
export function webSocketWay(url: string, { domain, ...options }: Omit<Address, 'host' | 'port'>): Way {
  const { protocol, hostname: host, port } = new URL(url);
  const tls = protocol === 'wss:' ? new ClientTls([domain, host], options) : undefined;
  return {
    name: url,
    open: ({ accept, opened, failed }) => {
      const raw = connect({ host, port: Number(port || (tls ? 443 : 80)), noDelay: true });
      const socket = tls ? tls.secure(raw, 'http/1.1') : raw;
      raw.on('error', failed);
      socket.on('error', failed);
      // Loaded when needed, as by the server.
      const loaded = import('ws').then(({ WebSocket }) => {
        const webSocket = new WebSocket(url, 'xmpp', { createConnection: () => socket, perMessageDeflate: false });
        webSocket.on('error', failed);
        webSocket.once('open', () => {
          new WebSocketLink(webSocket, { raw, socket, tls, maxBacklog: MAX_BACKLOG }, accept);
          opened();
        });
      });
      loaded.catch(failed);
      return () => raw.destroy();
    },
  };
}

/**
 * Goes a way to a server, and gives the listener of the link as soon as bytes can be exchanged.
 *
 * @param timeout how long that may take, in milliseconds
 */
export async function dial<T extends LinkListener>(way: Way, listen: (link: Link) => T, timeout: number): Promise<T> {
  let giveUp = () => {};
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<T>((resolve, reject) => {
      let opened = () => {};
      timer = setTimeout(() => reject(new Error(`it took more than ${timeout} ms`)), timeout);
      const accept: Accept = (link) => {
        const listener = listen(link);
        opened = () => resolve(listener);
        return {
          received: (bytes) => listener.received(bytes),
          secured: () => {
            listener.secured();
            opened();
          },
          closed: (reason) => {
            listener.closed(reason);
            reject(reason ?? new Error('the server ended the connection'));
          },
        };
      };
      giveUp = way.open({ accept, opened: () => opened(), failed: reject });
    });
  } catch (cause) {
    giveUp();
    throw new Error(`There is no connection to ${way.name}: ${reasonOf(cause)}`, { cause });
  } finally {
    clearTimeout(timer);
  }
}

/** Where several addresses were tried, the message is empty. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return cause.message || ('code' in cause ? String(cause.code) : cause.name);
}
