import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { documentFraming } from '../stream/index.ts';
import { type Accept, type Link, type LinkListener, type LinkSecurity, type LinkTls, NO_SECURITY } from './link.ts';

/** How long the other side may take to end the connection as well, in milliseconds. */
const GRACE = 500;

/** What a TCP link can do beside carrying bytes. */
export interface TcpLinkOptions {
  /** Without it there is no TLS. */
  readonly tls: LinkTls | undefined;
  /** Whether TLS comes first (XEP-0368). */
  readonly directTls: boolean;
  /** Bytes that may wait for somebody who does not read what is sent. */
  readonly maxBacklog: number;
}

/**
 * A socket, of a server's client or of a client. Whoever does not read what it is sent is not heard either, and is cut off when
 * too much waits. A failure of the socket or of TLS is the end of the link, nothing more.
 */
export class TcpLink implements Link {
  readonly framing = documentFraming;
  readonly #raw: Socket;
  readonly #options: TcpLinkOptions;
  readonly #listener: LinkListener;
  #socket: Socket;
  #grace: NodeJS.Timeout | undefined;
  #isPaused = false;
  #isBlocked = false;
  #isClosed = false;
  #failure: Error | undefined;

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
    return this.#options.tls !== undefined && !this.isSecure;
  }

  get security(): LinkSecurity {
    const { tls } = this.#options;
    const socket = this.#socket;
    if (tls === undefined || !(socket instanceof TLSSocket)) return NO_SECURITY;
    return tls.security(socket);
  }

  write(data: string | Uint8Array): void {
    if (this.#socket.writable && !this.#socket.write(data)) this.#block();
  }

  startTls(): void {
    const { tls, directTls } = this.#options;
    if (tls === undefined) throw new Error('There is no TLS on this side');
    this.#raw.off('data', this.#hear).off('drain', this.#unblock).off('close', this.#close);
    const secured = tls.secure(this.#raw, directTls ? 'xmpp-client' : undefined);
    secured.once(tls.whenSecured, () => this.#listener.secured());
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
    resetSocket(this.#raw, this.#socket);
    if (this.isSecure) this.#socket.destroy();
  }

  #attach(socket: Socket): void {
    this.#socket = socket;
    socket.on('data', this.#hear).on('drain', this.#unblock).on('close', this.#close);
    // The close event follows.
    socket.on('error', (failure) => {
      this.#failure ??= failure;
    });
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
    this.#listener.closed(this.#failure);
  };
}

/**
 * Sends a reset (RST), unless the socket, or what is on it, is in the middle of an end of its own: then it is closed without
 * one, since Node would do neither and keep the socket for ever.
 */
export function resetSocket(raw: Socket, socket: Socket): void {
  if (raw.destroyed) return;
  const isEnding = [raw, socket].some(({ writableEnded, writableFinished }) => writableEnded && !writableFinished);
  if (isEnding) raw.destroy();
  else raw.resetAndDestroy();
}
