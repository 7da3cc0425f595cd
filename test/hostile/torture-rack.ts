import { statePath } from '../../machines/index.ts';
import { resolveLogic } from '../../src/actors/discovery.ts';
import { dialMemory } from '../../src/actors/memory.ts';
import type { SrvRecord } from '../../src/actors/srv.ts';
import { dialTcp } from '../../src/actors/tcp.ts';
import { transportLogic } from '../../src/actors/transport.ts';
import { dialWebSocket } from '../../src/actors/websocket-node.ts';
import type { Dial, WireListener } from '../../src/actors/wire.ts';
import { provideClient } from '../../src/client/provide.ts';
import { type Client, type clientMachine, TransportError } from '../../src/node.ts';
import type { SecureChannel } from '../../src/sasl/index.ts';
import { nodeScramCrypto } from '../../src/sasl/node.ts';
import { documentFraming } from '../../src/stream/index.ts';

/*
 * Everything that a client calls and that is not its own goes through the hands of a test: what the application gives it, and
 * what the platform does.
 */

/** One function, called in one state. */
export interface Call {
  readonly name: string;
  readonly state: string;
}

/** What DNS and the web say about the domain. */
export interface Directory {
  readonly records: readonly SrvRecord[];
  readonly document: string | undefined;
}

/** The hands, for one client. */
export class Rack {
  readonly calls: Call[] = [];
  readonly directory: Directory;
  client: Client | undefined;
  hasFailed = false;
  #armed: (Call & { readonly fail: () => unknown }) | undefined;

  constructor(directory: Directory) {
    this.directory = directory;
  }

  /** The next call of this function in this state fails, and no other. */
  arm(call: Call, fail: () => unknown): void {
    this.#armed = { ...call, fail };
  }

  call<T>(name: string, perform: () => T): T {
    const state = this.#state;
    this.calls.push({ name, state });
    const armed = this.#armed;
    if (armed?.name !== name || armed.state !== state) return perform();
    this.#armed = undefined;
    this.hasFailed = true;
    // It answers with something else than it should: that is the torture.
    return armed.fail() as T;
  }

  /** The same object; its functions are called through here. */
  hold<T extends object>(name: string, held: T): T {
    return new Proxy(held, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key);
        if (typeof value !== 'function') return value;
        return (...given: unknown[]) => this.call(`${name}.${String(key)}`, () => Reflect.apply(value, target, given));
      },
    });
  }

  /** Which state within `online`, is nobody's business. */
  get #state(): string {
    if (!this.client) return 'unborn';
    return statePath(this.client.actor.getSnapshot().value).replace(/^linked\.online\..*/, 'linked.online');
  }
}

/** The rack that the next client is put on. */
export const hands = { rack: new Rack({ records: [], document: undefined }) };

/** The chart on a platform that goes through the hands. One for all: it is expensive. */
export const tortured: typeof clientMachine = provideClient({
  resolve: resolveLogic({
    lookupSrv: () => hands.rack.call('lookupSrv', async () => hands.rack.directory.records),
    fetchHostMeta: ({ url }) => hands.rack.call('fetchHostMeta', async () => documentAt(url)),
  }),
  transport: transportLogic((input, listener) => hands.rack.call('dial', () => dial(input, listener))),
  crypto: new Proxy(nodeScramCrypto, {
    get: (platform, key) => Reflect.get(hands.rack.hold('crypto', platform), key),
  }),
});

function documentAt(url: string): Uint8Array | undefined {
  const { document } = hands.rack.directory;
  return document !== undefined && url.endsWith('.json') ? new TextEncoder().encode(document) : undefined;
}

const dial: Dial = (input, listener) => {
  const { transport, host } = input.endpoint;
  if (transport === 'tcp' && host !== '127.0.0.1') return refuse(listener);
  const dialOf = { tcp: dialTcp, memory: dialMemory, websocket: dialWebSocket };
  return hands.rack.hold('wire', dialOf[transport](input, withHeldChannel(listener)));
};

function withHeldChannel(listener: WireListener): WireListener {
  return new Proxy(listener, {
    get(target, key) {
      if (key === 'secured') return (channel: SecureChannel) => target.secured(hands.rack.hold('channel', channel));
      return (...given: unknown[]) => Reflect.apply(Reflect.get(target, key), target, given);
    },
  });
}

/** Nobody is at the domain itself. */
function refuse(listener: WireListener): ReturnType<Dial> {
  queueMicrotask(() =>
    listener.failed(new TransportError('Nobody is there', { condition: 'connection-refused', hint: 'Go elsewhere.' })),
  );
  const nothing = () => {};
  return {
    framing: documentFraming,
    write: () => true,
    pause: () => true,
    resume: nothing,
    startTls: nothing,
    end: nothing,
    abort: nothing,
  };
}
