import { writeFile } from 'node:fs/promises';
import type { Client } from '../client/index.ts';
import { OptionError } from '../errors/index.ts';
import { reasonOf } from './files.ts';
import { escapeControls } from './terminal.ts';

/**
 * Makes sure that a recording can be written, before anything is done that would be lost.
 *
 * @throws OptionError where it cannot
 */
export async function prepareRecording(path: string): Promise<void> {
  await write(path, '');
}

/**
 * Writes what a client did last, for `xstate-xmpp replay`. Others cannot read the file: it names accounts and servers.
 *
 * @throws OptionError where it cannot be written
 */
export async function writeRecording(path: string, client: Client): Promise<void> {
  await write(path, `${JSON.stringify(client.recording(), undefined, 1)}\n`);
}

async function write(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { mode: 0o600 });
  } catch (cause) {
    throw new OptionError(`Cannot write ${escapeControls(path)}, given as --record: ${reasonOf(cause)}`, { cause });
  }
}
