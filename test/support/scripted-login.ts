import type { Client } from '../../src/node.ts';
import type { LoginOptions, ScriptedServer } from '../../src/testing/index.ts';

/**
 * Starts a client, and logs it in. In an object, because a script is a promise, and one that is returned would be awaited.
 */
export async function logIn(client: Client, server: ScriptedServer, options: LoginOptions = {}) {
  client.start();
  const peer = (await server.connection()).login({ mechanism: 'PLAIN', ...options });
  await Promise.all([peer, client.online()]);
  return { peer };
}
