import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';

/** All on 127.0.0.1. */
export interface ServerPorts {
  readonly startTls: number;
  readonly directTls: number;
  readonly http: number;
  readonly https: number;
}

/** Four ports that nobody listens on, from below the range that systems choose from for outgoing connections. */
export async function freePorts(): Promise<ServerPorts> {
  const servers: Server[] = [];
  while (servers.length < 4) {
    const server = await listen(10_000 + Math.floor(Math.random() * 20_000));
    if (server) servers.push(server);
  }
  const [startTls = 0, directTls = 0, http = 0, https = 0] = servers.map(
    (each) => (each.address() as AddressInfo).port,
  );
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return { startTls, directTls, http, https };
}

async function listen(port: number): Promise<Server | undefined> {
  const server = createServer().listen(port, '127.0.0.1');
  return once(server, 'listening').then(
    () => server,
    () => undefined,
  );
}
