import type { Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import type { Accept, Link, LinkListener } from './link.ts';

/** How long a client may take to end its side of the connection, in milliseconds. */
const GRACE = 500;

/** What a TCP link can do beside carrying bytes. */
export interface TcpLinkOptions {
  /** Without it there is no TLS. */
  readonly secureContext: SecureContext | undefined;
  /** Whether TLS comes first (XEP-0368). */
  readonly directTls: boolean;
  /** Bytes that may wait for a client that does not read what it is sent. */
  readonly maxBacklog: number;
}

/**
 * A client's socket. Whoever does not read what it is sent is not heard either, and is cut off when too much waits. A
 * failure of the socket or of TLS is the end of the link, nothing more.
 */
export class TcpLink implements Link {
  readonly #raw: Socket;
  readonly #options: TcpLinkOptions;
  readonly #listener: LinkListener;
  #socket: Socket;
  #grace: NodeJS.Timeout | undefined;
  #isPaused = false;
  #isBlocked = false;
  #isClosed = false;

  constructor(raw: Socket, options: TcpLinkOptions, accept: Accept) {
    this.#raw = raw;
    this.#socket = raw;
    this.#options = options;
    this.#listener = accept(this);
    this.#attach(raw);
    if (options.directTls) this.startTls();
  }

  get isSecure(): boolean {
    return this.#socket !== this.#raw;
  }

  get canStartTls(): boolean {
    return this.#options.secureContext !== undefined && !this.isSecure;
  }

  write(data: string | Uint8Array): void {
    if (this.#socket.writable && !this.#socket.write(data)) this.#block();
  }

  startTls(): void {
    const { secureContext, directTls } = this.#options;
    if (secureContext === undefined) throw new Error('This server has no certificate');
    this.#raw.off('data', this.#hear).off('drain', this.#unblock).off('close', this.#close);
    const options = directTls ? { ALPNProtocols: ['xmpp-client'] } : {};
    const secured = new TLSSocket(this.#raw, { ...options, isServer: true, secureContext });
    secured.once('secure', () => this.#listener.secured());
    this.#attach(secured);
  }

  pause(): void {
    this.#isPaused = true;
    this.#socket.pause();
  }

  resume(): void {
    this.#isPaused = false;
    if (!this.#isBlocked) this.#socket.resume();
  }

  end(): void {
    if (this.#isClosed || this.#grace) return;
    this.#grace = setTimeout(() => this.#socket.destroy(), GRACE);
    this.#socket.end();
    // Its end is heard only by one who reads.
    this.#socket.resume();
  }

  reset(): void {
    if (!this.#raw.destroyed) this.#raw.resetAndDestroy();
    if (this.isSecure) this.#socket.destroy();
  }

  #attach(socket: Socket): void {
    this.#socket = socket;
    socket.on('data', this.#hear).on('drain', this.#unblock).on('close', this.#close);
    // The close event follows.
    socket.on('error', () => {});
  }

  #block(): void {
    if (this.#socket.writableLength > this.#options.maxBacklog) {
      this.reset();
      return;
    }
    this.#isBlocked = true;
    this.#socket.pause();
  }

  readonly #hear = (bytes: Uint8Array): void => this.#listener.received(bytes);

  readonly #unblock = (): void => {
    this.#isBlocked = false;
    if (!this.#isPaused) this.#socket.resume();
  };

  readonly #close = (): void => {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#grace);
    this.#listener.closed();
  };
}
