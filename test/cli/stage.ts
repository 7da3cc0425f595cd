import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Server, type ServerOptions, startServer } from '../../src/testing/index.ts';

/** A server, and what the command line needs to get to it. */
export interface Stage {
  readonly server: Server;
  /** File with the certificate to trust. */
  readonly ca: string;
  /** Options that lead to the server and make it trusted. */
  readonly way: readonly string[];
  /** Options that lead to the server. */
  readonly untrustedWay: readonly string[];
  /** `127.0.0.1:40123 (STARTTLS)` */
  readonly endpoint: string;
  close(): Promise<void>;
}

/** The password of every account on the stage. */
export const SECRET = 'a-very-particular-secret';

/** Starts a server for `verona.example` with juliet and romeo. */
export async function openStage(options: Partial<ServerOptions> = {}): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'xstate-xmpp-cli-'));
  const accounts = { juliet: SECRET, romeo: SECRET };
  const server = await startServer({ domain: 'verona.example', accounts, ...options });
  const ca = join(folder, 'ca.pem');
  await writeFile(ca, server.ca);
  const untrustedWay = ['--host', '127.0.0.1', '--port', String(server.port)];
  return {
    server,
    ca,
    way: [...untrustedWay, '--ca', ca],
    untrustedWay,
    endpoint: `127.0.0.1:${server.port} (STARTTLS)`,
    async close() {
      await server.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** A server that never says a word, and hangs up when the client does, or not even then. */
export async function openMute({ hangsUp = true } = {}): Promise<{ port: number; close: () => void }> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.setEncoding('utf8').on('data', (text: string) => {
      if (hangsUp && text.includes('</stream:stream>')) socket.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: portOf(server.address()), close: () => server.close() };
}

/** A port of loopback where nobody listens. */
export async function closedPort(): Promise<number> {
  const { port, close } = await openMute();
  close();
  return port;
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('The server does not listen on TCP');
  return address.port;
}
