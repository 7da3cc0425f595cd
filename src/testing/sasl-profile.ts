import type { Jid } from '../jid/index.ts';
import type { SaslFailureCondition, Sealed } from '../sasl/index.ts';
import {
  buildChallenge,
  buildFailure,
  buildSuccess,
  parseClientSaslElement,
  type ServerExchange,
} from '../sasl/server.ts';
import type { Element } from '../xml/index.ts';

/** What becomes of an authentication that failed before it began. */
export interface Refusal {
  readonly condition: SaslFailureCondition;
  readonly text?: string | undefined;
}

/** An authentication that a client began. */
export interface Attempt {
  readonly exchange: ServerExchange;
  /** The initial response, if there was one. */
  readonly initial: Sealed<Uint8Array> | undefined;
  /** The client is who it says. Answers why it may not log in as this account, if that is so. */
  refuses(account: Jid): Refusal | undefined;
  /** Tells the client, and goes on. */
  succeed(account: Jid, additional: Sealed<Uint8Array> | undefined): void;
}

/** What a client can say, whatever it is written in. */
export type ProfileMessage =
  | { readonly type: 'begin'; readonly attempt: Attempt }
  | { readonly type: 'response'; readonly payload: Sealed<Uint8Array> }
  | ({ readonly type: 'refused' } & Refusal);

/** How SASL is written (RFC 4422 §4): as in RFC 6120 §6, or as in XEP-0388. */
export interface SaslProfile {
  /** Whether there may be nothing but SASL while a response is waited for, not even white space (XEP-0388 §2.4). */
  readonly isExclusive: boolean;
  /** Reads what the client said; `undefined` if it is not written in this profile. */
  read(received: Element): ProfileMessage | undefined;
  challenge(challenge: Sealed<Uint8Array>): Element;
  failure(refusal: Refusal): Element;
}

/** What the profile of RFC 6120 needs. */
export interface Sasl1Input {
  /** Begins an authentication, if the mechanism was offered. */
  begin(mechanism: string): ServerExchange | undefined;
  succeed(account: Jid, success: Element): void;
}

/** SASL as in RFC 6120 §6.4. */
export function createSasl1Profile({ begin, succeed }: Sasl1Input): SaslProfile {
  return {
    isExclusive: false,
    challenge: buildChallenge,
    failure: ({ condition, text }) => buildFailure(condition, text),
    read: (received) => {
      const message = parseClientSaslElement(received);
      if (message === undefined || message.type === 'response') return message;
      if (message.type === 'abort') return { type: 'refused', condition: 'aborted' };
      if (message.type === 'malformed') return { type: 'refused', condition: message.condition };
      const exchange = begin(message.mechanism);
      if (exchange === undefined) return { type: 'refused', condition: 'invalid-mechanism' };
      const attempt = {
        exchange,
        initial: message.initial,
        refuses: () => undefined,
        succeed: (account: Jid, additional: Sealed<Uint8Array> | undefined) =>
          succeed(account, buildSuccess(additional)),
      };
      return { type: 'begin', attempt };
    },
  };
}
