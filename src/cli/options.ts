import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { ClientOptions } from '../client/index.ts';
import { OptionError } from '../errors/index.ts';
import { parseJid } from '../jid/index.ts';
import type { Io } from './io.ts';
import { findPassword, unreadable } from './password.ts';

/** What the options of `connect` and `version` come as. */
export interface ConnectionFlags {
  readonly host?: string;
  readonly port?: string;
  readonly directTls?: boolean;
  readonly ca?: string;
  readonly passwordFile?: string;
  readonly timeout?: string;
  readonly traffic?: boolean;
  /** `false` for --no-color. */
  readonly color: boolean;
}

/** The longest time that can be asked for: a day, in seconds. */
const LONGEST = 86_400;

/**
 * Options of a client, from the command line. Everything that costs nothing to check is checked before a password is asked
 * for.
 *
 * @throws OptionError, JidError with what was expected and what came
 */
export async function clientOptions(address: string, flags: ConnectionFlags, io: Io): Promise<ClientOptions> {
  const jid = parseJid(address);
  if (jid.localpart === undefined) {
    throw new OptionError(`Expected the address of an account, as in juliet@example.org, got ${address}`);
  }
  const port = flags.port === undefined ? undefined : parsePort(flags.port);
  const ca = flags.ca === undefined ? undefined : await readAuthority(flags.ca);
  const password = await findPassword(jid.bare, flags.passwordFile, io);
  return {
    jid,
    password,
    ...(flags.host === undefined ? {} : { host: flags.host }),
    ...(port === undefined ? {} : { port }),
    ...(flags.directTls ? { directTls: true } : {}),
    ...(ca === undefined ? {} : { tls: { ca } }),
  };
}

/** Milliseconds of `--timeout`. */
export function parseTimeout(text: string): number {
  const seconds = Number(text);
  if (text.trim() !== '' && seconds > 0 && seconds <= LONGEST) return Math.ceil(seconds * 1000);
  throw new OptionError(`Expected seconds after --timeout, above 0 and up to ${LONGEST}, got '${text}'`);
}

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port > 0 && port < 65_536) return port;
  throw new OptionError(`Expected a port from 1 to 65535 after --port, got '${text}'`);
}

async function readAuthority(path: string): Promise<string> {
  const pem = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw unreadable('--ca', path, cause);
  });
  try {
    new X509Certificate(pem);
    return pem;
  } catch (cause) {
    throw new OptionError(`Expected a certificate in PEM after --ca, got something else in ${path}`, { cause });
  }
}
