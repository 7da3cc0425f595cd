import { getEventListeners } from 'node:events';
import { expect } from 'vitest';
import { type AnyActorRef, fromPromise, type InspectionEvent, waitFor } from 'xstate';
import {
  describeEndpoint,
  type Endpoint,
  type MemoryConnect,
  type ResolveInput,
  statePath,
} from '../../machines/index.ts';
import { memoryEndpoint, tcpEndpoint, webSocketEndpoint } from '../../src/actors/endpoints.ts';
import { dialMemory } from '../../src/actors/memory.ts';
import { dialTcp } from '../../src/actors/tcp.ts';
import { transportLogic } from '../../src/actors/transport.ts';
import { dialWebSocket } from '../../src/actors/websocket-node.ts';
import type { Dial } from '../../src/actors/wire.ts';
import { provideClient } from '../../src/client/provide.ts';
import { type Client, type CreateClientOptions, XmppError } from '../../src/node.ts';
import { nodeScramCrypto } from '../../src/sasl/node.ts';
import { documentFraming } from '../../src/stream/index.ts';
import { type ClientStage, openSockets, stageClients } from '../support/client-stage.ts';

/*
 * Clients that know a second endpoint, so that it can be seen whether they take it, and what is left of a connection.
 */

/** How long these clients wait before the next round, in milliseconds. */
export const BACK_OFF = 60_000;

/** The second endpoint, in words. Nobody answers there, and nobody refuses. */
export const OTHER_ENDPOINT = 'other.capulet.example:5222 (STARTTLS)';

/** A client, and what it holds. */
export interface WatchedClient {
  readonly client: Client;
  readonly stage: ClientStage;
  holds(): Holding;
}

/** What a client holds that could outlive its use. */
interface Holding {
  /** Those of the process, and the pipes to servers in it. */
  readonly connections: readonly string[];
  /** When they pass. */
  readonly timers: readonly number[];
  /** The ids of the actors that live, but for the client itself, in order. */
  readonly actors: readonly string[];
}

/** Call it while tests are described: the stage for {@link makeWatched}. */
export function stageFaults(): ClientStage {
  return stageClients(
    provideClient({
      resolve: fromPromise<readonly Endpoint[], ResolveInput>(async ({ input }) => [firstEndpoint(input), OTHER]),
      transport: transportLogic((input, listener) => dialOf(input.endpoint)(input, listener)),
      crypto: nodeScramCrypto,
    }),
  );
}

/** A client of the stage that tries again, after {@link BACK_OFF}. */
export function makeWatched(stage: ClientStage, options: Partial<CreateClientOptions>): WatchedClient {
  const pipes: string[] = [];
  const made = new Set<AnyActorRef>();
  const { inspect: given } = options;
  const inspect = (event: InspectionEvent) => {
    if (event.type === '@xstate.actor') made.add(event.actorRef as AnyActorRef);
    if (typeof given === 'function') given(event);
  };
  const memory = options.memory && { memory: counted(options.memory, pipes) };
  const client = stage.make({ reconnect: () => BACK_OFF, ...options, ...memory, inspect });
  const lives = (actor: AnyActorRef) => actor !== client.actor && actor.getSnapshot().status === 'active';
  const holds = () => ({
    connections: [...pipes, ...openSockets()],
    timers: stage.clock.timers(),
    actors: [...made].filter(lives).map(({ id }) => id),
  });
  return { client, stage, holds };
}

/** Where a client is that failed, and why; where it is offline, there is no reason. */
export async function outcomeOf(client: Client) {
  const { value, context } = await waitFor(
    client.actor,
    (snapshot) =>
      snapshot.hasTag('offline') || (snapshot.context.error !== undefined && !snapshot.matches('resolving')),
  );
  const { error, candidates, candidate } = context;
  const path = statePath(value);
  const endpoint = candidates[candidate];
  const place = path.startsWith('linked.') && endpoint ? `${path} at ${describeEndpoint(endpoint)}` : path;
  return { error, place };
}

/** Waits until a client holds this and nothing else. */
export async function expectHolding({ holds }: WatchedClient, expected: Omit<Holding, 'connections'>): Promise<void> {
  await expect.poll(holds, { interval: 1 }).toEqual({ connections: [], ...expected });
}

/** Time passes, in steps that no client takes for a sleep. */
export function pass({ clock }: ClientStage, milliseconds: number): void {
  for (let left = milliseconds; left > 0; left -= 1_000) clock.increment(Math.min(left, 1_000));
}

/** Whoever waits for a client to be online: what they are told, and how many still refer to them. */
export function awaitOnline(client: Client) {
  const { signal } = new AbortController();
  const told = client.online({ signal }).then(
    () => 'online',
    (error: unknown) => (error instanceof XmppError ? error.code : error),
  );
  return { told, listeners: () => getEventListeners(signal, 'abort').length };
}

function counted(connect: MemoryConnect, open: string[]): MemoryConnect {
  return (client) => {
    const server = connect(client);
    // Whoever connects may have failed.
    if (typeof server?.end !== 'function') return server;
    open.push('Pipe');
    const end = () => {
      open.pop();
      server.end();
    };
    return { write: (bytes) => server.write(bytes), end };
  };
}

const OTHER: Endpoint = {
  transport: 'tcp',
  host: 'other.capulet.example',
  port: 5222,
  security: 'starttls',
  reason: 'a test',
};

function firstEndpoint(input: ResolveInput): Endpoint {
  const { memory, websocket, host = '' } = input.settings.location;
  if (memory) return memoryEndpoint(input, memory);
  return websocket === undefined ? tcpEndpoint(host, input, 'a test') : webSocketEndpoint(websocket, 'a test');
}

const DIALS: Readonly<Record<Endpoint['transport'], Dial>> = {
  tcp: dialTcp,
  memory: dialMemory,
  websocket: dialWebSocket,
};

/** Away from this machine nothing is dialled. */
function dialOf({ transport, host }: Endpoint): Dial {
  return transport === 'memory' || host === '127.0.0.1' ? DIALS[transport] : dialNobody;
}

const dialNobody: Dial = () => ({
  framing: documentFraming,
  write: () => true,
  pause: () => true,
  resume() {},
  startTls() {},
  end() {},
  abort() {},
});
