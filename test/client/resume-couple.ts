import { onTestFinished } from 'vitest';
import { type Client, type CreateClientOptions, type Delivery, element } from '../../src/node.ts';
import { type Server, type ServerOptions, startServer } from '../../src/testing/index.ts';
import type { ClientStage } from '../support/client-stage.ts';
import { createMemoryNetwork, makeReturning, witness } from './resume-stage.ts';

/*
 * Juliet, her server, and all that can happen between them.
 */

/** A request that the server never answers. */
export const UNANSWERED = element('{jabber:client}iq', { type: 'get', id: 'q' }, element('{urn:example:slow}slow'));

/** Juliet on a network, and what it takes to be unkind to her. */
export async function couple(
  stage: ClientStage,
  onServer: Partial<ServerOptions> = {},
  onClient: Partial<CreateClientOptions> = {},
) {
  const traffic: string[] = [];
  const story: string[] = [];
  const handled: string[] = [];
  const connection = { isUp: true };
  const create = () => start(onServer, { traffic, handled });
  const server = await create();
  let current = server;
  const network = createMemoryNetwork(() => (connection.isUp ? current.connect : DOWN));
  const juliet = makeReturning(stage, { ...network.options, ...onClient });
  juliet.use(witness((line) => story.push(line)));
  juliet.start();
  await juliet.online();
  return {
    juliet,
    server,
    network,
    /** What the servers received. */
    traffic,
    /** What became of the session, as a subprotocol hears it. */
    story,
    /** The ids of the messages that the servers handled. */
    handled,
    connection,
    /** From now on the network leads to another server, which knows nothing of the first. */
    async move(): Promise<void> {
      current = await create();
    },
  };
}

/** A server that ends every connection at once. */
const DOWN: Server['connect'] = (client) => {
  queueMicrotask(() => client.end());
  return { write: () => {}, end: () => {} };
};

async function start(
  options: Partial<ServerOptions>,
  { traffic, handled }: { readonly traffic: string[]; readonly handled: string[] },
) {
  const server = await startServer({
    domain: 'capulet.example',
    accounts: { juliet: 'secret' },
    streamManagement: true,
    listen: false,
    onTraffic: ({ direction, text }) => direction === 'received' && traffic.push(text),
    // Messages go nowhere, and some questions are never answered.
    intercept: ({ name, attributes }) => {
      if (name === 'message') handled.push(attributes.id ?? '');
      return name === 'message' || attributes.id === UNANSWERED.attributes.id;
    },
    ...options,
  });
  onTestFinished(() => server.stop());
  return server;
}

/** Sends a message that somebody elsewhere is to have. */
export function say(client: Client, id: string): Delivery {
  return client.send(element('{jabber:client}message', { id, to: 'romeo@montague.example' }));
}

/** The ids of the stanzas of a kind that the servers received. */
export function idsOf(name: string, traffic: readonly string[]): string[] {
  return traffic.flatMap((text) => (text.startsWith(`<${name} `) ? [/ id="([^"]*)"/.exec(text)?.[1] ?? ''] : []));
}
