import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createAuthority } from '../../src/testing/certificate.ts';
import type { ServerOptions } from './server.ts';

/** The files of a server's folder by name, with the text of each. */
export type ServerFiles = Readonly<Record<string, string>>;

/** Makes a temporary folder whose name begins with that of the software. */
export function makeFolder(software: string): Promise<string> {
  return mkdtemp(join(tmpdir(), `${software.toLowerCase()}-`));
}

/** Writes files, and the folders they are in. */
export async function writeFiles(folder: string, files: ServerFiles): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

/** The certificate to show, the authority to trust it by, and files: `key.pem`, `certificate.pem`, `clients.pem`. */
export async function certificateFiles(
  options: ServerOptions,
  domains: readonly string[],
): Promise<{ readonly authority: string; readonly certificate: string; readonly files: ServerFiles }> {
  const authority = await createAuthority();
  const { key, certificate } = options.certificate ?? (await authority.issue({ domains }));
  const files = { 'key.pem': key, 'certificate.pem': certificate, 'clients.pem': options.clientAuthority ?? '' };
  return { authority: authority.certificate, certificate, files };
}
