import { createActor, toPromise } from 'xstate';
import type { ClientInput, Endpoint, ResolveInput } from '../../machines/index.ts';
import { type DiscoverySources, type LookupSrv, resolveLogic } from '../actors/discovery.ts';
import type { FetchHostMeta } from '../actors/host-meta-lookup.ts';
import { isRefusal, type SrvRecord } from '../actors/srv.ts';
import { TransportError, XmppError } from '../errors/index.ts';

/** What was found out about where a domain can be reached: from all who know, where the client stops at the first. */
export interface Discovery {
  /** Whether anybody was asked; not where the place is named. */
  readonly isNamed: boolean;
  /** One for each service that was asked for (RFC 6120 §3.2.1, XEP-0368); none for a domain that is an address. */
  readonly services: readonly ServiceFinding[];
  /** One for each form of host-meta that was asked for (XEP-0156). */
  readonly documents: readonly DocumentFinding[];
  /** In the order of the client, those that it would not ask for at the end. */
  readonly endpoints: readonly Endpoint[];
  /** How many of them the client would come to. */
  readonly considered: number;
  /** Why the client would give up without dialling, or what went wrong with DNS. */
  readonly error: XmppError | undefined;
}

/** Service records. */
export interface ServiceFinding {
  /** `_xmpp-client._tcp.example.org` */
  readonly name: string;
  readonly answer: 'records' | 'none' | 'refused' | 'failed';
  readonly records: readonly SrvRecord[];
  /** What the resolver said that failed: `ESERVFAIL`. */
  readonly problem: string | undefined;
}

/** A host-meta document. */
export interface DocumentFinding {
  readonly url: string;
  readonly isThere: boolean;
  readonly endpoints: readonly Endpoint[];
  /** Why it is of no use. */
  readonly error: XmppError | undefined;
}

/** Asks all sources. Never rejects but with the reason of the signal. */
export async function discover(
  settings: ClientInput,
  sources: DiscoverySources,
  signal: AbortSignal,
): Promise<Discovery> {
  const { host, port, websocket, security } = settings.location;
  const isNamed = [host, port, websocket].some((place) => place !== undefined);
  const asksWeb = !isNamed && security === 'any';
  const [dns, ...documents] = await Promise.all([
    askDns(settings, sources, signal),
    ...(asksWeb ? FORMS.map((form) => askWeb(form, settings, sources, signal)) : []),
  ]);
  const found = documents.filter((document) => document !== undefined);
  const first = found.find(({ endpoints }) => endpoints.length > 0)?.endpoints ?? [];
  const ofClient = distinct([...dns.endpoints, ...first]);
  const isOver = dns.error?.condition === 'service-unavailable';
  return {
    isNamed,
    services: dns.services,
    documents: found,
    endpoints: distinct([...ofClient, ...found.flatMap(({ endpoints }) => endpoints)]),
    considered: isOver ? 0 : ofClient.length,
    error: dns.error,
  };
}

/** The first form is the one that counts where both name something. */
const FORMS = [/\.json$/, /host-meta$/];

interface DnsFindings extends Pick<Discovery, 'services' | 'endpoints' | 'error'> {}

async function askDns(settings: ClientInput, sources: DiscoverySources, signal: AbortSignal): Promise<DnsFindings> {
  const services: ServiceFinding[] = [];
  const lookupSrv: LookupSrv = async (name, cancelled) => {
    const index = services.push({ name, answer: 'failed', records: [], problem: 'no answer' }) - 1;
    try {
      const records = (await sources.lookupSrv?.(name, cancelled)) ?? [];
      services[index] = { name, answer: answerOf(records), records, problem: undefined };
      return records;
    } catch (error) {
      services[index] = { name, answer: 'failed', records: [], problem: problemOf(error) };
      throw error;
    }
  };
  try {
    return { services, endpoints: await ask('dns', { lookupSrv }, settings, signal), error: undefined };
  } catch (error) {
    if (!(error instanceof XmppError)) throw error;
    return { services, endpoints: [], error };
  }
}

async function askWeb(
  form: RegExp,
  settings: ClientInput,
  sources: DiscoverySources,
  signal: AbortSignal,
): Promise<DocumentFinding | undefined> {
  let asked: { readonly url: string; readonly isThere: boolean } | undefined;
  const fetchHostMeta: FetchHostMeta = async (request) => {
    const { url } = request;
    if (!form.test(url)) return undefined;
    // What fails is there, in some way.
    asked = { url, isThere: true };
    const document = await sources.fetchHostMeta?.(request);
    asked = { url, isThere: document !== undefined };
    return document;
  };
  try {
    const endpoints = await ask('host-meta', { fetchHostMeta }, settings, signal);
    return asked && { ...asked, endpoints, error: undefined };
  } catch (error) {
    if (!(error instanceof XmppError)) throw error;
    return asked && { ...asked, endpoints: [], error };
  }
}

/** Runs the client's own discovery, no longer than the client does. */
async function ask(
  source: ResolveInput['source'],
  sources: DiscoverySources,
  settings: ClientInput,
  signal: AbortSignal,
): Promise<readonly Endpoint[]> {
  const domain = settings.jid.domainpart;
  const actor = createActor(resolveLogic(sources), { input: { domain, source, settings } });
  const over = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const ended = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(lateError(source, domain)), settings.timeouts.resolve);
    signal.addEventListener('abort', () => reject(signal.reason), { signal: over.signal });
    if (signal.aborted) reject(signal.reason);
  });
  try {
    const found = toPromise(actor);
    actor.start();
    return await Promise.race([found, ended]);
  } finally {
    clearTimeout(timer);
    over.abort();
    actor.stop();
  }
}

function lateError(source: ResolveInput['source'], domain: string): TransportError {
  const whom = source === 'dns' ? 'DNS' : `host-meta of ${domain}`;
  return new TransportError(`No answer from ${whom} in time`, {
    condition: 'timeout',
    hint: 'Check that this machine has a network, and that its name servers answer.',
  });
}

function answerOf(records: readonly SrvRecord[]): ServiceFinding['answer'] {
  if (isRefusal(records)) return 'refused';
  return records.length === 0 ? 'none' : 'records';
}

function problemOf(error: unknown): string {
  if (error instanceof Error && 'code' in error) return String(error.code);
  return error instanceof Error ? error.message : String(error);
}

function distinct(endpoints: readonly Endpoint[]): Endpoint[] {
  return [...new Map(endpoints.map((endpoint) => [keyOf(endpoint), endpoint])).values()];
}

function keyOf({ url, host, port, security }: Endpoint): string {
  return url ?? `${host} ${port} ${security}`;
}
