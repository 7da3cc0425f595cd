import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SessionRecord, SessionStore } from '../../machines/session-record.ts';
import { requireArgument } from './check-arguments.ts';
import { text } from './kinds.ts';

/**
 * Keeps session records in files of a folder, one for each account, that only this user can read. A file is replaced in one step:
 * whoever kills the process finds the record before or the one after. Two processes must not share an account.
 */
export function fileSessionStore(folder: string): SessionStore {
  requireArgument('fileSessionStore()', 'folder', folder, text);
  return new FileSessionStore(folder);
}

class FileSessionStore implements SessionStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async load(account: string): Promise<unknown> {
    const text = await readIfThere(this.#fileOf(account));
    return text === undefined ? undefined : JSON.parse(text);
  }

  async save(account: string, record: SessionRecord | undefined): Promise<void> {
    const file = this.#fileOf(account);
    if (!record) return rm(file, { force: true });
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const next = `${file}.next`;
    await writeFile(next, JSON.stringify(record), { mode: 0o600 });
    await rename(next, file);
  }

  /** An address can hold what means something in the name of a file. */
  #fileOf(account: string): string {
    return join(this.#folder, `${encodeURIComponent(account).replaceAll('*', '%2A')}.json`);
  }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
