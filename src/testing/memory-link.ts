import type { MemoryConnect, MemoryPipe } from '../../machines/endpoint.ts';
import { documentFraming } from '../stream/index.ts';
import { type Accept, type Link, type LinkListener, NO_SECURITY } from './link.ts';

/**
 * Connects clients of this process without a socket. Both directions deliver in a microtask of their own, in order: no
 * side is ever called from within its own `write`.
 */
export function memoryConnect(accept: Accept): MemoryConnect {
  return (client) => {
    const link = new MemoryLink(client, accept);
    return { write: (bytes) => link.receive(bytes), end: () => link.receive('end') };
  };
}

/** Connects to a server in this process, as its client. */
export function dialMemory(connect: MemoryConnect, accept: Accept): void {
  let server: MemoryPipe | undefined;
  const toServer: MemoryPipe = { write: (bytes) => server?.write(bytes), end: () => server?.end() };
  const link = new MemoryLink(toServer, accept);
  server = connect({ write: (bytes) => link.receive(bytes), end: () => link.receive('end') });
}

type Parcel = Uint8Array | 'end';

const encoder = new TextEncoder();

class MemoryLink implements Link {
  readonly framing = documentFraming;
  readonly isSecure = true;
  readonly canStartTls = false;
  readonly security = NO_SECURITY;
  readonly #peer: MemoryPipe;
  readonly #listener: LinkListener;
  readonly #outgoing = new Mailbox((parcel) => this.#deliver(parcel));
  readonly #incoming = new Mailbox((parcel) => this.#hear(parcel));
  #isClosed = false;

  constructor(peer: MemoryPipe, accept: Accept) {
    this.#peer = peer;
    this.#listener = accept(this);
  }

  receive(parcel: Parcel): void {
    // The sender may use its array again.
    this.#incoming.put(parcel === 'end' ? parcel : parcel.slice());
  }

  write(data: string | Uint8Array): void {
    this.#outgoing.put(typeof data === 'string' ? encoder.encode(data) : data);
  }

  startTls(): void {
    throw new Error('There is no TLS in memory');
  }

  pause(): void {
    this.#incoming.pause();
  }

  resume(): void {
    this.#incoming.resume();
  }

  end(): void {
    this.#outgoing.put('end');
  }

  reset(): void {
    this.#incoming.clear();
    this.#outgoing.clear();
    this.end();
  }

  #hear(parcel: Parcel): void {
    if (this.#isClosed) return;
    if (parcel === 'end') this.#outgoing.put('end');
    else this.#listener.received(parcel);
  }

  /** The other side's failures are its own: they must not break a server that others use. */
  #deliver(parcel: Parcel): void {
    if (this.#isClosed) return;
    let isOver = parcel === 'end';
    try {
      if (parcel === 'end') this.#peer.end();
      else this.#peer.write(parcel);
    } catch {
      isOver = true;
    }
    if (isOver) this.#close();
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#incoming.clear();
    this.#listener.closed();
  }
}

/** Hands on what is put into it, in order, later. */
class Mailbox {
  readonly #open: (parcel: Parcel) => void;
  #parcels: Parcel[] = [];
  #isScheduled = false;
  #isPaused = false;

  constructor(open: (parcel: Parcel) => void) {
    this.#open = open;
  }

  put(parcel: Parcel): void {
    this.#parcels.push(parcel);
    this.#schedule();
  }

  clear(): void {
    this.#parcels = [];
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled || this.#isPaused || this.#parcels.length === 0) return;
    this.#isScheduled = true;
    queueMicrotask(() => this.#empty());
  }

  #empty(): void {
    this.#isScheduled = false;
    while (!this.#isPaused) {
      const parcel = this.#parcels.shift();
      if (parcel === undefined) return;
      this.#open(parcel);
    }
  }
}
