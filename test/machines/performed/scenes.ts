import { type clientMachine, type Endpoint, neverRetry } from '../../../machines/index.ts';
import { resolveLogic } from '../../../src/actors/discovery.ts';
import { dialTcp } from '../../../src/actors/tcp.ts';
import { transportLogic } from '../../../src/actors/transport.ts';
import { provideClient } from '../../../src/client/provide.ts';
import { SessionRecordError, TransportError } from '../../../src/errors/index.ts';
import type { CreateClientOptions } from '../../../src/node.ts';
import { NS_FAST } from '../../../src/sasl/index.ts';
import { nodeScramCrypto } from '../../../src/sasl/node.ts';
import { NS_SM, NS_STREAM_ERRORS, StreamError } from '../../../src/stream/index.ts';
import type { ScriptedServer, ScriptedServerOptions } from '../../../src/testing/scripted-server.ts';
import type { ClientSnapshot } from '../client-steps.ts';
import { DOMAIN, type Stage } from './stage.ts';
import { said, type Turns } from './turn.ts';
import { LOGIN, TOKEN } from './turns.login.ts';
import { OUTSIDE } from './turns.outside.ts';
import { managed, offered, SERVER, sasl2, streamError } from './turns.server.ts';

/** A way between client and server, and what can happen on it. */
export interface PerformedScene {
  readonly name: string;
  readonly listen: Omit<ScriptedServerOptions, 'domain'>;
  readonly options: (server: ScriptedServer, stage: Stage) => Partial<CreateClientOptions>;
  /** The client, where it is not the usual one. */
  readonly machine?: (stage: Stage) => typeof clientMachine;
  readonly turns: (server: ScriptedServer) => Turns;
}

const HERE = '127.0.0.1';
const USUAL: Turns = { ...OUTSIDE, ...SERVER, ...LOGIN };

const MEMORY = {
  listen: { listen: false },
  options: ({ connect }) => ({ memory: connect }),
  turns: () => ({
    ...USUAL,
    ...found({ transport: 'memory', host: DOMAIN, port: 0, security: 'none', reason: '' }),
  }),
} as const satisfies Omit<PerformedScene, 'name'>;

const DIRECT_TLS = {
  listen: {},
  options: ({ tlsPort, ca }) => ({ host: HERE, port: tlsPort, directTls: true, tls: { ca } }),
  turns: ({ tlsPort }) => ({
    ...USUAL,
    ...found(directTls(tlsPort)),
    // In memory a cut is nothing but an end.
    'transport.failed': { ...OUTSIDE['transport.failed'], where: (state: string) => state.startsWith('linked') },
  }),
} as const satisfies Omit<PerformedScene, 'name'>;

const WSS = {
  listen: { websocket: true },
  options: ({ websocketUrl, ca }) => ({ websocket: websocketUrl, tls: { ca } }),
  turns: ({ websocketUrl }) => ({ ...USUAL, ...found(webSocket(websocketUrl)) }),
} as const satisfies Omit<PerformedScene, 'name'>;

/** Every way, as a server of today offers it. */
export const WAYS: readonly PerformedScene[] = [
  { name: 'memory', ...MEMORY },
  {
    name: 'TCP with STARTTLS',
    listen: {},
    options: ({ port, ca }) => ({ host: HERE, port, tls: { ca } }),
    turns: ({ port }) => ({ ...USUAL, ...found(startTls(HERE, port)) }),
  },
  { name: 'direct TLS', ...DIRECT_TLS },
  {
    name: 'WebSocket',
    listen: { websocket: true, tls: false },
    options: ({ websocketUrl: url }) => ({ websocket: url }),
    turns: ({ websocketUrl }) => ({ ...USUAL, ...found(webSocket(websocketUrl)) }),
  },
  { name: 'WebSocket over TLS', ...WSS },
];

