import { isWebSocketUrl } from '../client/check-options.ts';
import type { ClientOptions } from '../client/index.ts';
import { OptionError } from '../errors/index.ts';
import { type Jid, parseJid } from '../jid/index.ts';
import { type CredentialKind, MECHANISMS } from '../sasl/index.ts';
import { readAuthority, readClientCertificate } from './files.ts';
import type { Io } from './io.ts';
import { findPassword } from './password.ts';

/** Options that say where the server is, how to be safe there, and how to log in. */
export interface ServerFlags {
  readonly host?: string;
  readonly port?: string;
  readonly directTls?: boolean;
  readonly websocket?: string;
  readonly ca?: string;
  readonly clientCertificate?: string;
  readonly clientKey?: string;
  /** Each one that was given. */
  readonly mechanism?: readonly string[];
  readonly requireChannelBinding?: boolean;
  readonly timeout?: string;
  readonly traffic?: boolean;
  /** `false` for --no-color. */
  readonly color: boolean;
}

/** What the options of `connect` and `version` come as. */
export interface ConnectionFlags extends ServerFlags {
  readonly passwordFile?: string;
}

/** Options of a client that do not say who logs in. */
export type ServerOptions = Pick<
  ClientOptions,
  'host' | 'port' | 'directTls' | 'websocket' | 'tls' | 'mechanisms' | 'channelBinding'
>;

/** The longest time that can be asked for: a day, in seconds. */
const LONGEST = 86_400;

/**
 * Options of a client, from the command line. Everything that costs nothing to check is checked before a password is asked
 * for, and none is asked for where no mechanism wants one.
 *
 * @throws OptionError, JidError with what was expected and what came
 */
export async function clientOptions(address: string, flags: ConnectionFlags, io: Io): Promise<ClientOptions> {
  const jid = parseJid(address);
  const server = await serverOptions(flags, ['password', 'certificate', 'none'], io);
  checkAccount(jid, address, server);
  const wantsPassword = wants('password', server);
  return {
    jid,
    ...server,
    ...(wantsPassword ? { password: await findPassword(jid.bare, flags.passwordFile, io) } : {}),
  };
}

/**
 * The same without an account. `usable` says what a mechanism may need that is named.
 *
 * @throws OptionError with what was expected and what came
 */
export async function serverOptions(
  flags: ServerFlags,
  usable: readonly CredentialKind[],
  io: Io,
): Promise<ServerOptions> {
  const { host, mechanism } = flags;
  const port = flags.port === undefined ? undefined : parsePort(flags.port);
  const websocket = flags.websocket === undefined ? undefined : parseWebSocket(flags.websocket, flags);
  const mechanisms = mechanism?.map((name) => parseMechanism(name, usable));
  const tls = await readTls(flags, io);
  return {
    tls,
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    ...(flags.directTls ? { directTls: true } : {}),
    ...(websocket === undefined ? {} : { websocket }),
    ...(mechanisms === undefined ? {} : { mechanisms }),
    ...(flags.requireChannelBinding ? { channelBinding: 'require' } : {}),
  };
}

/** Milliseconds of `--timeout`. */
export function parseTimeout(text: string): number {
  const seconds = Number(text);
  if (text.trim() !== '' && seconds > 0 && seconds <= LONGEST) return Math.ceil(seconds * 1000);
  throw new OptionError(`Expected seconds after --timeout, above 0 and up to ${LONGEST}, got '${text}'`);
}

/** Guests have no account, and only they; a certificate cannot be shown that is not there. */
function checkAccount({ localpart }: Jid, address: string, server: ServerOptions): void {
  const isGuest = wants('none', server) && !wants('password', server) && !wants('certificate', server);
  if (localpart === undefined && !isGuest) {
    throw new OptionError(`Expected the address of an account, as in juliet@example.org, got ${address}`);
  }
  if (wants('certificate', server) && !wants('password', server) && !server.tls?.clientCertificate) {
    throw new OptionError('Expected --client-certificate and --client-key with --mechanism EXTERNAL, got neither');
  }
}

/** Whether a login may need this: a password unless mechanisms are named that need none. */
function wants(kind: CredentialKind, { mechanisms }: ServerOptions): boolean {
  if (mechanisms === undefined) return kind === 'password';
  return MECHANISMS.some(({ name, credential }) => credential === kind && mechanisms.includes(name));
}

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port > 0 && port < 65_536) return port;
  throw new OptionError(`Expected a port from 1 to 65535 after --port, got '${text}'`);
}

function parseWebSocket(text: string, { host, port, directTls }: ServerFlags): string {
  const others = { '--host': host, '--port': port, '--direct-tls': directTls };
  const other = Object.entries(others).find(([, value]) => value !== undefined)?.[0];
  if (other) throw new OptionError(`Expected --websocket or ${other}, got both`);
  if (isWebSocketUrl(text)) return text;
  // What stands before the host may be a password.
  const shown = text.replace(/\/\/[^/]*@/, '//…@');
  throw new OptionError(
    `Expected an address as in wss://example.org/ws after --websocket (ws: only on loopback), got '${shown}'`,
  );
}

/** Names are written in capitals (RFC 4422 §3.1). */
function parseMechanism(text: string, usable: readonly CredentialKind[]): string {
  const known = MECHANISMS.filter(({ credential }) => usable.includes(credential)).map(({ name }) => name);
  const name = text.toUpperCase();
  if (known.includes(name)) return name;
  throw new OptionError(`Expected one of ${known.join(', ')} after --mechanism, got '${text}'`);
}

async function readTls(flags: ServerFlags, io: Io): Promise<NonNullable<ServerOptions['tls']>> {
  const { ca, clientCertificate, clientKey } = flags;
  if ((clientCertificate === undefined) !== (clientKey === undefined)) {
    const given = clientKey === undefined ? '--client-certificate' : '--client-key';
    throw new OptionError(`Expected --client-certificate and --client-key, got ${given} alone`);
  }
  return {
    ...(ca === undefined ? {} : { ca: await readAuthority(ca) }),
    ...(clientCertificate === undefined || clientKey === undefined
      ? {}
      : { clientCertificate: await readClientCertificate(clientCertificate, clientKey, io) }),
  };
}
