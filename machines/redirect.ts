import type { XmppError } from '../src/errors/index.ts';
import { domainToAscii, tryParseJid } from '../src/jid/index.ts';
import { StreamError } from '../src/stream/index.ts';
import type { Endpoint } from './endpoint.ts';

/** How often in a row a server may send the client elsewhere. */
export const MAX_REDIRECTS = 3;

/**
 * Where an error says that the client should go instead (RFC 6120 §4.9.3.19, RFC 7395 §3.6.1); `undefined` if it says nothing
 * of the kind, or nothing that can be followed. How the connection is secured stays, and so does the identity that the
 * certificate must prove.
 */
export function redirectedEndpoint(error: XmppError | undefined, from: Endpoint): Endpoint | undefined {
  if (!(error instanceof StreamError) || error.host === undefined) return undefined;
  const reason = `${from.url ?? from.host} sent us there`;
  return from.transport === 'websocket' ? otherUri(error.host, reason) : otherHost(error.host, from, reason);
}

/** Where a server wants a client to come back to (XEP-0198 §5), secured as it was reached; `undefined` where it names no place. */
export function preferredEndpoint(location: string | undefined, from: Endpoint): Endpoint | undefined {
  if (location === undefined || from.transport !== 'tcp' || from.security === 'none') return undefined;
  const preferred = otherHost(location, from, 'it keeps the session there');
  if (!preferred || (preferred.host === from.host && preferred.port === from.port)) return undefined;
  return { ...preferred, isHint: true };
}

function otherUri(text: string, reason: string): Endpoint | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, port, username, password, hash, href } = new URL(text);
  if (protocol !== 'wss:' || username + password + hash !== '') return undefined;
  const host = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  return {
    transport: 'websocket',
    host,
    port: Number(port || 443),
    security: 'direct-tls',
    url: href,
    reason,
    isRedirect: true,
  };
}

function otherHost(text: string, { security }: Endpoint, reason: string): Endpoint | undefined {
  const [, bracketed, plain, digits] = HOST_AND_PORT.exec(toAscii(text)) ?? [];
  const host = bracketed ?? plain;
  const port = digits === undefined ? USUAL_PORTS[security] : Number(digits);
  if (host === undefined || port < 1 || port > 65_535) return undefined;
  return { transport: 'tcp', host, port, security, reason, isRedirect: true };
}

/** A domainpart may be internationalized, and what is dialled may not (RFC 6120 §4.9.3.19, RFC 7622 §3.2). */
function toAscii(text: string): string {
  const [, name = '', port = ''] = /^([^:[\]@/]+)(:[0-9]{1,5})?$/.exec(text) ?? [];
  const jid = /[^\0-\x7f]/.test(name) ? tryParseJid(name) : undefined;
  return jid && jid.full === jid.domainpart ? domainToAscii(jid.domainpart) + port : text;
}

/** `[2001:db8::1]:9222`, `example.org`, `192.0.2.1:5222`: what comes from a peer goes to a resolver, so it is checked. */
const HOST_AND_PORT = /^(?:\[([0-9A-Fa-f:.]{2,45})\]|([A-Za-z0-9._-]{1,253}))(?::([0-9]{1,5}))?$/;

const USUAL_PORTS = { starttls: 5222, 'direct-tls': 5223, none: 5222 } as const;