/** What depends on the settings of the client, on stores, or on what a server promises. */
export const SITUATIONS: readonly PerformedScene[] = [
  {
    ...MEMORY,
    name: 'a client that never tries again',
    options: ({ connect }) => ({ memory: connect, reconnect: neverRetry }),
  },
  {
    ...MEMORY,
    name: 'a session that ends before the client comes back',
    options: ({ connect }) => ({ memory: connect, reconnect: () => 2_000_000_000 }),
    turns: () => ({
      ...MEMORY.turns(),
      'management.answered': managed(`<enabled xmlns='${NS_SM}' id='m1' resume='true' max='1000000'/>`),
      'session.expired': {
        event: ({ context }) => (context.management ? {} : undefined),
        where: (state) => state.startsWith('reconnecting'),
        play: (stage) => stage.passTime(),
      },
      // That takes longer.
      'xstate.after.backOff.client.reconnecting.backingOff': { event: {}, where: () => false, play: () => {} },
    }),
  },
  {
    ...MEMORY,
    name: 'sessions that outlive the process',
    options: ({ connect }, { record }) => ({
      memory: connect,
      sessions: { load: async () => record.ask() as Promise<undefined>, save: () => {} },
    }),
    turns: () => ({
      ...MEMORY.turns(),
      'xstate.done.actor.restore': {
        nothing: {
          event: { output: { restored: undefined, problem: undefined } },
          play: (stage) => stage.record.answer(undefined),
        },
        'nothing that can be read': {
          event: { output: { restored: undefined, problem: new SessionRecordError('x', { condition: 'damaged' }) } },
          play: (stage) => stage.record.answer('{'),
        },
      },
    }),
  },
  withToken({ ...DIRECT_TLS, name: 'a token of an earlier login' }),
  withToken({ ...WSS, name: 'a token of an earlier login, over a WebSocket' }),
  {
    ...DIRECT_TLS,
    name: 'a server that sends clients elsewhere',
    turns: (server) => ({
      start: OUTSIDE.start,
      'reconnect.now': OUTSIDE['reconnect.now'],
      'transport.connected': OUTSIDE['transport.connected'],
      'transport.secured': OUTSIDE['transport.secured'],
      'stream.opened': SERVER['stream.opened'],
      'features.received': offered(''),
      'xstate.done.actor.authentication': LOGIN['xstate.done.actor.authentication'],
      ...found(directTls(server.tlsPort)),
      'stream.failed': said(
        streamError(`<see-other-host xmlns='${NS_STREAM_ERRORS}'>${HERE}:${server.tlsPort}</see-other-host>`),
        { error: new StreamError('see-other-host', { host: `${HERE}:${server.tlsPort}` }) },
      ),
      'xstate.done.actor.recall': {
        event: { output: { pin: undefined, token: undefined } },
        isSure: (state) => state === 'resolving.redirected',
        play: (stage) => stage.recall.answer('nothing'),
      },
    }),
  },
  {
    name: 'service records, and host-meta when none of them will do',
    listen: {},
    options: ({ ca }) => ({ tls: { ca } }),
    machine: ({ records, hostMeta }) =>
      discovering({
        lookupSrv: async (name) => (name.startsWith('_xmpp-client') ? records.ask() : []),
        fetchHostMeta: async ({ url }) => (url.endsWith('.json') ? hostMeta.ask() : undefined),
      }),
    turns: ({ port }) => ({
      ...USUAL,
      'xstate.done.actor.resolve': {
        'two places': {
          event: askedOf('dns', { output: [startTls('localhost', port), startTls(HERE, port)] }),
          play: (stage) =>
            stage.records.answer([
              { name: 'localhost', port, priority: 0, weight: 0 },
              { name: HERE, port, priority: 1, weight: 0 },
            ]),
        },
        'no web server': {
          event: askedOf('host-meta', { output: [] }),
          play: (stage) => stage.hostMeta.answer(undefined),
        },
      },
      'xstate.error.actor.resolve': {
        'no such service': {
          event: askedOf('dns', { error: new TransportError('x', { condition: 'host-not-found' }) }),
          where: () => false,
          play: () => {},
        },
        'a web server that fails': {
          event: askedOf('host-meta', { error: new TransportError('x', { condition: 'discovery-failed' }) }),
          play: (stage) => stage.hostMeta.fail(new TransportError('x', { condition: 'discovery-failed' })),
        },
      },
    }),
  },
  {
    name: 'host-meta alone, as in a page',
    listen: { listen: false },
    options: () => ({}),
    machine: ({ hostMeta }) =>
      discovering({ fetchHostMeta: async ({ url }) => (url.endsWith('.json') ? hostMeta.ask() : undefined) }),
    turns: () => ({
      ...OUTSIDE,
      'xstate.done.actor.resolve': {
        'nobody to ask': { event: askedOf('dns', { output: [] }), isSure: () => true, play: () => {} },
        'no web server': {
          event: askedOf('host-meta', { output: [] }),
          play: (stage) => stage.hostMeta.answer(undefined),
        },
      },
      'xstate.error.actor.resolve': {
        event: askedOf('host-meta', { error: new TransportError('x', { condition: 'discovery-failed' }) }),
        play: (stage) => stage.hostMeta.fail(new TransportError('x', { condition: 'discovery-failed' })),
      },
    }),
  },
];

/** The application says where the server is: nobody needs to be asked. */
function found(endpoint: Endpoint): Turns {
  return { 'xstate.done.actor.resolve': { event: { output: [endpoint] }, isSure: () => true, play: () => {} } };
}

/** A way on which the client has a token, and uses it before the server said anything. */
function withToken(scene: PerformedScene): PerformedScene {
  return {
    ...scene,
    options: (...given) => ({
      ...scene.options(...given),
      pipelining: 'always',
      mechanisms: ['PLAIN', TOKEN.mechanism],
    }),
    turns: (server) => ({
      ...scene.turns(server),
      'xstate.done.actor.recall': {
        'a token': {
          event: { output: { pin: undefined, token: { ...TOKEN, token: undefined } } },
          play: (stage) => stage.recall.answer('a token'),
        },
      },
      'features.received': {
        ...SERVER['features.received'],
        'SASL2 with tokens': offered(
          sasl2('PLAIN', `<fast xmlns='${NS_FAST}'><mechanism>${TOKEN.mechanism}</mechanism></fast>`),
        ),
      },
    }),
  };
}

function askedOf(source: 'dns' | 'host-meta', event: object) {
  return ({ context }: ClientSnapshot): object | undefined => (context.sources[0] === source ? event : undefined);
}

function discovering(sources: Parameters<typeof resolveLogic>[0]): typeof clientMachine {
  return provideClient({ resolve: resolveLogic(sources), transport: transportLogic(dialTcp), crypto: nodeScramCrypto });
}

function startTls(host: string, port: number): Endpoint {
  return { transport: 'tcp', host, port, security: 'starttls', reason: '' };
}

function directTls(port: number): Endpoint {
  return { transport: 'tcp', host: HERE, port, security: 'direct-tls', reason: '' };
}

function webSocket(url: string): Endpoint {
  const security = url.startsWith('wss:') ? 'direct-tls' : 'none';
  return { transport: 'websocket', host: HERE, port: Number(new URL(url).port), security, url, reason: '' };
}
