import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { OptionError } from '../errors/index.ts';
import type { Io } from './io.ts';
import { escapeControls } from './terminal.ts';

/** How much of a password file is read, in bytes: whoever names a device or a film by mistake gets an answer all the same. */
const READ_LIMIT = 4096;

/**
 * The password of an account: from the file, else from XMPP_PASSWORD, else asked for on the terminal. Never from an
 * argument, which every user of the machine could read.
 *
 * @throws OptionError where there is none; AbortError when the prompt was interrupted
 */
export async function findPassword(account: string, file: string | undefined, io: Io): Promise<string> {
  if (file !== undefined) return readPassword(file, io);
  if (io.env.XMPP_PASSWORD) return io.env.XMPP_PASSWORD;
  if (io.stdin.isTTY) return promptForPassword(account, io);
  throw new OptionError(`No password for ${account}, and no terminal to ask on`, {
    hint: 'Give it with --password-file FILE or in the environment variable XMPP_PASSWORD, or run this on a terminal.',
  });
}

async function readPassword(path: string, { stderr }: Io): Promise<string> {
  const { text, mode } = await readStart(path);
  if ((mode & 0o004) !== 0) {
    stderr.write(`xstate-xmpp: warning: every user of this machine can read ${escapeControls(path)}: chmod 600 it\n`);
  }
  const [line = ''] = text.split(/\r?\n/, 1);
  if (line === '') throw new OptionError(`Expected the password in the first line of ${path}, got an empty line`);
  if (Buffer.byteLength(line) >= READ_LIMIT) {
    throw new OptionError(`Expected the password in the first line of ${path}, got one of ${READ_LIMIT} bytes or more`);
  }
  return line;
}

async function readStart(path: string): Promise<{ text: string; mode: number }> {
  try {
    const file = await open(path);
    try {
      const { mode } = await file.stat();
      const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(READ_LIMIT) });
      return { text: buffer.toString('utf8', 0, bytesRead), mode };
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw unreadable('--password-file', path, cause);
  }
}

/** A file that an option names cannot be read. */
export function unreadable(option: string, path: string, cause: unknown): OptionError {
  const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
  return new OptionError(`Expected a file that can be read after ${option}, got ${path} (${reason})`, { cause });
}

/** Reads a line without showing it. readline puts the terminal into raw mode, and back in any case. */
async function promptForPassword(account: string, { stdin, stderr, signal }: Io): Promise<string> {
  const muted = new Writable({ write: (_chunk, _encoding, done) => done() });
  const interrupted = new AbortController();
  // Raw mode first: whoever types as soon as the prompt is there must not see it.
  const lines = createInterface({ input: stdin, output: muted, terminal: true, historySize: 0 });
  stderr.write(`Password for ${escapeControls(account)}: `);
  try {
    // In raw mode the terminal makes no signal of Ctrl-C; Ctrl-D closes.
    lines.once('SIGINT', () => interrupted.abort());
    lines.once('close', () => interrupted.abort());
    const password = await lines.question('', { signal: AbortSignal.any([signal, interrupted.signal]) });
    if (password === '') throw new OptionError('Expected a password, got an empty line');
    return password;
  } finally {
    lines.close();
    stderr.write('\n');
  }
}
