import { afterAll, beforeAll, expect } from 'vitest';
import { statePath } from '../../machines/index.ts';
import type { Client, CreateClientOptions } from '../../src/node.ts';
import { createAuthority, type ScriptedServer, startScriptedServer } from '../../src/testing/index.ts';
import type { Road } from '../client/resume-stage.ts';
import { type ClientStage, wayTo } from '../support/client-stage.ts';
import type { Script } from '../support/negotiation-steps.ts';
import { whenIn } from '../support/when.ts';
import { type Front, type FrontLine, startFront } from './fault-front.ts';
import { awaitOnline, makeWatched, type WatchedClient } from './fault-stage.ts';
import type { FaultStep } from './fault-steps.ts';

const DOMAIN = 'capulet.example';

/** A client on its way to a server. */
export interface Attempt extends WatchedClient {
  readonly step: Pick<FaultStep, 'state'>;
  /** The server in words. */
  readonly endpoint: string;
  readonly waiting: ReturnType<typeof awaitOnline>;
}

/** A client in a state in which it waits for its server, and what a server can do to it there. */
export interface Fate extends Attempt {
  readonly step: FaultStep;
  readonly road: Road;
  /** What led the client here. */
  readonly script: Script;
  /** Its connection below the WebSocket. */
  readonly line: FrontLine | undefined;
}

/** Servers for all tests of a file. */
export interface FaultServers {
  /** Leads a client to a step. */
  lead(road: Road, step: FaultStep): Promise<Fate>;
  /** Lets a client dial this port of this machine. */
  dial(road: Road, port: number): Attempt;
}

/** Call it while tests are described. The servers do what scripts say; one has WebSockets, and TLS in front of it. */
export function serveFaults(stage: ClientStage): FaultServers {
  let server: ScriptedServer;
  let webSockets: ScriptedServer;
  let front: Front;
  beforeAll(async () => {
    const authority = await createAuthority();
    const issued = await authority.issue({ domains: [DOMAIN] });
    const certificate = { ...issued, ca: authority.certificate };
    server = await startScriptedServer({ domain: DOMAIN, certificate });
    webSockets = await startScriptedServer({ domain: DOMAIN, tls: false, websocket: true });
    front = await startFront(Number(new URL(webSockets.websocketUrl).port), issued);
  });
  afterAll(() => Promise.all([server.stop(), webSockets.stop(), front.close()]));

  return {
    async lead(road, step) {
      const isBehindFront = road === 'WebSocket' && !step.state.startsWith('linked.connecting');
      const connection = () => (isBehindFront ? webSockets : server).connection();
      const options = { ...optionsFor(road), ...step.options?.(server) };
      const watched = makeWatched(stage, options);
      const { client } = watched;
      client.start();
      await step.before?.({ client, stage, connection });
      const script = step.reach(await connection());
      await script;
      await arrive(client, step);
      const line = isBehindFront ? front.last() : undefined;
      return { ...watched, step, road, script, line, endpoint: describe(options), waiting: awaitOnline(client) };
    },
    dial(road, port) {
      const options = optionsFor(road);
      const place = options.websocket ? { websocket: `wss://127.0.0.1:${port}/` } : { port };
      const watched = makeWatched(stage, { ...options, ...place });
      watched.client.start();
      const endpoint = describe({ ...options, ...place });
      return { ...watched, step: { state: 'linked.connecting' }, endpoint, waiting: awaitOnline(watched.client) };
    },
  };

  function optionsFor(road: Road): Partial<CreateClientOptions> {
    if (road !== 'WebSocket') return wayTo(server, road);
    return { websocket: `wss://127.0.0.1:${front.port}/xmpp-websocket`, tls: { ca: server.ca } };
  }
}

async function arrive(client: Client, { state, within, last }: FaultStep): Promise<void> {
  await whenIn(client, last ? 'linked.online' : state);
  if (within !== undefined) await expect.poll(() => authenticationOf(client), { interval: 1 }).toBe(within);
  await last?.(client);
}

function authenticationOf(client: Client): string | undefined {
  const { authentication } = client.actor.getSnapshot().children;
  return authentication && statePath(authentication.getSnapshot().value);
}

function describe({ websocket, memory, host, port, directTls }: Partial<CreateClientOptions>): string {
  if (memory) return `${DOMAIN} (memory)`;
  return websocket ?? `${host}:${port} (${directTls ? 'direct TLS' : 'STARTTLS'})`;
}
