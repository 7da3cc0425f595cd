import type { ClientInput } from '../../machines/settings.ts';
import { discoverLate } from '../actors/discover-late.ts';
import { resolveWith } from '../actors/resolve.ts';
import { transportLogic } from '../actors/transport.ts';
import { dialWebSocket } from '../actors/websocket-web.ts';
import type { Dial } from '../actors/wire.ts';
import { OptionError } from '../errors/index.ts';
import { webScramCrypto } from '../sasl/browser.ts';
import type { Client } from './client.ts';
import { type CreateClientOptions, createClientWith } from './create-client.ts';
import { provideClient } from './provide.ts';
import { type WithClientOptions, withClientFrom } from './with-client.ts';

const dial: Dial = (input, listener) => {
  const impossible = impossibleIn(input.settings);
  if (impossible === undefined) return dialWebSocket(input, listener);
  throw new OptionError(`A page cannot do what the option \`${impossible}\` asks for`, {
    hint: 'Browsers have WebSockets only, and do TLS by themselves: name a `websocket`, or let host-meta of the domain name it.',
  });
};

/**
 * The chart of a client, ready to run in a browser: invoke it from a machine with `clientInput(...)` as its input. It reports
 * to that machine with `xmpp.*` events.
 */
export const clientMachine = provideClient({
  resolve: resolveWith({
    hostMeta: discoverLate(async () => (await import('../actors/discovery-web.ts')).discoverInWeb),
  }),
  transport: transportLogic(dial),
  crypto: webScramCrypto,
});

/**
 * Makes a client. It is offline until `start()`. It reaches servers through WebSockets; options for TCP and TLS, which are
 * not a page's business, end in `failed` with an `OptionError`.
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

/** What is asked for and a page has no power over: to pass over it would be to promise what nobody keeps. */
function impossibleIn({ location, tls }: ClientInput): string | undefined {
  if (location.memory) return 'memory';
  if (location.websocket === undefined) {
    if (location.host !== undefined) return 'host';
    if (location.port !== undefined) return 'port';
  }
  if (tls.ca !== undefined) return 'tls.ca';
  if (tls.minVersion !== 'TLSv1.2') return 'tls.minVersion';
  if (tls.clientCertificate) return 'tls.clientCertificate';
  if (tls.fingerprints.length > 0) return 'tls.fingerprints';
  return tls.trustsAnyCertificate ? 'tls.dangerouslyTrustAnyCertificate' : undefined;
}
