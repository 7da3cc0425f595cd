import { connect as connectTcp, type Socket } from 'node:net';
import type { TransportInput } from '../../machines/contracts.ts';
import type { TransportError } from '../errors/index.ts';
import { documentFraming, type Framing } from '../stream/index.ts';
import { networkError, tlsError } from './tcp-errors.ts';
import { TlsChannel } from './tls-channel.ts';
import { connectTls } from './tls-options.ts';
import { answerTickets } from './tls-tickets.ts';
import type { Dial, Wire, WireListener } from './wire.ts';

/** How long a connection that was ended may take to send what is left, in milliseconds. */
const LINGER = 1000;

/** Dials a TCP endpoint. TLS, STARTTLS or direct, is started on the same socket when the transport asks for it. */
export const dialTcp: Dial = (input, listener) => new TcpWire(input, listener);

class TcpWire implements Wire {
  readonly #input: TransportInput;
  readonly #listener: WireListener;
  #socket: Socket;
  #noteWritten: ((text: string) => void) | undefined;
  #over = false;

  constructor(input: TransportInput, listener: WireListener) {
    this.#input = input;
    this.#listener = listener;
    const { host, port } = input.endpoint;
    // Node tries the addresses of both families in turn (RFC 8305) unless told otherwise.
    this.#socket = connectTcp({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 });
    this.#socket.once('connect', () => listener.connected());
    this.#listen(this.#socket, (error) => networkError(error, input));
  }

  get framing(): Framing {
    return documentFraming;
  }

  write(text: string): boolean {
    this.#noteWritten?.(text);
    return this.#socket.write(text);
  }

  startTls(): void {
    const plain = this.#socket;
    plain.removeAllListeners('data');
    const { domain, endpoint, settings } = this.#input;
    // A server that answers without a protocol is from before ALPN (XEP-0368 §5), and as good as any other.
    const protocols = endpoint.security === 'direct-tls' ? { ALPNProtocols: ['xmpp-client'] } : {};
    const secure = connectTls(settings.tls, [domain], { socket: plain, ...protocols });
    // From here on what the socket below says is not heard: it reaches the TLS socket as well.
    this.#socket = secure;
    this.#noteWritten = answerTickets(secure);
    secure.once('secureConnect', () => {
      if (!secure.destroyed) this.#listener.secured(new TlsChannel(secure));
    });
    this.#listen(secure, (error) => tlsError(error, this.#input));
  }

  pause(): boolean {
    this.#socket.pause();
    return true;
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    if (this.#over) return;
    this.#over = true;
    const socket = this.#socket;
    const { clock } = this.#input.settings;
    const timer = clock.setTimeout(() => socket.destroy(), LINGER);
    socket.once('close', () => clock.clearTimeout(timer));
    if (socket.connecting) socket.destroy();
    else socket.destroySoon();
  }

  /** No reset: Node sends one only after what waits to be written. */
  abort(): void {
    this.#over = true;
    this.#socket.destroy();
  }

  #listen(socket: Socket, explain: (error: NodeJS.ErrnoException) => TransportError): void {
    const ended = (): void => {
      if (this.#hears(socket)) this.#listener.closed();
    };
    socket.on('data', (bytes) => {
      if (this.#hears(socket)) this.#listener.received(bytes);
    });
    socket.on('drain', () => {
      if (this.#hears(socket)) this.#listener.drained();
    });
    socket.on('error', (error) => {
      // What came before and was held back is still there.
      const rest: Uint8Array | null = this.#hears(socket) ? socket.read() : null;
      if (rest) this.#listener.received(rest);
      if (this.#hears(socket)) this.#listener.failed(explain(error));
    });
    socket.on('end', ended);
    socket.on('close', ended);
  }

  #hears(socket: Socket): boolean {
    return !this.#over && this.#socket === socket;
  }
}
