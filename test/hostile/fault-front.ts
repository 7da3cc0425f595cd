import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import type { CertificateWithKey } from '../../src/testing/index.ts';

/**
 * What ends TLS in front of a server of WebSockets, as web servers do. What happens below the messages of a WebSocket, a test
 * does here: a scripted server has messages only.
 */
export interface Front {
  readonly port: number;
  /** The connection that came last. */
  last(): FrontLine;
  close(): Promise<unknown>;
}

/** One connection of a client. */
export interface FrontLine {
  /** Sends bytes under TLS, as they are. */
  send(bytes: Uint8Array): void;
  /** Sends bytes that are no TLS. */
  sendInClear(bytes: Uint8Array): void;
  /** Ends the connection, and says nothing about the WebSocket. */
  end(): void;
  /** Cuts the connection: the client gets a reset. */
  reset(): void;
}

/** Starts one in front of a port of this machine. */
export async function startFront(target: number, { key, certificate }: CertificateWithKey): Promise<Front> {
  const raw: Socket[] = [];
  const lines: FrontLine[] = [];
  const options = { key, cert: certificate, noDelay: true };
  const server = createServer(options, (near) => lines.push(joined(near, raw.at(-1), target)));
  server.on('connection', (socket: Socket) => raw.push(socket.on('error', () => {})));
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    last() {
      const line = lines.at(-1);
      if (!line) throw new Error('Nobody has connected');
      return line;
    },
    close() {
      for (const socket of raw) socket.destroy();
      server.close();
      return once(server, 'close');
    },
  };
}

/** The socket below TLS is there before its handshake: tests connect one after the other. */
function joined(near: TLSSocket, raw: Socket | undefined, target: number): FrontLine {
  const far = connect({ host: '127.0.0.1', port: target, noDelay: true });
  const reset = () => void raw?.resetAndDestroy();
  near.pipe(far);
  far.pipe(near);
  near.on('error', () => far.destroy());
  near.on('close', () => far.destroy());
  far.on('error', reset);
  return {
    send: (bytes) => void near.write(bytes),
    sendInClear: (bytes) => void raw?.write(bytes),
    end: () => void near.end(),
    reset,
  };
}
