import type { MemoryConnect } from '../../machines/endpoint.ts';
import * as xmpp from '../../src/node.ts';

/*
 * The package as the examples import it, but every client connects to the server that the test has: the example itself stays
 * as it is printed.
 */

export { clientMachine, element, requestResponder } from '../../src/node.ts';

/** Nothing is left on the disk of whoever runs the tests. */
export const fileSessionStore = (): xmpp.SessionStore => xmpp.memorySessionStore();

let connect: MemoryConnect | undefined;
let clients: xmpp.Client[] = [];

export const connection = {
  /** The server that clients connect to from now on. */
  use(server: MemoryConnect): void {
    connect = server;
  },
};

/** Ends what an example left running. */
export async function stopAll(): Promise<void> {
  await Promise.all(clients.map((client) => client.stop()));
  clients = [];
}

export function createClient(options: xmpp.CreateClientOptions): xmpp.Client {
  const client = xmpp.createClient(connected(options));
  clients.push(client);
  return client;
}

export function withClient<T>(
  options: xmpp.WithClientOptions,
  task: (client: xmpp.Client) => T | Promise<T>,
): Promise<T> {
  return xmpp.withClient(connected(options), task);
}

export function clientInput(options: xmpp.ClientOptions): xmpp.ClientInput {
  return xmpp.clientInput(connected(options));
}

function connected<T extends object>(options: T): T {
  return connect ? { ...options, memory: connect } : options;
}
