/** Bytes between a client and a server in the same process. */
export interface MemoryPipe {
  write(bytes: Uint8Array): void;
  end(): void;
}

/** Connects to a server in the same process: it gets a pipe to the client and returns one to itself. */
export type MemoryConnect = (client: MemoryPipe) => MemoryPipe;

/** A place where the domain's server can be reached. Plain data, found by discovery. */
export interface Endpoint {
  readonly transport: 'tcp' | 'websocket' | 'memory';
  /** Host name or address; for an in-memory server a name to show. */
  readonly host: string;
  readonly port: number;
  /** `direct-tls` for `wss` too; `none` is for loopback and memory only, and asked for explicitly. */
  readonly security: 'starttls' | 'direct-tls' | 'none';
  /** Why it is a candidate, for people: `SRV _xmpps-client._tcp.example.org`. */
  readonly reason: string;
  readonly connect?: MemoryConnect;
  /** Of a WebSocket (RFC 7395): `wss://xmpp.example.org/ws`. */
  readonly url?: string;
  /** The server sent us there (RFC 6120 §4.9.3.19): nobody but the domain of the JID answers for it. */
  readonly isRedirect?: boolean;
  /** The server only said that it would rather have us there (XEP-0198 §5): nothing is lost if that comes to nothing. */
  readonly isHint?: boolean;
}

const SECURITY_NAMES = { starttls: 'STARTTLS', 'direct-tls': 'direct TLS', none: 'no TLS' } as const;

/** An endpoint in words: `xmpp.example.org:5222 (STARTTLS)`. */
export function describeEndpoint({ transport, host, port, security, url }: Endpoint): string {
  if (url !== undefined) return url;
  if (transport === 'memory') return `${host} (memory)`;
  const authority = host.includes(':') ? `[${host}]` : host;
  return `${authority}:${port} (${SECURITY_NAMES[security]})`;
}

/** Whether nobody can read along once the stream is negotiated: under TLS, or inside this process. */
export function isSecure({ transport, security }: Endpoint): boolean {
  return transport === 'memory' || security !== 'none';
}
