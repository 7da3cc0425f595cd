import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { OptionError } from '../../errors/index.ts';
import { HOST } from './gate.ts';

/** Milliseconds for a whole request to come, and for the next one on a connection. */
const REQUEST_TIMEOUT = 10_000;
const IDLE_TIMEOUT = 5_000;
/** Connections at a time: pages, and whoever holds one open without a word. */
const MOST_CONNECTIONS = 64;
/** Bytes of a command. */
const LARGEST_BODY = 1024 * 1024;

/**
 * Listens on loopback and nowhere else. Port 0 is any that is free.
 *
 * @throws OptionError where the port cannot be had
 */
export async function listen(port: number, answer: RequestListener): Promise<{ server: Server; port: number }> {
  const server = createServer(
    { requestTimeout: REQUEST_TIMEOUT, headersTimeout: REQUEST_TIMEOUT, connectionsCheckingInterval: 1000 },
    answer,
  );
  server.keepAliveTimeout = IDLE_TIMEOUT;
  server.maxConnections = MOST_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(portError(port, cause)));
    server.listen({ host: HOST, port, exclusive: true }, resolve);
  });
  // Later errors are those of single connections.
  server.on('error', () => {});
  const address = server.address();
  if (address === null || typeof address === 'string') throw new OptionError('Expected a port, got none');
  return { server, port: address.port };
}

/** Ends all connections, and resolves when the port is free. */
export function shutDown(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** The body of a request; `undefined` where it is too large, which is known at its end, or breaks off. */
export function readBody(request: IncomingMessage): Promise<string | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= LARGEST_BODY) chunks.push(chunk);
    });
    request.on('end', () => resolve(length <= LARGEST_BODY ? Buffer.concat(chunks).toString('utf8') : undefined));
    request.on('close', () => resolve(undefined));
    request.on('error', () => resolve(undefined));
  });
}

function portError(port: number, cause: NodeJS.ErrnoException): OptionError {
  const [reason, hint] = REASONS[cause.code ?? ''] ?? [`cannot be listened on (${cause.code})`, FREE_PORT];
  return new OptionError(`Port ${port} of ${HOST} ${reason}`, { cause, hint });
}

const FREE_PORT = 'Choose another one, or none: then a free one is taken.';

const REASONS: Readonly<Record<string, readonly [string, string]>> = {
  EADDRINUSE: ['is in use: another program listens there, or another inspector', FREE_PORT],
  EACCES: ['may not be listened on by this user', 'Choose one above 1023, or none: then a free one is taken.'],
};
