import { encodeUtf8 } from './bytes.ts';
import type { Credentials, Mechanism } from './mechanism.ts';
import { prepare } from './prepare.ts';
import { createSingleMessageExchange } from './single-message.ts';

/** PLAIN (RFC 4616): sends the password itself, and the server proves nothing. For verified TLS only. */
export const plainMechanism: Mechanism = {
  name: 'PLAIN',
  credential: 'password',
  binds: undefined,
  showsSecret: true,
  createExchange: (credentials, options) =>
    createSingleMessageExchange('PLAIN', options, async () => ({ message: await buildMessage(credentials) })),
};

/** `[authzid] NUL authcid NUL passwd` (RFC 4616 §2); no part can contain NUL once it is prepared. */
async function buildMessage(credentials: Credentials): Promise<Uint8Array> {
  const username = await prepare(credentials.username, 'username');
  const password = await prepare(credentials.password, 'password');
  const authzid = credentials.authzid ? await prepare(credentials.authzid, 'authorization identity') : '';
  return encodeUtf8(`${authzid}\0${username}\0${password}`);
}
