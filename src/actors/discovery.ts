import { fromPromise } from 'xstate';
import type { ResolveInput } from '../../machines/contracts.ts';
import type { Endpoint, MemoryConnect } from '../../machines/endpoint.ts';
import { TransportError } from '../errors/index.ts';
import { addressFamilyOf, domainToAscii } from '../jid/index.ts';
import { type FetchHostMeta, lookUpHostMeta } from './host-meta-lookup.ts';
import { isRefusal, orderTargets, type SrvRecord, type SrvTarget } from './srv.ts';

/** Looks up service records; resolves with none where there are none, rejects where nobody could be asked. */
export type LookupSrv = (name: string, signal: AbortSignal) => Promise<readonly SrvRecord[]>;

const STARTTLS_PORT = 5222;
const DIRECT_TLS_PORT = 5223;
const WSS_PORT = 443;
const WS_PORT = 80;

/** Those who can be asked; a source that is absent finds nothing. */
export interface DiscoverySources {
  readonly lookupSrv?: LookupSrv;
  readonly fetchHostMeta?: FetchHostMeta;
}

/**
 * Finds where the server of a domain can be reached: what the application says, whatever the source; otherwise what one
 * source knows. The chart asks `dns` first, where there is DNS, and `host-meta` only when none of its endpoints would do
 * (XEP-0156 §2.2).
 *
 * `dns` (RFC 6120 §3.2): the service records for STARTTLS and direct TLS (XEP-0368) together; otherwise the domain itself.
 * `host-meta` (XEP-0156): the WebSockets that the documents of the domain name.
 */
export function resolveLogic({ lookupSrv, fetchHostMeta }: DiscoverySources) {
  return fromPromise<readonly Endpoint[], ResolveInput>(async ({ input, signal }) => {
    const named = namedEndpoint(input);
    if (named) return [named];
    if (input.source === 'host-meta') return fetchHostMeta ? askHostMeta(input, fetchHostMeta, signal) : [];
    return lookupSrv ? askDns(input, lookupSrv, signal) : [];
  });
}

/** The only candidate, where the application names a place. */
function namedEndpoint(input: ResolveInput): Endpoint | undefined {
  const { memory, websocket, host, port } = input.settings.location;
  if (memory) return memoryEndpoint(input, memory);
  if (websocket !== undefined) return webSocketEndpoint(websocket, BY_APPLICATION);
  if (host !== undefined) return tcpEndpoint(host, input, BY_APPLICATION);
  if (port === undefined) return undefined;
  return tcpEndpoint(domainToAscii(input.domain), input, 'the domain, at the port the application named');
}

const BY_APPLICATION = 'named by the application';

/** No address is a host of RFC 6415, and a WebSocket has TLS from its first byte: who wants STARTTLS wants none. */
async function askHostMeta(
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

async function askDns(input: ResolveInput, lookupSrv: LookupSrv, signal: AbortSignal): Promise<readonly Endpoint[]> {
  const host = domainToAscii(input.domain);
  if (addressFamilyOf(input.domain) !== undefined) return [tcpEndpoint(host, input, 'the domain is an address')];
  const { location, random } = input.settings;
  const services = SERVICES.filter(({ security }) => location.security === 'any' || location.security === security);
  const answers = await Promise.all(
    services.map(async ({ security, name }) => ({
      security,
      records: await lookupSrv(`${name}.${host}`, signal).catch(() => undefined),
    })),
  );
  const targets = answers
    .filter(({ records = [] }) => !isRefusal(records))
    .flatMap(({ security, records = [] }) => records.map((record): SrvTarget => ({ ...record, security })))
    // Node takes an empty name for this machine.
    .filter(({ name }) => name !== '' && name !== '.');
  if (targets.length > 0) return orderTargets(targets, random).map((target) => srvEndpoint(target, host));
  // A service is declared not to exist, and no other may yet: one that nobody could be asked for may.
  const isDeclared = answers.some(({ records = [] }) => isRefusal(records));
  if (isDeclared && answers.every(({ records }) => records !== undefined)) throw noService(input.domain);
  const why = answers.every(({ records }) => records === undefined)
    ? 'whose service records nobody could be asked for'
    : 'which has no service records';
  return [tcpEndpoint(host, input, `the domain itself, ${why}`)];
}

const SERVICES = [
  { security: 'starttls', name: '_xmpp-client._tcp' },
  { security: 'direct-tls', name: '_xmpps-client._tcp' },
] as const;

function srvEndpoint({ name, port, security }: SrvTarget, host: string): Endpoint {
  const service = SERVICES.find((candidate) => candidate.security === security)?.name;
  return { transport: 'tcp', host: name, port, security, reason: `SRV ${service}.${host}` };
}

function tcpEndpoint(host: string, { settings }: ResolveInput, reason: string): Endpoint {
  const { port, security: wanted } = settings.location;
  const security = wanted === 'any' ? 'starttls' : wanted;
  const usual = security === 'direct-tls' ? DIRECT_TLS_PORT : STARTTLS_PORT;
  return { transport: 'tcp', host, port: port ?? usual, security, reason };
}

function webSocketEndpoint(url: string, reason: string): Endpoint {
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

function memoryEndpoint({ domain }: ResolveInput, connect: MemoryConnect): Endpoint {
  return { transport: 'memory', host: domain, port: 0, security: 'none', reason: 'in this process', connect };
}

function noService(domain: string): TransportError {
  return new TransportError(`${domain} says that it offers no XMPP service`, {
    condition: 'service-unavailable',
    hint: 'Check the domain of the address: its service records have the target ".".',
  });
}
