import type { Endpoint } from '../../machines/endpoint.ts';
import { dialLate } from '../actors/dial-late.ts';
import { resolveLogic } from '../actors/discovery.ts';
import { lookupSrv } from '../actors/dns.ts';
import type { FetchHostMeta } from '../actors/host-meta-lookup.ts';
import { dialMemory } from '../actors/memory.ts';
import { dialTcp } from '../actors/tcp.ts';
import { transportLogic } from '../actors/transport.ts';
import type { Dial } from '../actors/wire.ts';
import { nodeScramCrypto } from '../sasl/node.ts';
import { messageFraming } from '../stream/index.ts';
import type { Client } from './client.ts';
import { type CreateClientOptions, createClientWith } from './create-client.ts';
import { provideClient } from './provide.ts';
import { type WithClientOptions, withClientFrom } from './with-client.ts';

const fetchHostMeta: FetchHostMeta = async (request) => {
  const host = await import('../actors/host-meta-node.ts');
  return host.fetchHostMeta(request);
};

const dials: Readonly<Record<Endpoint['transport'], Dial>> = {
  tcp: dialTcp,
  // The package for WebSockets takes long to load, and most clients do without it.
  websocket: dialLate(messageFraming, async () => (await import('../actors/websocket-node.ts')).dialWebSocket),
  memory: dialMemory,
};

/**
 * The chart of a client, ready to run on Node: invoke it from a machine with `clientInput(...)` as its input. It reports to
 * that machine with `xmpp.*` events.
 */
export const clientMachine = provideClient({
  resolve: resolveLogic({ lookupSrv, fetchHostMeta }),
  transport: transportLogic((input, listener) => dials[input.endpoint.transport](input, listener)),
  crypto: nodeScramCrypto,
});

/**
 * Makes a client. It is offline until `start()`.
 *
 * @throws JidError, OptionError with what was expected and what came
 */
export function createClient(options: CreateClientOptions): Client {
  return createClientWith(clientMachine, options);
}

/**
 * Logs in, runs the task, logs out, and resolves with what the task gave. Rejects with the first real error, also on
 * timeout and abort.
 */
export function withClient<T>(options: WithClientOptions, task: (client: Client) => T | Promise<T>): Promise<T> {
  return withClientFrom(createClient, options, task);
}
