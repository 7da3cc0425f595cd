import { decodeUtf8, encodeUtf8, noBytes } from './bytes.ts';
import { parseGs2Header } from './gs2.ts';
import type { ServerExchange, ServerReply } from './server-exchange.ts';

/** What a server thinks of an access token: whose it is, or an error code of RFC 6750 §3.1. */
type TokenVerdict = { readonly username: string } | { readonly status: string };

/** What an OAUTHBEARER server needs. */
export interface OAuthBearerServerOptions {
  verify(token: string): TokenVerdict | Promise<TokenVerdict>;
}

/** The server's side of OAUTHBEARER (RFC 7628). */
export function createOAuthBearerServer(options: OAuthBearerServerOptions): ServerExchange {
  let step: 'awaitingMessage' | 'refused' | 'over' = 'awaitingMessage';
  return {
    async answer(message) {
      const current = step;
      if (current === 'awaitingMessage' && message === undefined) return { type: 'challenge', data: noBytes() };
      step = 'over';
      if (current === 'over') return malformed('the exchange is over');
      // RFC 7628 §3.2.3: a client says %x01 to the error, but whatever it says, it has failed.
      if (current === 'refused') return { type: 'failure', condition: 'not-authorized', text: 'invalid token' };
      const text = decodeUtf8(message ?? noBytes()) ?? '';
      const header = parseGs2Header(text);
      const token = header && tokenOf(text.slice(header.length));
      if (!header || token === undefined) return malformed('expected a GS2 header and auth=Bearer');
      const verdict = await options.verify(token);
      if ('username' in verdict) {
        return { type: 'success', username: verdict.username, authzid: header.authzid, data: undefined };
      }
      step = 'refused';
      return { type: 'challenge', data: encodeUtf8(JSON.stringify({ status: verdict.status })) };
    },
  };
}

/** The token among the key-value pairs, which %x01 ends, once more after the last one (RFC 7628 §3.1). */
function tokenOf(pairs: string): string | undefined {
  const [beginning, ...parts] = pairs.split('\u0001');
  if (beginning !== '' || parts.pop() !== '' || parts.pop() !== '') return undefined;
  const found = parts.find((pair) => pair.startsWith(BEARER));
  return found?.slice(BEARER.length) || undefined;
}

const BEARER = 'auth=Bearer ';

function malformed(text: string): ServerReply {
  return { type: 'failure', condition: 'malformed-request', text };
}
