import type { Client } from '../../client/index.ts';
import { OptionError } from '../../errors/index.ts';
import { readAssets } from './assets.ts';
import { createToken, HOST } from './gate.ts';
import { Hub } from './hub.ts';
import { listen, shutDown } from './server.ts';
import { Site } from './site.ts';

/** How the live inspector is set up. */
export interface InspectOptions {
  /** Port of 127.0.0.1; one that is free if absent or 0. */
  readonly port?: number | undefined;
  /** Lines of the log that are kept; 10,000 if absent. */
  readonly history?: number | undefined;
  /** What a single client is called; its account if absent. */
  readonly name?: string | undefined;
}

/** A page that shows clients while they run. */
export interface Inspector {
  /** Address of the page. Whoever knows it can watch these clients, and steer them. */
  readonly url: string;
  /** Resolves when a page was opened for the first time; never, if that does not happen. */
  readonly opened: Promise<void>;
  /** Shows one more client; the returned function takes it away again. */
  add(client: Client, name?: string): () => void;
  /** Ends it: pages get no answer any more, and the clients go on as if nothing had happened. */
  close(): Promise<void>;
}

const HISTORY = 10_000;
const LONGEST_HISTORY = 1_000_000;

/**
 * Serves a page, on loopback only, that shows clients live: their charts, their actors, every transition and every stanza. It costs
 * the clients nothing until the page is opened, and never makes them wait. Keeps the process alive until it is closed.
 *
 * @throws OptionError where the port is in use, or an option is wrong
 */
export async function inspectClient(
  clients: Client | readonly Client[],
  { port = 0, history = HISTORY, name }: InspectOptions = {},
): Promise<Inspector> {
  requireInteger('port', port, 0, 65_535);
  requireInteger('history', history, 1, LONGEST_HISTORY);
  const hub = new Hub(history);
  const token = createToken();
  const site = new Site(hub, await readAssets(), token);
  const { server, port: taken } = await listen(port, (request, response) => {
    void site.answer(request, response, taken);
  });
  if ('actor' in clients) hub.add(clients, name);
  else for (const client of clients) hub.add(client, undefined);
  return {
    url: `http://${HOST}:${taken}/${token}/`,
    opened: hub.opened,
    add: (client, called) => hub.add(client, called),
    async close() {
      hub.close();
      if (server.listening) await shutDown(server);
    },
  };
}

function requireInteger(option: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new OptionError(`Expected \`${option}\`, an integer from ${least} to ${most}, got ${String(value)}`);
}
