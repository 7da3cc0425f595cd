import { decodeUtf8, noBytes } from './bytes.ts';
import type { ServerExchange } from './server-exchange.ts';

/** What a server that believes the layer below needs. */
export interface ExternalServerOptions {
  /** Whom the layer below proved the client to be; `undefined` if nobody that this server knows. */
  readonly username: string | undefined;
}

/** The server's side of EXTERNAL (RFC 4422 appendix A). */
export function createExternalServer({ username }: ExternalServerOptions): ServerExchange {
  let step: 'awaitingMessage' | 'over' = 'awaitingMessage';
  return {
    async answer(message) {
      if (step === 'over') return { type: 'failure', condition: 'malformed-request', text: 'the exchange is over' };
      if (message === undefined) return { type: 'challenge', data: noBytes() };
      step = 'over';
      const authzid = decodeUtf8(message);
      if (authzid === undefined) return { type: 'failure', condition: 'malformed-request', text: 'expected UTF-8' };
      if (username === undefined) {
        return { type: 'failure', condition: 'not-authorized', text: 'the certificate is not that of an account' };
      }
      return { type: 'success', username, authzid: authzid || undefined, data: undefined };
    },
  };
}
