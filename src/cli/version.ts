import { withClient } from '../client/node.ts';
import { parseJid } from '../jid/index.ts';
import type { SoftwareVersion } from '../payloads/index.ts';
import { versionProtocol } from '../subprotocols/version.ts';
import type { Io } from './io.ts';
import { type ConnectionFlags, clientOptions, parseTimeout } from './options.ts';
import { createTerminal, escapeControls, shorten } from './terminal.ts';

/** Milliseconds for everything, where --timeout says nothing else. */
const TIMEOUT = 30_000;

/**
 * `xstate-xmpp version`: logs in, asks an address for its software, by default the server of the account, logs out, and
 * writes the answer on one line.
 *
 * @throws XmppError with the state and the endpoint where it happened
 */
export async function version(
  address: string,
  target: string | undefined,
  flags: ConnectionFlags,
  io: Io,
): Promise<void> {
  const to = parseJid(target ?? parseJid(address).domainpart);
  const timeout = flags.timeout === undefined ? TIMEOUT : parseTimeout(flags.timeout);
  const options = await clientOptions(address, flags, io);
  const terminal = createTerminal(io, { colors: flags.color });
  const traffic = ({ direction, text }: { direction: string; text: string }): void =>
    terminal.warn(`${direction}  ${escapeControls(text)}`);
  const software = await withClient(
    {
      ...options,
      timeout,
      signal: io.signal,
      ...(flags.traffic ? { onTraffic: traffic } : {}),
    },
    (client) => client.use(versionProtocol()).query(to, { timeout }),
  );
  terminal.print(formatVersion(software));
}

/** `Prosody 0.12.3 (Linux)`, as far as it is told. */
export function formatVersion({ name, version: number, os }: SoftwareVersion): string {
  const parts = [name || '(no name)', number || '(no version)', os ? `(${os})` : ''].filter(Boolean);
  return escapeControls(shorten(parts.join(' '), 500));
}
