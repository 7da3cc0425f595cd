import type { TransportInput } from '../../machines/contracts.ts';
import type { Endpoint } from '../../machines/endpoint.ts';
import type { Timer } from '../../machines/settings.ts';
import { XmppError } from '../errors/index.ts';
import { messageFraming } from '../stream/index.ts';
import { leadsToLoopback } from './loopback.ts';
import { noAddress, otherSubprotocol, unopened, withoutTls } from './websocket-errors.ts';
import type { Dial, Wire, WireListener } from './wire.ts';

/** The WebSocket subprotocol of XMPP (RFC 7395 §3.1). */
export const SUBPROTOCOL = 'xmpp';
/** How long a WebSocket that was ended may take for its closing handshake, in milliseconds. */
export const LINGER = 1000;

/** A WebSocket of the platform, as far as it is needed here. None of its methods throws. */
export interface PlatformSocket {
  /** Answers `false` when enough waits already: no more before `drained`. Does nothing where the WebSocket is not open. */
  send(text: string): boolean;
  /** As {@link Wire.pause}. */
  pause(): boolean;
  /** As {@link Wire.resume}. */
  resume(): void;
  /** Starts the closing handshake, after all that was sent (RFC 6455 §7.1.2). */
  close(): void;
  /** Cuts the connection, as far as the platform can. */
  terminate(): void;
}

/** What a WebSocket of the platform tells, later than when it was made. Whoever hears it decides what matters. */
export interface PlatformSocketEvents {
  opened(subprotocol: string): void;
  /** A text message, UTF-8. */
  received(message: Uint8Array): void;
  /** A ping or a pong (RFC 6455 §5.5.2, §5.5.3), as far as the platform tells of them. */
  heard(): void;
  drained(): void;
  failed(error: XmppError): void;
  /** The connection is over; code and reason of the closing handshake (RFC 6455 §7.1.5, §7.1.6). */
  closed(code: number, reason: string): void;
}

/** Opens a WebSocket of the platform, with the subprotocol {@link SUBPROTOCOL}. May throw instead. */
export type OpenSocket = (url: URL, input: TransportInput, events: PlatformSocketEvents) => PlatformSocket;

/**
 * Dials WebSockets (RFC 7395) of a platform. There is no channel to bind a login to: a proxy may end TLS, and browsers
 * tell nothing of it. Pings of the server are answered by the platform; none are sent from here (RFC 7395 §3.8 leaves it to
 * XMPP to find out whether anybody is there, and browsers cannot).
 */
export function dialWebSocketWith(open: OpenSocket): Dial {
  return (input, listener) => new WebSocketWire(open, input, listener);
}

class WebSocketWire implements Wire, PlatformSocketEvents {
  readonly framing = messageFraming;
  readonly #input: TransportInput;
  /** Nobody, once it has heard the end or wants to hear nothing any more. */
  #listener: WireListener | undefined;
  #socket: PlatformSocket | undefined;
  #state: 'connecting' | 'open' | 'ending' | 'closed' = 'connecting';
  #timer: Timer | undefined;

  constructor(open: OpenSocket, input: TransportInput, listener: WireListener) {
    this.#input = input;
    this.#listener = listener;
    try {
      this.#socket = open(addressOf(input.endpoint), input, this);
    } catch (error) {
      queueMicrotask(() => this.failed(error instanceof XmppError ? error : unopened(input.endpoint, error)));
    }
  }

  write(text: string): boolean {
    return this.#socket?.send(text) ?? true;
  }

  startTls(): void {
    throw new Error('There is no TLS inside a WebSocket');
  }

  pause(): boolean {
    return this.#socket?.pause() ?? true;
  }

  resume(): void {
    this.#socket?.resume();
  }

  end(): void {
    this.#listener = undefined;
    if (this.#state === 'connecting') this.#socket?.terminate();
    if (this.#state === 'open') {
      const { clock } = this.#input.settings;
      this.#timer = clock.setTimeout(() => this.#socket?.terminate(), LINGER);
      this.#socket?.close();
    }
    if (this.#state !== 'closed') this.#state = 'ending';
  }

  abort(): void {
    this.#listener = undefined;
    if (this.#state === 'closed') return;
    this.#state = 'ending';
    this.#socket?.terminate();
  }

  opened(subprotocol: string): void {
    if (this.#state !== 'connecting') return;
    this.#state = 'open';
    if (subprotocol === SUBPROTOCOL) this.#listener?.connected();
    else this.failed(otherSubprotocol(this.#input.endpoint, subprotocol));
  }

  received(message: Uint8Array): void {
    this.#listener?.received(message);
  }

  heard(): void {
    this.#listener?.heard();
  }

  drained(): void {
    this.#listener?.drained();
  }

  failed(error: XmppError): void {
    const listener = this.#listener;
    this.#listener = undefined;
    listener?.failed(error);
  }

  closed(code: number, reason: string): void {
    const wasOpened = this.#state !== 'connecting';
    this.#state = 'closed';
    if (this.#timer !== undefined) this.#input.settings.clock.clearTimeout(this.#timer);
    const listener = this.#listener;
    this.#listener = undefined;
    if (wasOpened) listener?.closed(farewell(code, reason));
    else listener?.failed(unopened(this.#input.endpoint));
  }
}

/** Without TLS only on this machine, where nobody listens in. */
function addressOf(endpoint: Endpoint): URL {
  const { url = '' } = endpoint;
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (address?.protocol === 'wss:') return address;
  if (address?.protocol !== 'ws:') throw noAddress(endpoint);
  if (leadsToLoopback(address)) return address;
  throw withoutTls(endpoint);
}

/** RFC 6455 §7.1.5: 1005 and 1006 stand for nothing that was said. */
function farewell(code: number, reason: string): string | undefined {
  if (code === 1005 || code === 1006) return undefined;
  return reason === '' ? `close code ${code}` : `close code ${code}, ${JSON.stringify(reason)}`;
}
