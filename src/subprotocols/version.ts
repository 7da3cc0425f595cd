import {
  address,
  type Check,
  type ClientSubprotocol,
  type RequestOptions,
  record,
  requestResponder,
  requireArgument,
  requireOptions,
} from '../client/index.ts';
import type { Jid } from '../jid/index.ts';
import { buildVersion, buildVersionGet, NS_VERSION, parseVersion, type SoftwareVersion } from '../payloads/index.ts';
import { buildIq, StanzaError } from '../stanza/index.ts';

export type { SoftwareVersion } from '../payloads/index.ts';

/** Asks for the software of others, and tells who asks about ours (XEP-0092). */
export interface VersionApi {
  /** Name and version of the software at an address; without one, that of the own server. */
  query(to?: Jid | string, options?: RequestOptions): Promise<SoftwareVersion>;
}

/** What is told about this software. */
export interface VersionOptions {
  /** What to answer; `false` refuses with `service-unavailable`, since a version helps attackers too (XEP-0092 §5). */
  readonly answer?: SoftwareVersion | false | undefined;
}

/** Software Version (XEP-0092). */
export function versionProtocol(options: VersionOptions = {}): ClientSubprotocol<VersionApi> {
  requireOptions('versionProtocol()', options, { answer: ANSWER });
  const { answer = OWN_VERSION } = options;
  return {
    name: 'version',
    features: answer ? [NS_VERSION] : [],
    routes: [{ kind: 'iq', payload: QUERY }],
    logic: requestResponder({ [QUERY]: { get: () => answerWith(answer) } }),
    api: (client) => ({
      async query(to = client.jid.domainpart, options) {
        requireArgument('query()', 'to', to, address);
        return parseVersion(await client.request(buildIq({ type: 'get', to }, buildVersionGet()), options));
      },
    }),
  };
}

const QUERY = `{${NS_VERSION}}query`;
/** The version of `package.json`; a test compares them. */
const OWN_VERSION: SoftwareVersion = { name: 'xstate-xmpp', version: '0.1.0' };

const ANSWER: Check = [
  (value) =>
    value === false ||
    (record[0](value) && ['name', 'version'].every((part) => typeof Object(value)[part] === 'string')),
  'false, or an object with `name` and `version`',
];

function answerWith(answer: SoftwareVersion | false) {
  if (!answer) throw new StanzaError('service-unavailable');
  return buildVersion(answer);
}
