import { afterEach } from 'vitest';
import { type InspectOptions, type Inspector, inspectClient } from '../../../src/inspect/live/index.ts';
import { type Client, type CreateClientOptions, createClient } from '../../../src/node.ts';
import { messageProtocol } from '../../../src/subprotocols/message.ts';
import { presenceProtocol } from '../../../src/subprotocols/presence.ts';
import { type Server, type ServerOptions, startServer } from '../../../src/testing/index.ts';
import { openPage, type Page } from './page.ts';

/** Everything that a test of the inspector starts. */
export interface Stage {
  readonly server: Server;
  /** A client of juliet, on a server without sockets, with presence and messages. */
  makeClient(options?: Partial<CreateClientOptions>): Client;
  inspect(clients: Client | readonly Client[], options?: InspectOptions): Promise<Inspector>;
  openPage(inspector: Inspector, options?: { readonly reads?: boolean }): Promise<Page>;
}

/** The password of juliet and romeo. */
export const PASSWORD = 'a-very-particular-secret';

/** Starts a server, and ends after each test what was started. Call it while tests are described. */
export function openStage(): { readonly stage: (options?: Partial<ServerOptions>) => Promise<Stage> } {
  const endings: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of endings.splice(0).toReversed()) await end();
  });
  return { stage: (options = {}) => build(options, (end) => endings.push(end)) };
}

async function build(options: Partial<ServerOptions>, atEnd: (end: () => unknown) => void): Promise<Stage> {
  const accounts = { juliet: PASSWORD, romeo: PASSWORD };
  const server = await startServer({ domain: 'capulet.example', accounts, listen: false, ...options });
  atEnd(() => server.stop());
  return {
    server,
    makeClient(more = {}) {
      const client = createClient({
        jid: 'juliet@capulet.example/balcony',
        password: PASSWORD,
        memory: server.connect,
        ...more,
      });
      client.use(messageProtocol());
      client.use(presenceProtocol()).available();
      atEnd(() => client.stop());
      return client;
    },
    async inspect(clients, how) {
      const inspector = await inspectClient(clients, how);
      atEnd(() => inspector.close());
      return inspector;
    },
    async openPage(inspector, how) {
      const page = await openPage(inspector.url, how);
      atEnd(() => page.close());
      return page;
    },
  };
}
