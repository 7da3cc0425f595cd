import type { Client, ClientEvents } from '../client/index.ts';
import { createClient } from '../client/node.ts';
import { type MessageApi, messageProtocol } from '../subprotocols/message.ts';
import { type PresenceApi, presenceProtocol } from '../subprotocols/presence.ts';
import type { Server } from '../testing/index.ts';
import type { Journal } from './journal.ts';

/** The domain of the demo, reserved for such purposes (RFC 6761 §6.5). */
export const DOMAIN = 'verona.example';
/** The bare address of her whose connection is shown. */
export const JULIET = `juliet@${DOMAIN}`;
/** The bare address of him who hears her. */
export const ROMEO = `romeo@${DOMAIN}`;
/** They open nothing: the server of the demo is gone when the demo is. */
export const PASSWORDS = { juliet: 'balcony', romeo: 'orchard' };
/** Milliseconds until the way back begins. */
const PAUSE = 300;

/** Somebody on the stage. */
export interface Actor {
  readonly client: Client;
  readonly presence: PresenceApi;
  readonly message: MessageApi;
}

/** The options that lead an account of the demo to its server. */
export function accountOf(name: keyof typeof PASSWORDS, server: Server) {
  return {
    jid: `${name}@${DOMAIN}/demo`,
    password: PASSWORDS[name],
    host: '127.0.0.1',
    port: server.port,
    tls: { ca: server.ca },
  };
}

/** Makes a client for an account of the demo; a journal shows its traffic. */
export function enter(name: keyof typeof PASSWORDS, server: Server, journal: Journal | undefined): Actor {
  const client = createClient({
    ...accountOf(name, server),
    reconnect: () => PAUSE,
    ...(journal ? { onTraffic: journal.traffic } : {}),
  });
  return { client, presence: client.use(presenceProtocol()), message: client.use(messageProtocol()) };
}

/** The text of the next message that somebody hears. */
export async function heardBy({ client }: Actor, signal: AbortSignal): Promise<string> {
  const { message } = await next(client, 'message', ({ message: { body } }) => body !== undefined, signal);
  return message.body ?? '';
}

/** The next event of a client that is the right one. Rejects when the client fails, or the signal says so. */
export function next<Type extends keyof ClientEvents>(
  client: Client,
  type: Type,
  isRight: (event: ClientEvents[Type]) => boolean,
  signal: AbortSignal,
): Promise<ClientEvents[Type]> {
  return new Promise((resolve, reject) => {
    const endings = [
      client.on(type, (event) => {
        if (isRight(event)) settle(() => resolve(event));
      }),
      client.on('failed', ({ error }) => settle(() => reject(error))),
      () => signal.removeEventListener('abort', abort),
    ];
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();

    function abort(): void {
      settle(() => reject(signal.reason));
    }
    function settle(how: () => void): void {
      for (const end of endings) end();
      how();
    }
  });
}
