import { fromPromise } from 'xstate';
import type { ResolveInput } from '../../machines/contracts.ts';
import type { Endpoint } from '../../machines/endpoint.ts';
import { TransportError } from '../errors/index.ts';
import { addressFamilyOf, domainToAscii } from '../jid/index.ts';
import { isRefusal, orderTargets, type SrvRecord, type SrvTarget } from './srv.ts';

/** Looks up service records; resolves with none where there are none, rejects where nobody could be asked. */
export type LookupSrv = (name: string, signal: AbortSignal) => Promise<readonly SrvRecord[]>;

const STARTTLS_PORT = 5222;
const DIRECT_TLS_PORT = 5223;

/**
 * Finds where the server of a domain can be reached (RFC 6120 §3.2): what the application says; otherwise the service
 * records for STARTTLS and direct TLS (XEP-0368) together; otherwise the domain itself.
 */
export function resolveLogic(lookupSrv: LookupSrv) {
  return fromPromise<readonly Endpoint[], ResolveInput>(async ({ input, signal }) => {
    const { location } = input.settings;
    const host = domainToAscii(input.domain);
    if (location.memory) return [memoryEndpoint(input)];
    if (location.host !== undefined) return [tcpEndpoint(location.host, input, 'named by the application')];
    if (location.port !== undefined) return [tcpEndpoint(host, input, 'the domain, at the port the application named')];
    if (addressFamilyOf(input.domain) !== undefined) return [tcpEndpoint(host, input, 'the domain is an address')];
    return discover(host, input, lookupSrv, signal);
  });
}

async function discover(
  host: string,
  input: ResolveInput,
  lookupSrv: LookupSrv,
  signal: AbortSignal,
): Promise<readonly Endpoint[]> {
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
    .flatMap(({ security, records = [] }) => records.map((record): SrvTarget => ({ ...record, security })));
  if (targets.length > 0) return orderTargets(targets, random).map((target) => srvEndpoint(target, host));
  // A service is declared not to exist, and no other may yet: one that nobody could be asked for may.
  const isDeclared = answers.some(({ records = [] }) => isRefusal(records));
  if (isDeclared && answers.every(({ records }) => records !== undefined)) throw noService(input.domain);
  return [tcpEndpoint(host, input, 'the domain itself, which has no service records')];
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

function memoryEndpoint({ domain, settings }: ResolveInput): Endpoint {
  const { memory } = settings.location;
  const endpoint = { transport: 'memory', host: domain, port: 0, security: 'none', reason: 'in this process' } as const;
  return memory ? { ...endpoint, connect: memory } : endpoint;
}

function noService(domain: string): TransportError {
  return new TransportError(`${domain} says that it offers no XMPP service`, {
    condition: 'service-unavailable',
    hint: 'Check the domain of the address: its service records have the target ".".',
  });
}
