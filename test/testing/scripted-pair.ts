import {
  connectScriptedClient,
  type ScriptedClient,
  type ScriptedClientOptions,
  type ScriptedServer,
  type ScriptedServerOptions,
  startScriptedServer,
} from '../../src/testing/index.ts';

/** Where the scripted server is, and its only user. */
export const DOMAIN = 'capulet.example';
export const JULIET = { username: 'juliet', password: 'r0m30' };

/** How a client gets to a server. */
export type Way = (
  server: Pick<ScriptedServer, 'ca' | 'connect' | 'port' | 'tlsPort' | 'websocketUrl'>,
) => Omit<ScriptedClientOptions, 'domain'>;

export const inMemory: Way = ({ connect: memory }) => ({ memory });
export const overTcp: Way = ({ port, ca }) => ({ port, ca });
export const overTls: Way = ({ tlsPort, ca }) => ({ tlsPort, ca });
export const overWebSocket: Way = ({ websocketUrl, ca }) => ({ websocketUrl, ca });

const stops: (() => Promise<void>)[] = [];

/** Remembers what has to be stopped behind a test. */
export function stopLater<T extends { stop(): Promise<void> }>(started: T): T {
  stops.push(() => started.stop());
  return started;
}

/** Stops all of it, clients before servers. */
export async function stopAll(): Promise<void> {
  for (const stop of stops.splice(0).reverse()) await stop();
}

/** A scripted server; without sockets unless told otherwise. */
export async function startScripted(options: Partial<ScriptedServerOptions> = {}): Promise<ScriptedServer> {
  const { password } = JULIET;
  return stopLater(await startScriptedServer({ domain: DOMAIN, password, listen: false, ...options }));
}

/** A scripted client. */
export async function connectTo(options: Omit<ScriptedClientOptions, 'domain'>): Promise<ScriptedClient> {
  return stopLater(await connectScriptedClient({ domain: DOMAIN, ...options }));
}

/** A client and a server that met. */
export async function meet(options: Partial<ScriptedServerOptions> = {}, way: Way = inMemory, timeout = 5000) {
  const server = await startScripted({ timeout, ...options });
  const client = await connectTo({ timeout, ...way(server) });
  return { server, client, peer: await server.connection() };
}
