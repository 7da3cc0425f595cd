import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { RawData, WebSocket } from 'ws';
import { messageFraming } from '../stream/index.ts';
import { type Accept, type Link, type LinkListener, type LinkSecurity, type LinkTls, NO_SECURITY } from './link.ts';
import { resetSocket } from './tcp-link.ts';

/** How long the other side may take to close the WebSocket as well, in milliseconds. */
const GRACE = 500;
/** The other side said what it must not say (RFC 6455 §7.4.1). */
const UNSUPPORTED_DATA = 1003;

/** What a WebSocket stands on. */
export interface WebSocketGround {
  /** Of TCP. */
  readonly raw: Socket;
  /** What the WebSocket is on: {@link raw}, or TLS on it. */
  readonly socket: Socket;
  readonly tls: LinkTls | undefined;
  /** Bytes that may wait for somebody who does not read what is sent. */
  readonly maxBacklog: number;
}

/** A WebSocket (RFC 7395), of a server's client or of a client: each text is a message. Whoever does not read what it is sent is not heard either. */
export class WebSocketLink implements Link {
  readonly framing = messageFraming;
  readonly canStartTls = false;
  readonly #webSocket: WebSocket;
  readonly #ground: WebSocketGround;
  readonly #listener: LinkListener;
  #grace: NodeJS.Timeout | undefined;
  #isPaused = false;
  #isBlocked = false;
  #isClosed = false;
  #failure: Error | undefined;

  constructor(webSocket: WebSocket, ground: WebSocketGround, accept: Accept) {
    this.#webSocket = webSocket;
    this.#ground = ground;
    this.#listener = accept(this);
    webSocket.on('message', (data, isBinary) => this.#hear(data, isBinary));
    webSocket.on('close', () => this.#close());
    // The close event follows.
    webSocket.on('error', (failure) => {
      this.#failure ??= failure;
    });
    ground.socket.on('drain', () => this.#unblock());
  }

  get isSecure(): boolean {
    return this.#ground.socket instanceof TLSSocket;
  }

  get security(): LinkSecurity {
    const { tls, socket } = this.#ground;
    if (tls === undefined || !(socket instanceof TLSSocket)) return NO_SECURITY;
    return tls.security(socket);
  }

  write(data: string | Uint8Array): void {
    if (this.#webSocket.readyState !== this.#webSocket.OPEN) return;
    this.#webSocket.send(data);
    if (this.#ground.socket.writableNeedDrain) this.#block();
  }

  startTls(): void {
    throw new Error('TLS comes first, or not at all, on a WebSocket');
  }

  pause(): void {
    this.#isPaused = true;
    this.#webSocket.pause();
  }

  resume(): void {
    this.#isPaused = false;
    if (!this.#isBlocked) this.#webSocket.resume();
  }

  end(): void {
    if (this.#isClosed || this.#grace) return;
    this.#grace = setTimeout(() => this.#webSocket.terminate(), GRACE);
    this.#webSocket.close();
    // Its answer is heard only by one who reads.
    this.#webSocket.resume();
  }

  reset(): void {
    resetSocket(this.#ground.raw, this.#ground.socket);
    this.#webSocket.terminate();
  }

  #hear(data: RawData, isBinary: boolean): void {
    // RFC 7395 §3.2: nothing but text.
    if (isBinary) this.#webSocket.close(UNSUPPORTED_DATA);
    else if (data instanceof Uint8Array) this.#listener.received(data);
  }

  #block(): void {
    if (this.#webSocket.bufferedAmount > this.#ground.maxBacklog) {
      this.reset();
      return;
    }
    this.#isBlocked = true;
    this.#webSocket.pause();
  }

  #unblock(): void {
    this.#isBlocked = false;
    if (!this.#isPaused) this.#webSocket.resume();
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#grace);
    this.#listener.closed(this.#failure);
  }
}
