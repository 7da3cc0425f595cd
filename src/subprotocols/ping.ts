import {
  address,
  type ClientSubprotocol,
  type RequestOptions,
  requestResponder,
  requireArgument,
} from '../client/index.ts';
import type { Jid } from '../jid/index.ts';
import { buildPing, NS_PING } from '../payloads/index.ts';
import { buildIq } from '../stanza/index.ts';

/** Asks whether somebody is there, and answers who asks (XEP-0199). */
export interface PingApi {
  /**
   * Resolves with the milliseconds that the answer took; without an address it is the own server that is asked. An error as
   * answer comes from somebody who is not there, or does not know pings, and rejects with it.
   */
  ping(to?: Jid | string, options?: RequestOptions): Promise<number>;
}

/** XMPP Ping (XEP-0199). */
export function pingProtocol(): ClientSubprotocol<PingApi> {
  return {
    name: 'ping',
    features: [NS_PING],
    routes: [{ kind: 'iq', payload: `{${NS_PING}}ping` }],
    logic: responder,
    api: (client) => ({
      async ping(to = client.jid.domainpart, options) {
        requireArgument('ping()', 'to', to, address);
        const started = client.now();
        await client.request(buildIq({ type: 'get', to }, buildPing()), options);
        return client.now() - started;
      },
    }),
  };
}

const responder = requestResponder({ [`{${NS_PING}}ping`]: { get: () => undefined } });
