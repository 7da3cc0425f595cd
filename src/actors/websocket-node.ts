import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { TransportInput } from '../../machines/contracts.ts';
import { describeEndpoint } from '../../machines/endpoint.ts';
import { TransportError, XmppError } from '../errors/index.ts';
import { StreamError } from '../stream/index.ts';
import { networkError, tlsError } from './tcp-errors.ts';
import { type AcceptedNames, connectTls } from './tls-options.ts';
import { answerTicketsWithRequest } from './tls-request.ts';
import { dialWebSocketWith, LINGER, type PlatformSocket, type PlatformSocketEvents, SUBPROTOCOL } from './websocket.ts';
import { binaryMessage, otherSubprotocol, refused } from './websocket-errors.ts';
import type { Dial } from './wire.ts';

/** Dials the WebSocket of an endpoint, with the TLS that the settings ask for. */
export const dialWebSocket: Dial = dialWebSocketWith((url, input, events) => new NodeSocket(url, input, events));

class NodeSocket implements PlatformSocket {
  readonly #socket: WebSocket;
  readonly #url: URL;
  readonly #input: TransportInput;
  readonly #events: PlatformSocketEvents;
  /** What the WebSocket stands on, once there is one. */
  #connection: Socket | undefined;
  /** Why there is none any more. */
  #lost: Error | undefined;
  #isCorked = false;

  constructor(url: URL, input: TransportInput, events: PlatformSocketEvents) {
    this.#url = url;
    this.#input = input;
    this.#events = events;
    const socket = new WebSocket(url, [SUBPROTOCOL], optionsFor(url, input));
    this.#socket = socket;
    socket.on('upgrade', ({ socket: connection, headers }) => this.#upgraded(connection, headers[PROTOCOL_HEADER]));
    socket.on('unexpected-response', (_request, { statusCode, headers }) =>
      events.failed(refused(input.endpoint, describeStatus(statusCode), { location: headers.location })),
    );
    socket.on('open', () => events.opened(socket.protocol));
    socket.on('message', (data, isBinary) => {
      if (!isBinary && data instanceof Uint8Array) events.received(data);
      else events.failed(binaryMessage());
    });
    socket.on('ping', () => events.heard());
    socket.on('pong', () => events.heard());
    socket.on('error', (error) => events.failed(explain(error, url, input)));
    socket.on('close', (code, reason) => this.#closed(code, reason.toString()));
  }

  send(text: string): boolean {
    if (this.#socket.readyState !== WebSocket.OPEN) return true;
    this.#cork();
    this.#socket.send(text);
    return this.#connection?.writableNeedDrain !== true;
  }

  /** What came in one piece with a message comes nevertheless, in the same turn: the library has it already. */
  pause(): boolean {
    this.#socket.pause();
    return true;
  }

  resume(): void {
    this.#socket.resume();
  }

  close(): void {
    // The server's part of the closing handshake has to be heard.
    this.#socket.resume();
    this.#socket.close(1000);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  #upgraded(connection: Socket, subprotocol: string | undefined): void {
    this.#connection = connection;
    connection.setKeepAlive(true, 60_000);
    connection.on('drain', () => this.#events.drained());
    connection.on('error', (error) => {
      this.#lost = error;
    });
    // The library would say so as well, in a text that is hard to tell from others.
    if (subprotocol !== SUBPROTOCOL) this.#events.failed(otherSubprotocol(this.#input.endpoint, subprotocol));
  }

  /** Where the connection failed, the library tells nothing but this, after the last message that came before it. */
  #closed(code: number, reason: string): void {
    if (this.#lost) this.#events.failed(explain(this.#lost, this.#url, this.#input));
    this.#events.closed(code, reason);
  }

  /** The messages of one turn go out in one packet. */
  #cork(): void {
    const connection = this.#connection;
    if (this.#isCorked || !connection) return;
    this.#isCorked = true;
    connection.cork();
    queueMicrotask(() => {
      this.#isCorked = false;
      connection.uncork();
    });
  }
}

const PROTOCOL_HEADER = 'sec-websocket-protocol';

function optionsFor(url: URL, { domain, endpoint, settings }: TransportInput) {
  const { maxElementBytes, maxHeaderBytes } = settings.limits;
  const host = hostOf(url);
  const port = Number(url.port || 443);
  return {
    // Compression with secrets inside tells about them, and little data can become a lot (RFC 7692 §8).
    perMessageDeflate: false,
    followRedirects: false,
    // What is larger is not even kept until it is complete.
    maxPayload: Math.max(maxElementBytes, maxHeaderBytes),
    // A server that says goodbye and stays is left.
    closeTimeout: LINGER,
    // XEP-0156 §2.2: whoever names the address answers for it, so that a certificate for its host will do. Not so a server
    // that sends us elsewhere: there the identity stays the domain of the JID.
    ...(url.protocol === 'wss:' && {
      createConnection: () => {
        const names: AcceptedNames = endpoint.isRedirect ? [domain] : [host, domain];
        return answerTicketsWithRequest(connectTls(settings.tls, names, { host, port }), settings.clock);
      },
    }),
  };
}

function hostOf({ hostname }: URL): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

function describeStatus(status = 0): string {
  return `HTTP status ${status} (${STATUS_CODES[status] ?? 'unknown'})`;
}

/** An error of the network, of TLS, of HTTP or of the WebSocket, in our words. */
function explain(cause: NodeJS.ErrnoException, url: URL, input: TransportInput): XmppError {
  if (cause instanceof XmppError) return cause;
  const { endpoint, domain } = input;
  const { code } = cause;
  if (code === undefined || code.startsWith('HPE_')) return refused(endpoint, cause.message, { cause });
  const violation = VIOLATIONS[code];
  if (violation) return new StreamError(violation, { text: cause.message, cause });
  if (code.startsWith('WS_ERR_')) return brokenProtocol(cause, input);
  if (url.protocol === 'ws:') return networkError(cause, input);
  const host = hostOf(url);
  // The hints name what the certificate may be for.
  return tlsError(cause, { ...input, domain: host === domain ? domain : `${host} or ${domain}` });
}

/** What the library finds before the stream is read, and would be an error of the stream. */
const VIOLATIONS: Readonly<Record<string, 'policy-violation' | 'unsupported-encoding'>> = {
  WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH: 'policy-violation',
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 'policy-violation',
  WS_ERR_TOO_MANY_BUFFERED_PARTS: 'policy-violation',
  WS_ERR_INVALID_UTF8: 'unsupported-encoding',
};

function brokenProtocol(cause: Error, { endpoint }: TransportInput): TransportError {
  return new TransportError(`${describeEndpoint(endpoint)} breaks the rules of WebSockets: ${cause.message}`, {
    condition: 'protocol-violation',
    cause,
    hint: 'Something between here and the server may change what is sent; otherwise report it to the operator of the server.',
  });
}
