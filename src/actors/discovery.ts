import type { ResolveInput } from '../../machines/contracts.ts';
import type { Endpoint } from '../../machines/endpoint.ts';
import { TransportError } from '../errors/index.ts';
import { addressFamilyOf, domainToAscii } from '../jid/index.ts';
import { askHostMeta } from './discovery-host-meta.ts';
import { tcpEndpoint } from './endpoints.ts';
import type { FetchHostMeta } from './host-meta-lookup.ts';
import { resolveWith } from './resolve.ts';
import { isRefusal, orderTargets, type SrvRecord, type SrvTarget } from './srv.ts';

/** Looks up service records; resolves with none where there are none, rejects where nobody could be asked. */
export type LookupSrv = (name: string, signal: AbortSignal) => Promise<readonly SrvRecord[]>;

/** How those are asked who can be; a source that is absent finds nothing. */
export interface DiscoverySources {
  readonly lookupSrv?: LookupSrv;
  readonly fetchHostMeta?: FetchHostMeta;
}

/** {@link resolveWith} DNS and host-meta, where both are at hand: a page has no DNS, and needs host-meta seldom. */
export function resolveLogic({ lookupSrv, fetchHostMeta }: DiscoverySources) {
  return resolveWith({
    dns: lookupSrv && ((input, signal) => askDns(input, lookupSrv, signal)),
    hostMeta: fetchHostMeta && ((input, signal) => askHostMeta(input, fetchHostMeta, signal)),
  });
}

/** RFC 6120 §3.2: the service records for STARTTLS and direct TLS (XEP-0368) together; otherwise the domain itself. */
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
  if (targets.length > 0)
    return orderTargets(targets, random)
      .slice(0, MAX_TARGETS)
      .map((target) => srvEndpoint(target, host));
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

/** No domain has more servers that a client would try in one round; a forged answer may, to turn clients on a victim. */
const MAX_TARGETS = 16;

function srvEndpoint({ name, port, security }: SrvTarget, host: string): Endpoint {
  const service = SERVICES.find((candidate) => candidate.security === security)?.name;
  return { transport: 'tcp', host: name, port, security, reason: `SRV ${service}.${host}` };
}

function noService(domain: string): TransportError {
  return new TransportError(`${domain} says that it offers no XMPP service`, {
    condition: 'service-unavailable',
    hint: 'Check the domain of the address: its service records have the target ".".',
  });
}
