import { createClient } from '../client/node.ts';
import { OptionError } from '../errors/index.ts';
import { inspectClient } from '../inspect/live/index.ts';
import { takePart } from './connect.ts';
import type { Io } from './io.ts';
import { createJournal, timeOfDay } from './journal.ts';
import { type ConnectionFlags, clientOptions } from './options.ts';
import { createTerminal } from './terminal.ts';

/** Options of the command, beside those that say where the server is. */
export interface InspectFlags extends ConnectionFlags {
  /** Port of the page; any that is free if absent. */
  readonly pagePort?: string;
}

/**
 * `xstate-xmpp inspect`: logs in and stays online as `connect` does, and shows it all on a page. A client that failed stays: the page
 * says why, and has a button that starts it again. Resolves after the signal and a clean logout.
 *
 * @throws XmppError where an option is wrong, or the port of the page is in use
 */
export async function inspect(address: string, flags: InspectFlags, io: Io): Promise<void> {
  const port = parsePagePort(flags.pagePort);
  const options = await clientOptions(address, flags, io);
  const terminal = createTerminal(io, { colors: flags.color });
  const journal = createJournal(terminal, timeOfDay);
  const client = createClient(flags.traffic ? { ...options, onTraffic: journal.traffic } : options);
  takePart(client);
  client.on('error', ({ error }) => journal.note('warning', error.message));
  client.on('failed', ({ error }) => journal.note('failed', error.message));
  const inspector = await inspectClient(client, { port });
  terminal.print(...welcome(inspector.url));
  const unwatch = journal.watch(client);
  client.start();
  await interrupted(io.signal);
  journal.note('', 'Logging out. Ctrl-C again leaves at once.');
  await client.stop();
  unwatch();
  await inspector.close();
}

/** What is written when the page is there. */
export function welcome(url: string): string[] {
  return ['The inspector is open, on this machine only, for whoever has this address:', `  ${url}`];
}

/** Resolves when the signal says that it is enough. */
export function interrupted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
    if (signal.aborted) resolve();
  });
}

/** The value of `--page-port`; 0 for any that is free. */
export function parsePagePort(text: string | undefined): number {
  if (text === undefined) return 0;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : -1;
  if (port >= 0 && port < 65_536) return port;
  throw new OptionError(`Expected a port from 1 to 65535 after --page-port, got '${text}'`);
}
