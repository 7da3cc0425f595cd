import { describeEndpoint, type Endpoint } from '../../machines/endpoint.ts';
import { TransportError } from '../errors/index.ts';
import { StreamError } from '../stream/index.ts';

/** How much of what came an error repeats, in UTF-16 units. */
const QUOTED_LENGTH = 100;

/** RFC 7395 §3.9: TLS is below the WebSocket, and nothing can start it later. */
export function withoutTls(endpoint: Endpoint): TransportError {
  return new TransportError(`The WebSocket ${describeEndpoint(endpoint)} has no TLS`, {
    condition: 'tls-unavailable',
    hint: 'Use an address that begins with wss: (ws: is for a server on this machine only).',
  });
}

/** The endpoint is no WebSocket. */
export function noAddress({ url = '' }: Endpoint): TransportError {
  return new TransportError(`Expected the address of a WebSocket, got ${JSON.stringify(url.slice(0, QUOTED_LENGTH))}`, {
    condition: 'connection-failed',
    hint: 'Such an address looks like wss://xmpp.example.org/ws.',
  });
}

/** Something answered, and opened no WebSocket; `what` says what it did, and `location` where it sends us instead. */
export function refused(
  endpoint: Endpoint,
  what: string,
  details: { readonly location?: string | undefined; readonly cause?: unknown } = {},
): TransportError {
  const where = describeEndpoint(endpoint);
  const { location, cause } = details;
  return new TransportError(`${where} opened no WebSocket: ${what}`, {
    condition: 'websocket-refused',
    text: location,
    cause,
    hint:
      location === undefined
        ? `Check host, port and path of ${where}: something else listens there, or the server has no WebSockets switched on.`
        : `${where} redirects elsewhere, which is not followed. If that is right, give that address instead.`,
  });
}

/** The server agreed on another WebSocket subprotocol, or on none: who goes on cannot know what it understands (RFC 7395 §3.1). */
export function otherSubprotocol(endpoint: Endpoint, subprotocol: string | undefined): TransportError {
  const came = subprotocol ? JSON.stringify(subprotocol.slice(0, QUOTED_LENGTH)) : 'none';
  const where = describeEndpoint(endpoint);
  return new TransportError(`Expected the WebSocket subprotocol "xmpp" of ${where}, got ${came}`, {
    condition: 'protocol-violation',
    hint: `Check the path of ${where}: another service seems to answer there. A proxy must pass Sec-WebSocket-Protocol on.`,
  });
}

/** Why it was not opened, where nobody tells: browsers do not, lest pages explore the network. */
export function unopened(endpoint: Endpoint, cause?: unknown): TransportError {
  return new TransportError(`The WebSocket ${describeEndpoint(endpoint)} could not be opened`, {
    condition: 'connection-failed',
    cause,
    hint: 'The network, the certificate, the server or the policy of this page may be at fault; the console of the browser may say more.',
  });
}

/** RFC 7395 §3.2: messages are text. */
export function binaryMessage(): StreamError {
  return new StreamError('bad-format', { text: 'Expected a text message, got a binary one' });
}
