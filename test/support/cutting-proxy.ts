import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Which way bytes go: `up` from the client to the server, `down` from the server to the client. */
export type Direction = 'up' | 'down';

/** Where a connection is cut: as soon as so many bytes went one way. */
export interface Cut {
  readonly direction: Direction;
  readonly bytes: number;
}

/**
 * Holds back what the server is not to see yet of what a client says: told each piece, it returns what goes on now. What it
 * still holds when the connection is cut is lost with it.
 */
export type Sieve = (bytes: Buffer) => Buffer;

/** What a proxy does to its connections; nothing unless it is told. */
export interface CuttingProxyOptions {
  /** Asked at the beginning of each connection; one for which it has no answer is left alone. */
  readonly plan?: () => Cut | undefined;
  /** Makes the sieve of each connection; without one, all bytes go on as they come. */
  readonly createSieve?: () => Sieve;
  /** Hears that a connection was cut, by plan or by {@link CuttingProxy.cut}. */
  readonly onCut?: () => void;
}

/** What lies between clients and a server, and can be cut. */
export interface CuttingProxy {
  /** Where it begins, on 127.0.0.1. */
  readonly port: number;
  /** How many connections were cut. */
  readonly cuts: number;
  /** How many bytes went each way on the connection that was made last. */
  readonly passed: Readonly<Record<Direction, number>>;
  /** From now on nothing gets through, and nobody notices. */
  freeze(): void;
  /** Resets all connections, on both sides, without a word of TLS or XMPP. New ones get through. */
  cut(): void;
  /** Takes no more connections, and resets those that are left. */
  remove(): Promise<void>;
}

/** Lays a proxy before a port of 127.0.0.1. */
export async function startCuttingProxy(port: number, options: CuttingProxyOptions = {}): Promise<CuttingProxy> {
  const lines = new Set<Line>();
  let cuts = 0;
  let passed: CuttingProxy['passed'] = { up: 0, down: 0 };
  const listener = createServer({ noDelay: true }, (near) => {
    const line = new Line(near, connect({ port, host: '127.0.0.1', noDelay: true }), options, (how) => {
      lines.delete(line);
      if (how === 'ended') return;
      cuts += 1;
      options.onCut?.();
    });
    lines.add(line);
    passed = line.passed;
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port: ownPort } = listener.address() as AddressInfo;
  const cut = () => {
    for (const line of [...lines]) line.end('cut');
  };
  return {
    port: ownPort,
    get cuts() {
      return cuts;
    },
    get passed() {
      return passed;
    },
    freeze() {
      for (const line of lines) line.freeze();
    },
    cut,
    async remove() {
      cut();
      await once(listener.close(), 'close');
    },
  };
}

/** One connection: two sockets, and what goes between them. */
class Line {
  readonly passed = { up: 0, down: 0 };
  readonly #sockets: readonly Socket[];
  readonly #over: (how: 'ended' | 'cut') => void;
  #isOver = false;

  constructor(near: Socket, far: Socket, options: CuttingProxyOptions, over: (how: 'ended' | 'cut') => void) {
    this.#sockets = [near, far];
    this.#over = over;
    const cut = options.plan?.();
    this.#join(near, far, 'up', cut, options.createSieve?.());
    this.#join(far, near, 'down', cut);
  }

  freeze(): void {
    for (const socket of this.#sockets) socket.pause();
  }

  end(how: 'ended' | 'cut'): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const socket of this.#sockets) {
      if (how === 'cut') socket.resetAndDestroy();
      else socket.destroySoon();
    }
    this.#over(how);
  }

  #join(from: Socket, to: Socket, direction: Direction, cut: Cut | undefined, sieve: Sieve = (bytes) => bytes): void {
    const end = cut?.direction === direction ? cut.bytes : Number.POSITIVE_INFINITY;
    from.on('data', (bytes) => {
      if (this.#isOver) return;
      const part = bytes.subarray(0, end - this.passed[direction]);
      this.passed[direction] += part.length;
      to.write(sieve(part));
      if (this.passed[direction] >= end) this.end('cut');
    });
    from.on('error', () => {});
    from.on('end', () => this.end('ended'));
    from.on('close', () => this.end('ended'));
  }
}
