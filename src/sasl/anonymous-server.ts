import { decodeUtf8, noBytes } from './bytes.ts';
import type { ServerExchange } from './server-exchange.ts';

/** What a server for guests needs. */
export interface AnonymousServerOptions {
  /** Makes an account for a guest, and answers its username. */
  admit(): string;
}

/** The server's side of ANONYMOUS (RFC 4505). What a guest says about itself is read and forgotten. */
export function createAnonymousServer(options: AnonymousServerOptions): ServerExchange {
  let step: 'awaitingMessage' | 'over' = 'awaitingMessage';
  return {
    async answer(message) {
      if (step === 'over') return { type: 'failure', condition: 'malformed-request', text: 'the exchange is over' };
      if (message === undefined) return { type: 'challenge', data: noBytes() };
      step = 'over';
      const isTrace = TRACE.test(decodeUtf8(message) ?? '\0');
      if (!isTrace) return { type: 'failure', condition: 'malformed-request', text: 'expected trace information' };
      return { type: 'success', username: options.admit(), authzid: undefined, data: undefined };
    },
  };
}

/** RFC 4505 §2. */
const TRACE = /^[^\p{Cc}\p{Cs}]{0,255}$/u;
