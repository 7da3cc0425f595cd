import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import type { CertificateWithKey } from '../../src/testing/certificate.ts';

/** Files for a browser, out of memory. */
export interface PageServer {
  /** Of `localhost`, which is a secure context also without TLS; with a slash at its end. */
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
}

/** Serves texts by path, as in `/index.html`, at a free port of 127.0.0.1: over HTTPS if there is a certificate to show. */
export async function startPageServer(
  files: Readonly<Record<string, string>>,
  certificate?: CertificateWithKey,
): Promise<PageServer> {
  const answer: RequestListener = (request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const text = files[path];
    response.writeHead(text === undefined ? 404 : 200, {
      'content-type': CONTENT_TYPES[extname(path)] ?? 'text/plain',
    });
    response.end(text);
  };
  const server: Server = certificate
    ? createSecureServer({ key: certificate.key, cert: certificate.certificate }, answer)
    : createServer(answer);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `${certificate ? 'https' : 'http'}://localhost:${port}/`,
    port,
    stop: async () => {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
};
