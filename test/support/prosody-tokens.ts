import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { storageFile } from './prosody-config.ts';
import type { XmppServer } from './server.ts';

/** Makes Prosody forget all FAST tokens of an account: the next one is `not-authorized`. */
export async function forgetFastTokens(server: XmppServer, localpart: string): Promise<void> {
  await rm(tokenFile(server, localpart));
}

/** Ends all FAST tokens of an account before the time that the client was told: the next one is `credentials-expired`. */
export async function expireFastTokens(server: XmppServer, localpart: string): Promise<void> {
  const file = tokenFile(server, localpart);
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replaceAll(/(\["expires_at"\] = )[0-9.e+]+/g, '$10'));
}

/** Prosody reads its storage anew for every login. */
function tokenFile({ folder, domain }: XmppServer, localpart: string): string {
  return join(folder, 'data', storageFile('fast_tokens', domain, localpart));
}
