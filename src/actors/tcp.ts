import { connect as connectTcp, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { TransportInput } from '../../machines/contracts.ts';
import type { TransportError } from '../errors/index.ts';
import { addressFamilyOf, domainToAscii } from '../jid/index.ts';
import { secureContextFor } from './secure-context.ts';
import { networkError, tlsError } from './tcp-errors.ts';
import type { Dial, Wire, WireListener } from './wire.ts';

/** How long a connection that was ended may take to send what is left, in milliseconds. */
const LINGER = 1000;

/** Dials a TCP endpoint. TLS, STARTTLS or direct, is started on the same socket when the transport asks for it. */
export const dialTcp: Dial = (input, listener) => new TcpWire(input, listener);

class TcpWire implements Wire {
  readonly #input: TransportInput;
  readonly #listener: WireListener;
  #socket: Socket;
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

  write(text: string): boolean {
    return this.#socket.write(text);
  }

  startTls(): void {
    const plain = this.#socket;
    plain.removeAllListeners('data');
    const secure = connectTls({ ...tlsOptions(this.#input), socket: plain });
    // From here on what the socket below says is not heard: it reaches the TLS socket as well.
    this.#socket = secure;
    secure.once('secureConnect', () => this.#listener.secured());
    this.#listen(secure, (error) => tlsError(error, this.#input));
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

  #listen(socket: Socket, explain: (error: NodeJS.ErrnoException) => TransportError): void {
    const heard = (): boolean => !this.#over && this.#socket === socket;
    const ended = (): void => {
      if (heard()) this.#listener.closed();
    };
    socket.on('data', (bytes) => {
      if (heard()) this.#listener.received(bytes);
    });
    socket.on('drain', () => {
      if (heard()) this.#listener.drained();
    });
    socket.on('error', (error) => {
      if (heard()) this.#listener.failed(explain(error));
    });
    socket.on('end', ended);
    socket.on('close', ended);
  }
}

/**
 * The certificate must be for the domain of the JID, whatever name discovery led to (RFC 6120 §13.7.2, RFC 7590 §3.4).
 */
function tlsOptions({ domain, endpoint, settings }: TransportInput): ConnectionOptions {
  const isAddress = addressFamilyOf(domain) !== undefined;
  const host = domainToAscii(domain);
  return {
    host,
    // RFC 6066 §3: an address is no server name.
    ...(isAddress ? {} : { servername: host }),
    secureContext: secureContextFor(settings.tls),
    // Said here, an environment variable that switches all checks off means nothing (NODE_TLS_REJECT_UNAUTHORIZED).
    rejectUnauthorized: true,
    ...(endpoint.security === 'direct-tls' ? { ALPNProtocols: ['xmpp-client'] } : {}),
  };
}
