import { afterAll, beforeAll } from 'vitest';
import { fromCallback } from 'xstate';
import type {
  CreateClientOptions,
  FastToken,
  SessionLifecycleEvent,
  Subprotocol,
  SubprotocolInput,
} from '../../src/node.ts';
import { type Server, type ServerOptions, startServer } from '../../src/testing/index.ts';
import type { TestClock } from '../support/clock.ts';
import { BACK_OFF } from './fault-stage.ts';
import type { Directory, Rack } from './torture-rack.ts';

/** Ways to log in, which together call everything that there is to be called. */
export type LoginName = 'memory' | 'SASL2' | 'revoked' | 'DNS' | 'host-meta';

/** A server, and what leads to it. */
export interface Login {
  readonly options: Partial<CreateClientOptions>;
  /** What leads to it where the options do not. */
  readonly directory: Directory;
  /** Cuts the connection of the client. */
  cut(): unknown;
}

/** Call it while tests are described. */
export function serveLogins(): (name: LoginName) => Login {
  const servers: Server[] = [];
  let logins: Readonly<Record<LoginName, Login>> | undefined;
  beforeAll(async () => {
    servers.push(await start({ listen: false }), await start({ sasl2: true }), await start({ websocket: true }));
    const [inMemory, sasl2, sasl] = servers;
    logins = inMemory && sasl2 && sasl && loginsOf(inMemory, sasl2, sasl);
  });
  afterAll(() => Promise.all(servers.map((server) => server.stop())));
  return (name) => {
    if (!logins) throw new Error('The servers have not started');
    return logins[name];
  };
}

function loginsOf(inMemory: Server, sasl2: Server, sasl: Server): Readonly<Record<LoginName, Login>> {
  const directory: Directory = { records: [], document: undefined };
  const record = { name: '127.0.0.1', port: sasl.port, priority: 0, weight: 1 };
  const document = JSON.stringify({ links: [{ rel: 'urn:xmpp:alt-connections:websocket', href: sasl.websocketUrl }] });
  const overTls = { host: '127.0.0.1', port: sasl2.tlsPort, directTls: true, tls: { ca: sasl2.ca } };
  const cutBy = (server: Server) => () => server.drop(JULIET);
  const revoke = () => {
    sasl2.revokeTokens(JULIET);
    sasl2.drop(JULIET);
  };
  return {
    memory: { options: { memory: inMemory.connect }, directory, cut: cutBy(inMemory) },
    SASL2: { options: overTls, directory, cut: cutBy(sasl2) },
    revoked: { options: overTls, directory, cut: revoke },
    DNS: {
      options: { directTls: false, tls: { ca: sasl.ca } },
      directory: { ...directory, records: [record] },
      cut: cutBy(sasl),
    },
    'host-meta': { options: { tls: { ca: sasl.ca } }, directory: { ...directory, document }, cut: cutBy(sasl) },
  };
}

const JULIET = 'juliet@capulet.example';

function start(options: Partial<ServerOptions>): Promise<Server> {
  return startServer({ domain: 'capulet.example', accounts: { juliet: 'secret' }, streamManagement: true, ...options });
}

/** Every function that a client takes, in the hands of the rack. */
export function tortureOptions(rack: Rack, { options }: Login, clock: TestClock): Partial<CreateClientOptions> {
  const { memory } = options;
  let record: unknown;
  const sessions = {
    load: () => record,
    save(_account: string, saved: unknown) {
      record = saved;
    },
  };
  return {
    ...options,
    ...(memory && { memory: (pipe) => rack.call('memory', () => memory(pipe)) }),
    credentials: () => rack.call('credentials', () => ({ password: 'secret' })),
    pins: rack.hold('pins', new Map<string, string>()),
    tokens: rack.hold('tokens', new Map<string, FastToken>()),
    sessions: rack.hold('sessions', sessions),
    reconnect: () => rack.call('reconnect', () => BACK_OFF),
    random: () => rack.call('random', () => 0.5),
    clock: rack.hold('clock', { ...clock, wallNow: () => clock.now() }),
    onTraffic: () => rack.call('onTraffic', () => {}),
    inspect: () => rack.call('inspect', () => {}),
    subprotocols: [witness(rack)],
  };
}

function witness(rack: Rack): Subprotocol {
  return {
    name: 'witness',
    features: [],
    routes: [],
    inline: () => rack.call('subprotocols.inline', () => []),
    logic: fromCallback<SessionLifecycleEvent, SubprotocolInput>(({ receive }) => {
      rack.call('subprotocols.logic', () => {});
      receive(({ type }) => rack.call(`subprotocols.logic ${type}`, () => {}));
    }),
  };
}
