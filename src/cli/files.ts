import { createPrivateKey, X509Certificate } from 'node:crypto';
import { open, writeFile } from 'node:fs/promises';
import type { ClientCertificate } from '../../machines/index.ts';
import { OptionError } from '../errors/index.ts';
import type { Io } from './io.ts';
import { escapeControls } from './terminal.ts';

/** How much of a file with certificates or a key is read, in bytes. */
const PEM_LIMIT = 1024 * 1024;

/**
 * The beginning of a file that nobody else should read: says so on the standard error output if every user can.
 *
 * @throws OptionError where it cannot be read
 */
export async function readSecret(option: string, path: string, limit: number, { stderr }: Io): Promise<string> {
  const { text, mode } = await readStart(option, path, limit);
  if ((mode & 0o004) !== 0) {
    stderr.write(`xstate-xmpp: warning: every user of this machine can read ${escapeControls(path)}: chmod 600 it\n`);
  }
  return text;
}

/**
 * The certificates of `--ca`, PEM.
 *
 * @throws OptionError where there is none
 */
export async function readAuthority(path: string): Promise<string> {
  const { text: pem } = await readStart('--ca', path, PEM_LIMIT);
  parseCertificate('--ca', path, pem);
  return pem;
}

/**
 * The certificate of this client and its key, PEM.
 *
 * @throws OptionError where one of them is none, or they do not belong together
 */
export async function readClientCertificate(
  certificatePath: string,
  keyPath: string,
  io: Io,
): Promise<ClientCertificate> {
  const { text: certificate } = await readStart('--client-certificate', certificatePath, PEM_LIMIT);
  const parsed = parseCertificate('--client-certificate', certificatePath, certificate);
  const key = await readSecret('--client-key', keyPath, PEM_LIMIT, io);
  if (!parsed.checkPrivateKey(parseKey(keyPath, key))) {
    throw new OptionError(`Expected the key of ${certificatePath} after --client-key, got another one in ${keyPath}`);
  }
  return { certificate, key };
}

/**
 * Writes what a command made to the file after `--out`.
 *
 * @throws OptionError where it cannot be written
 */
export async function saveOut(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (cause) {
    throw new OptionError(`Expected a file that can be written after --out, got ${path} (${reasonOf(cause)})`, {
      cause,
    });
  }
}

/** Why the system would not, in its own word: `ENOENT`. */
export function reasonOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
}

/** Whoever names a device or a film by mistake gets an answer all the same. */
async function readStart(option: string, path: string, limit: number): Promise<{ text: string; mode: number }> {
  try {
    const file = await open(path);
    try {
      const { mode } = await file.stat();
      const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(limit) });
      return { text: buffer.toString('utf8', 0, bytesRead), mode };
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw new OptionError(`Expected a file that can be read after ${option}, got ${path} (${reasonOf(cause)})`, {
      cause,
    });
  }
}

function parseCertificate(option: string, path: string, pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new OptionError(`Expected a certificate in PEM after ${option}, got something else in ${path}`, { cause });
  }
}

/** What OpenSSL says of it is kept back: it may quote what it read. */
function parseKey(path: string, pem: string): ReturnType<typeof createPrivateKey> {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new OptionError(
      `Expected a key in PEM after --client-key, without a passphrase, got something else in ${path}`,
    );
  }
}
