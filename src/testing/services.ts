import {
  buildDiscoInfo,
  buildRoster,
  buildVersion,
  type DiscoIdentity,
  NS_DISCO_INFO,
  NS_PING,
  NS_ROSTER,
  NS_VERSION,
  parseDiscoInfoGet,
} from '../payloads/index.ts';
import { StanzaError } from '../stanza/index.ts';
import { NS_BIND, NS_SESSION } from '../stream/index.ts';
import type { Element } from '../xml/index.ts';
import type { Hub } from './hub.ts';
import type { Session } from './registry.ts';

/** On whose behalf the server answers: its own, that of the account that asks, or that of another one. */
export type Respondent = 'server' | 'self' | 'contact';

/** What a service says: the payload of the result, if it has one. */
type Service = (hub: Hub, asker: Session, request: Element, respondent: Respondent) => Element | undefined;

/**
 * The payload that answers a request to the server or to an account.
 *
 * @throws StanzaError the answer, where it is an error; `service-unavailable` for all that is not offered
 */
export function serve(
  hub: Hub,
  asker: Session,
  request: Element,
  payload: Element,
  respondent: Respondent,
): Element | undefined {
  const service = SERVICES.get(`${request.attributes.type} {${payload.namespace}}${payload.name}`);
  if (service === undefined) throw new StanzaError('service-unavailable');
  return service(hub, asker, request, respondent);
}

const SERVICES: ReadonlyMap<string, Service> = new Map<string, Service>([
  [`get {${NS_PING}}ping`, () => undefined],
  [`get {${NS_VERSION}}query`, ({ software }) => buildVersion(software)],
  [`get {${NS_DISCO_INFO}}query`, (_hub, _asker, request, respondent) => discoInfo(request, respondent)],
  [`get {${NS_ROSTER}}query`, roster],
  [`set {${NS_SESSION}}session`, () => undefined],
  // RFC 6120 §7.1: one resource for each stream.
  [`set {${NS_BIND}}bind`, () => refuse('not-allowed')],
]);

const IDENTITIES: Readonly<Record<Respondent, DiscoIdentity>> = {
  server: { category: 'server', type: 'im' },
  self: { category: 'account', type: 'registered' },
  contact: { category: 'account', type: 'registered' },
};

const FEATURES = [NS_DISCO_INFO, NS_PING, NS_ROSTER, NS_VERSION];

function discoInfo(request: Element, respondent: Respondent): Element {
  const node = parseDiscoInfoGet(request);
  if (node !== undefined) throw new StanzaError('item-not-found');
  return buildDiscoInfo({ identities: [IDENTITIES[respondent]], features: FEATURES });
}

/** Friends have each other on their roster, with a subscription in both directions (RFC 6121 §2.1.4). */
function roster(
  { accounts, friends }: Hub,
  { jid: owner }: Session,
  _request: Element,
  respondent: Respondent,
): Element {
  if (respondent === 'contact') return refuse('forbidden');
  const contacts = friends ? accounts.jids.filter(({ bare }) => bare !== owner.bare) : [];
  const items = contacts.map((jid) => ({
    jid,
    name: jid.localpart,
    subscription: 'both' as const,
    ask: false,
    approved: false,
    groups: [],
  }));
  return buildRoster({ items, ver: undefined });
}

function refuse(condition: 'forbidden' | 'not-allowed'): never {
  throw new StanzaError(condition);
}
