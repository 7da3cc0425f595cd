import { once } from 'node:events';
import { type AddressInfo, connect as connectTcp, createServer, type Socket } from 'node:net';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { onTestFinished } from 'vitest';
import type { CertificateWithKey } from '../../src/testing/index.ts';

/** Somebody on the way between a client and its server. */
export interface Middleman {
  readonly port: number;
  /** All that the client said, as far as it can be read here. */
  heard(): string;
  /** How many connections there were. */
  connections(): number;
  /** Resolves when the client has ended the first of them. */
  over(): Promise<void>;
}

/** What somebody in the middle does to what comes by: each piece as it was written, in Latin-1. */
export interface Tampering {
  toClient?(piece: string): string;
  toServer?(piece: string): string;
}

/** TLS that somebody in the middle ends, with a certificate of their own, and begins anew. */
export interface Interception {
  readonly certificate: CertificateWithKey;
  /** Of the server: its authority, and its domain. */
  readonly ca: string;
  readonly domain: string;
}

/** Stands on the way to a port of this machine, reads along and changes what is in clear, or, with TLS of their own, everything. */
export async function standInTheMiddle(
  target: number,
  tampering: Tampering = {},
  tls?: Interception,
): Promise<Middleman> {
  const said: string[] = [];
  let connections = 0;
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const accept = (near: Socket): void => {
    connections += 1;
    near.on('end', end);
    const to = { host: '127.0.0.1', port: target };
    const far = tls ? connectTls({ ...to, ca: tls.ca, servername: tls.domain }) : connectTcp({ ...to, noDelay: true });
    relay(near, far, (piece) => {
      said.push(piece);
      return tampering.toServer?.(piece) ?? piece;
    });
    relay(far, near, (piece) => tampering.toClient?.(piece) ?? piece);
  };
  const server = tls
    ? createTlsServer({ key: tls.certificate.key, cert: tls.certificate.certificate }, accept)
    : createServer({ noDelay: true }, accept);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { port, heard: () => said.join(''), connections: () => connections, over: () => ended };
}

function relay(from: Socket, to: Socket, change: (piece: string) => string): void {
  from.on('data', (bytes: Buffer) => to.write(change(bytes.toString('latin1')), 'latin1'));
  from.on('end', () => to.end());
  from.on('error', () => to.destroy());
  from.on('close', () => to.destroy());
}
