import { afterEach } from 'vitest';
import { type Server, type ServerOptions, startServer } from '../../src/testing/index.ts';
import { RawClient } from './raw-client.ts';

/*
 * Clients of a server that manages streams, XML by hand (XEP-0198).
 */

export const SM = 'xmlns="urn:xmpp:sm:3"';
export const STANZAS = 'xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"';
export const STREAMS = 'xmlns="urn:ietf:params:xml:ns:xmpp-streams"';
export const ENABLE = `<enable ${SM} resume="true"/>`;
export const R = `<r ${SM}/>`;

/** Starts servers that manage streams, in memory unless a test says otherwise; each is stopped after its test. */
export function stageManagedServers(): (options?: Partial<ServerOptions>) => Promise<Server> {
  const servers: Server[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  });
  return async (options = {}) => {
    const server = await startServer({
      domain: 'capulet.example',
      accounts: { juliet: 'r0m30', romeo: 'j0l13t' },
      listen: false,
      streamManagement: true,
      ...options,
    });
    servers.push(server);
    return server;
  };
}

/** Juliet, or somebody else, without a resource. */
export async function authenticated(server: Server, username = 'juliet', password = 'r0m30'): Promise<RawClient> {
  const client = await RawClient.memory(server).opens();
  await client.auth(username, password).receives('<success xmlns="urn:ietf:params:xml:ns:xmpp-sasl"/>');
  await client.header().receives('<stream:stream>');
  await client.receives('<stream:features/>');
  return client;
}

export async function bind(client: RawClient, resource = 'balcony'): Promise<void> {
  const payload = `<bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"><resource>${resource}</resource></bind>`;
  await client.sends(`<iq type="set" id="bind">${payload}</iq>`).receives('<iq type="result" id="bind"/>');
}

/** Juliet on her balcony, on a stream that is not managed yet. */
export async function login(server: Server): Promise<RawClient> {
  const client = await authenticated(server);
  await bind(client);
  return client;
}

/** Juliet on a managed stream, and the id of her session. */
export async function managed(server: Server): Promise<{ readonly client: RawClient; readonly id: string }> {
  const client = await login(server);
  const { attributes } = await client.sends(ENABLE).receives(`<enabled ${SM}/>`);
  return { client, id: attributes.id ?? '' };
}

/** The request for an earlier session. */
export function resumeXml(id: string, h: number | string): string {
  return `<resume ${SM} h="${h}" previd="${id}"/>`;
}
