import type { ResolveInput } from '../../machines/contracts.ts';
import type { Endpoint } from '../../machines/endpoint.ts';
import { addressFamilyOf, domainToAscii } from '../jid/index.ts';
import { webSocketEndpoint } from './endpoints.ts';
import { type FetchHostMeta, lookUpHostMeta } from './host-meta-lookup.ts';

/**
 * The WebSockets that the host-meta documents of the domain name (XEP-0156). No address is a host of RFC 6415, and a
 * WebSocket has TLS from its first byte: who wants STARTTLS wants none.
 */
export async function askHostMeta(
  input: ResolveInput,
  fetchHostMeta: FetchHostMeta,
  signal: AbortSignal,
): Promise<Endpoint[]> {
  const { domain, settings } = input;
  const { security } = settings.location;
  if (addressFamilyOf(domain) !== undefined || (security !== 'any' && security !== 'direct-tls')) return [];
  const found = await lookUpHostMeta(domainToAscii(domain), settings, fetchHostMeta, signal);
  return found.map(({ url, namedBy }) => webSocketEndpoint(url, `host-meta ${namedBy}`));
}
