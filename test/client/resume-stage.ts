import { once } from 'node:events';
import { type AddressInfo, connect as connectTcp, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { fromCallback } from 'xstate';
import type { MemoryConnect } from '../../machines/endpoint.ts';
import type {
  Client,
  ClientSubprotocol,
  CreateClientOptions,
  SessionLifecycleEvent,
  SubprotocolInput,
} from '../../src/node.ts';
import type { Server } from '../../src/testing/index.ts';
import { type ClientStage, WAYS, type Way, wayTo } from '../support/client-stage.ts';

/*
 * Networks that are cut, and clients that come back.
 */

/** A way to a server, WebSockets among them. */
export type Road = Way | 'WebSocket';

export const ROADS: readonly Road[] = [...WAYS, 'WebSocket'];

/** A network between a client and its server. */
export interface Network {
  /** What leads a client over it. */
  readonly options: Partial<CreateClientOptions>;
  /** Cuts all connections without a word. */
  cut(): void;
  /** Lets so many bytes pass, in both directions together, then cuts; once. */
  cutAfter(bytes: number): void;
  /** From now on nothing gets through on the connections that there are, and nobody notices. New ones are well. */
  freeze(): void;
}

/** A network to this server; it is gone with the test. */
export async function createNetwork(server: Server, road: Road): Promise<Network> {
  return road === 'memory' ? createMemoryNetwork(() => server.connect) : createTcpNetwork(server, road);
}

/** One in memory, to whatever server there is at the time. */
export function createMemoryNetwork(target: () => MemoryConnect): Network {
  const fuse = createFuse();
  const memory: MemoryConnect = (client) => {
    let isCut = false;
    const isFrozen = fuse.line();
    const server = target()({
      write: (bytes) => pass(bytes, (part) => client.write(part)),
      end: () => isFrozen() || client.end(),
    });
    const cut = () => {
      isCut = true;
      server.end();
      // Nobody notices at once.
      queueMicrotask(() => client.end());
    };
    const pass = (bytes: Uint8Array, write: (part: Uint8Array) => void) => {
      if (!isCut && !isFrozen()) fuse.pass(bytes, write);
    };
    fuse.lines.add(cut);
    return { write: (bytes) => pass(bytes, (part) => server.write(part)), end: () => isFrozen() || server.end() };
  };
  return { options: { memory }, cut: fuse.cut, cutAfter: fuse.cutAfter, freeze: fuse.freeze };
}

async function createTcpNetwork(server: Server, road: Exclude<Road, 'memory'>): Promise<Network> {
  const fuse = createFuse();
  const target = road === 'WebSocket' ? Number(new URL(server.websocketUrl).port) : wayTo(server, road).port;
  const proxy = createServer({ noDelay: true }, (near) => {
    const far = connectTcp({ host: '127.0.0.1', port: target ?? 0, noDelay: true });
    const cut = () => {
      for (const socket of [near, far]) socket.resetAndDestroy();
    };
    const isFrozen = fuse.line();
    fuse.lines.add(cut);
    onTestFinished(cut);
    join(near, far, isFrozen, fuse.pass);
    join(far, near, isFrozen, fuse.pass);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  onTestFinished(() => void proxy.close());
  const { port } = proxy.address() as AddressInfo;
  return { options: optionsFor(server, road, port), cut: fuse.cut, cutAfter: fuse.cutAfter, freeze: fuse.freeze };
}

function optionsFor(server: Server, road: Exclude<Road, 'memory'>, port: number): Partial<CreateClientOptions> {
  if (road !== 'WebSocket') return { ...wayTo(server, road), port };
  const url = new URL(server.websocketUrl);
  url.port = String(port);
  return { websocket: url.href, tls: { ca: server.ca } };
}

function join(from: Socket, to: Socket, isFrozen: () => boolean, pass: Fuse['pass']): void {
  from.on('data', (bytes) => isFrozen() || pass(bytes, (part) => to.write(part)));
  from.on('end', () => isFrozen() || to.end());
  from.on('error', () => isFrozen() || to.destroy());
  from.on('close', () => isFrozen() || to.destroy());
}

interface Fuse {
  /** What cuts each of the lines. */
  readonly lines: Set<() => void>;
  pass(bytes: Uint8Array, write: (part: Uint8Array) => void): void;
  cut(): void;
  cutAfter(bytes: number): void;
  freeze(): void;
  /** Makes a line; tells whether it is frozen. */
  line(): () => boolean;
}

function createFuse(): Fuse {
  let left = Number.POSITIVE_INFINITY;
  let frosts = 0;
  const lines = new Set<() => void>();
  const cut = () => {
    left = Number.POSITIVE_INFINITY;
    const all = [...lines];
    lines.clear();
    for (const line of all) line();
  };
  return {
    lines,
    cut,
    cutAfter(bytes) {
      left = bytes;
    },
    freeze() {
      frosts += 1;
      lines.clear();
    },
    line() {
      const born = frosts;
      return () => frosts > born;
    },
    pass(bytes, write) {
      const part = bytes.subarray(0, left);
      left -= bytes.length;
      if (part.length > 0) write(part);
      if (left < 0) cut();
    },
  };
}

/** Makes a client that comes back at once, whenever it lost its connection. */
export function makeReturning(stage: ClientStage, options: Partial<CreateClientOptions>): Client {
  const client = stage.make({ reconnect: () => 0, ...options });
  client.on('reconnecting', () => setImmediate(() => stage.clock.increment(0)));
  return client;
}

/** A subprotocol that writes down what becomes of its session. */
export function witness(tell: (line: string) => void): ClientSubprotocol<void> {
  return {
    name: 'witness',
    features: [],
    routes: [],
    logic: fromCallback<SessionLifecycleEvent, SubprotocolInput>(({ receive }) => {
      tell('made');
      receive((event) => {
        if (event.type === 'session.started') tell(event.resumed ? 'resumed' : 'started');
        else if ('reason' in event) tell(`${event.type.replace('session.', '')}: ${event.reason.code}`);
      });
      return () => tell('gone');
    }),
    api: () => {},
  };
}

/** Random numbers that are the same each time: mulberry32. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
