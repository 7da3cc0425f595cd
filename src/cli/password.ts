import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { OptionError } from '../errors/index.ts';
import { readSecret } from './files.ts';
import type { Io } from './io.ts';
import { escapeControls } from './terminal.ts';

/** How much of a password file is read, in bytes. */
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

async function readPassword(path: string, io: Io): Promise<string> {
  const text = await readSecret('--password-file', path, READ_LIMIT, io);
  const [line = ''] = text.split(/\r?\n/, 1);
  if (line === '') throw new OptionError(`Expected the password in the first line of ${path}, got an empty line`);
  if (Buffer.byteLength(line) >= READ_LIMIT) {
    throw new OptionError(`Expected the password in the first line of ${path}, got one of ${READ_LIMIT} bytes or more`);
  }
  return line;
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
