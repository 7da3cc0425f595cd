import type { ResolveInput } from '../../machines/contracts.ts';
import type { Endpoint, MemoryConnect } from '../../machines/endpoint.ts';

const STARTTLS_PORT = 5222;
const DIRECT_TLS_PORT = 5223;
const WSS_PORT = 443;
const WS_PORT = 80;

/** A host, at the port and with the security that the application wants, or that are usual. */
export function tcpEndpoint(host: string, { settings }: ResolveInput, reason: string): Endpoint {
  const { port, security: wanted } = settings.location;
  const security = wanted === 'any' ? 'starttls' : wanted;
  const usual = security === 'direct-tls' ? DIRECT_TLS_PORT : STARTTLS_PORT;
  return { transport: 'tcp', host, port: port ?? usual, security, reason };
}

/** A WebSocket, at an address that can be parsed. */
export function webSocketEndpoint(url: string, reason: string): Endpoint {
  const { protocol, hostname, port } = new URL(url);
  const isSecure = protocol === 'wss:';
  return {
    transport: 'websocket',
    url,
    host: hostname.startsWith('[') ? hostname.slice(1, -1) : hostname,
    port: port === '' ? (isSecure ? WSS_PORT : WS_PORT) : Number(port),
    security: isSecure ? 'direct-tls' : 'none',
    reason,
  };
}

/** A server in this process. */
export function memoryEndpoint({ domain }: ResolveInput, connect: MemoryConnect): Endpoint {
  return { transport: 'memory', host: domain, port: 0, security: 'none', reason: 'in this process', connect };
}
