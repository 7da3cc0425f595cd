import type { TransportInput } from '../../machines/contracts.ts';
import type { Timer } from '../../machines/settings.ts';
import { dialWebSocketWith, type PlatformSocket, type PlatformSocketEvents, SUBPROTOCOL } from './websocket.ts';
import { binaryMessage } from './websocket-errors.ts';
import type { Dial } from './wire.ts';

/** How much may wait to be sent before no more is taken, in bytes. */
const MOST_BUFFERED = 64 * 1024;
/** How often to look whether it has gone out, in milliseconds: browsers have no event for that. */
const POLL_EVERY = 20;

/** Dials the WebSocket of an endpoint, with the `WebSocket` of the platform. */
export const dialWebSocket: Dial = dialWebSocketWith(
  (url, input, events) => new WebSocketOfPlatform(url, input, events),
);

const encoder = new TextEncoder();

class WebSocketOfPlatform implements PlatformSocket {
  readonly #socket: WebSocket;
  readonly #input: TransportInput;
  readonly #events: PlatformSocketEvents;
  #timer: Timer | undefined;

  constructor(url: URL, input: TransportInput, events: PlatformSocketEvents) {
    this.#input = input;
    this.#events = events;
    const socket = new WebSocket(url, SUBPROTOCOL);
    this.#socket = socket;
    socket.onopen = () => events.opened(socket.protocol);
    socket.onmessage = ({ data }) => {
      // Bytes, as on every wire: to encode them again costs less than a second way in.
      if (typeof data === 'string') events.received(encoder.encode(data));
      else events.failed(binaryMessage());
    };
    // An error is followed by this, and says no more.
    socket.onclose = ({ code, reason }) => {
      this.#stopWaiting();
      events.closed(code, reason);
    };
  }

  send(text: string): boolean {
    if (this.#socket.readyState !== WebSocket.OPEN) return true;
    this.#socket.send(text);
    if (this.#socket.bufferedAmount < MOST_BUFFERED) return true;
    this.#wait();
    return false;
  }

  /** Browsers cannot, and hand over each message in a turn of its own. */
  pause(): boolean {
    return false;
  }

  resume(): void {}

  close(): void {
    this.#stopWaiting();
    this.#socket.close(1000);
  }

  /** A page can do no more than that; while connecting it does cut the connection. */
  terminate(): void {
    this.close();
  }

  #wait(): void {
    this.#timer ??= this.#input.settings.clock.setTimeout(() => {
      this.#timer = undefined;
      if (this.#socket.bufferedAmount < MOST_BUFFERED) this.#events.drained();
      else this.#wait();
    }, POLL_EVERY);
  }

  #stopWaiting(): void {
    if (this.#timer !== undefined) this.#input.settings.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
