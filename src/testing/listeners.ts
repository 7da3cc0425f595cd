import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { MemoryConnect } from '../../machines/endpoint.ts';
import { domainToAscii } from '../jid/index.ts';
import { type CertificateWithKey, createAuthority } from './certificate.ts';
import type { Accept, Link } from './link.ts';
import { memoryConnect } from './memory-link.ts';
import { TcpLink } from './tcp-link.ts';

/** Where a server of this package can be reached. */
export interface ListenOptions {
  /** The domain that it serves: the certificate is made for it. */
  readonly domain: string;
  /** Whether to listen on loopback; yes. Without it only `connect` leads to the server, and no certificate is made. */
  readonly listen?: boolean | undefined;
  /** Whether there is TLS on the sockets; yes. */
  readonly tls?: boolean | undefined;
  /** Bytes that may wait for a client that does not read what it is sent, before it is cut off; 64 MiB. */
  readonly maxBacklog?: number | undefined;
  /** Default: one made at the start, for the domain, by an authority of its own. `ca` is what clients trust: itself. */
  readonly certificate?: (CertificateWithKey & { readonly ca?: string | undefined }) | undefined;
}

/** The ways to a server of this package. */
export interface Listeners {
  /** Port of 127.0.0.1 for plain TCP and STARTTLS; 0 if it does not listen. */
  readonly port: number;
  /** Port of 127.0.0.1 for direct TLS (XEP-0368); 0 if there is none. */
  readonly tlsPort: number;
  /** PEM of the certificate to trust, as in `tls.connect({ ca })`; empty without TLS. */
  readonly ca: string;
  /** Connects a client in this process without a socket and without TLS. */
  readonly connect: MemoryConnect;
  /** Takes no more connections, and waits until all that exist are gone. */
  close(): Promise<void>;
}

/** Opens the ways to a server; each connection is handed to `accept`. */
export async function openListeners(options: ListenOptions, accept: Accept): Promise<Listeners> {
  const { listen = true, tls = true, maxBacklog = 64 * 1024 * 1024 } = options;
  const open = new OpenLinks(accept);
  const identity = listen && tls ? await identify(options) : undefined;
  const secureContext = identity?.secureContext;
  const servers: Server[] = [];
  const start = async (directTls: boolean) => {
    const server = createServer({ noDelay: true }, (socket) => {
      new TcpLink(socket, { secureContext, directTls, maxBacklog }, open.accept);
    });
    servers.push(server);
    return portOf(server);
  };
  return {
    port: listen ? await start(false) : 0,
    tlsPort: secureContext ? await start(true) : 0,
    ca: identity?.ca ?? '',
    connect: memoryConnect(open.accept),
    close: async () => {
      open.refuse();
      const closed = servers.map((server) => once(server, 'close'));
      for (const server of servers) server.close();
      await Promise.all([...closed, open.gone()]);
    },
  };
}

async function identify(options: ListenOptions): Promise<{ secureContext: SecureContext; ca: string }> {
  const { key, certificate, ca } = options.certificate ?? (await makeCertificate(options.domain));
  return { secureContext: createSecureContext({ key, cert: certificate }), ca: ca ?? certificate };
}

async function makeCertificate(domain: string): Promise<CertificateWithKey & { readonly ca: string }> {
  const authority = await createAuthority();
  const issued = await authority.issue({ domains: [domainToAscii(domain)] });
  return { ...issued, ca: authority.certificate };
}

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server did not get a port');
  return address.port;
}

/** The links that exist, so that the end of the last one can be awaited. */
class OpenLinks {
  readonly #accept: Accept;
  readonly #links = new Set<Link>();
  #isRefusing = false;
  #waiting: (() => void) | undefined;

  constructor(accept: Accept) {
    this.#accept = accept;
  }

  readonly accept: Accept = (link) => {
    this.#links.add(link);
    const listener = this.#isRefusing ? this.#turnAway(link) : this.#accept(link);
    return {
      received: (bytes) => listener.received(bytes),
      secured: () => listener.secured(),
      closed: () => {
        this.#links.delete(link);
        listener.closed();
        if (this.#links.size === 0) this.#waiting?.();
      },
    };
  };

  refuse(): void {
    this.#isRefusing = true;
  }

  gone(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#links.size === 0) resolve();
      else this.#waiting = resolve;
    });
  }

  #turnAway(link: Link) {
    queueMicrotask(() => link.end());
    return { received: () => {}, secured: () => {}, closed: () => {} };
  }
}
