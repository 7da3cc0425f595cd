import { decodeUtf8, noBytes } from './bytes.ts';
import type { ServerExchange, ServerReply } from './server-exchange.ts';

/** What a PLAIN server needs. */
export interface PlainServerOptions {
  /** Whether this is the password of this user. */
  verify(username: string, password: string): boolean | Promise<boolean>;
}

/** The server's side of PLAIN (RFC 4616). */
export function createPlainServer(options: PlainServerOptions): ServerExchange {
  let step: 'awaitingMessage' | 'over' = 'awaitingMessage';
  return {
    async answer(message) {
      if (step === 'over') return malformed('the exchange is over');
      if (message === undefined) return { type: 'challenge', data: noBytes() };
      step = 'over';
      const match = MESSAGE.exec(decodeUtf8(message) ?? '');
      if (!match) return malformed('expected [authzid] NUL authcid NUL passwd');
      const [, authzid, username = '', password = ''] = match;
      if (!(await options.verify(username, password))) {
        return { type: 'failure', condition: 'not-authorized', text: 'invalid username or password' };
      }
      return { type: 'success', username, authzid: authzid || undefined, data: undefined };
    },
  };
}

const MESSAGE = /^([^\0]*)\0([^\0]+)\0([^\0]+)$/;

function malformed(text: string): ServerReply {
  return { type: 'failure', condition: 'malformed-request', text };
}
